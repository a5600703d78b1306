/** The page of a track: its line on the map, its stops, and a playback by slider or by itself. */
import './track.css';
import { canDraw } from '../shared/map';
import { drawTrack } from './drawing';
import { paceOf, placeAt, type TrackData } from './playback';

const TICK_MS = 100;

const box = document.getElementById('track');
const text = document.getElementById('track-data')?.textContent;
if (box && text) show(box, JSON.parse(text) as TrackData);

function show(box: HTMLElement, data: TrackData): void {
  const fixes = data.fixes.filter((fix) => !fix[4]);
  const [first, last] = [fixes[0]?.[0], fixes.at(-1)?.[0]];
  if (first === undefined || last === undefined) return;
  if (!canDraw()) {
    box.textContent = box.dataset['off'] ?? '';
    return;
  }
  const { canvas, play, slider, clock } = parts(box, first, last);
  const move = drawTrack(canvas, data, box.dataset['mapLabel'] ?? '');
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'medium', hourCycle: 'h23', timeZone: data.zone });
  let timer: ReturnType<typeof setInterval> | undefined;

  const at = (ms: number): void => {
    const place = placeAt(fixes, data.gaps, ms);
    if (place) move(place);
    clock.textContent = time.format(ms);
    slider.setAttribute('aria-valuetext', clock.textContent);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = box.dataset['play'] ?? '';
  };
  const step = (): void => {
    const next = Number(slider.value) + paceOf(first, last) * TICK_MS;
    slider.value = String(Math.min(next, last));
    at(Number(slider.value));
    if (next >= last) stop();
  };
  play.addEventListener('click', () => {
    if (timer) return stop();
    if (Number(slider.value) >= last) slider.value = String(first);
    play.textContent = box.dataset['pause'] ?? '';
    timer = setInterval(step, TICK_MS);
  });
  slider.addEventListener('input', () => at(Number(slider.value)));
  stop();
  at(first);
}

function parts(box: HTMLElement, first: number, last: number) {
  const canvas = document.createElement('div');
  const bar = document.createElement('div');
  const play = document.createElement('button');
  const slider = document.createElement('input');
  const clock = document.createElement('output');
  canvas.className = 'canvas';
  bar.className = 'bar';
  play.className = 'button small';
  play.type = 'button';
  Object.assign(slider, { type: 'range', min: String(first), max: String(last), step: '1000', value: String(first) });
  slider.setAttribute('aria-label', box.dataset['slider'] ?? '');
  bar.append(play, slider, clock);
  box.append(canvas, bar);
  return { canvas, play, slider, clock };
}
