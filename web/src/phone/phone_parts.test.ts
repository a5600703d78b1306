import { describe, expect, it } from 'vitest';
import { keepFix, metres, sampleOf, worthSending, type Fix } from './fixes';
import { advance, HOLD_MS, press, progress, RELEASED } from './hold';
import { en } from './i18n/en';
import { zh } from './i18n/zh';
import { navigationLink } from './links';
import { fitted } from '../shared/pictures';
import { faultOf, MOST_BYTES } from './photos';
import { addDone, doneJobs, forget, rememberAfter, savedView, saveView, takeAfter, type View } from './saved';
import { offered } from './types';
import { drawn } from './way';

const T0 = Date.parse('2026-05-04T12:00:00Z');
const at = (s: number): string => new Date(T0 + s * 1000).toISOString();
const fix = (s: number, lon = 24.94, lat = 60.17, accuracy_m = 10): Fix => ({ lon, lat, at: at(s), accuracy_m });

function shelf(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
}

describe('own position', () => {
  it('sends the first fix, then one that moved or one after half a minute', () => {
    expect(worthSending(null, fix(0))).toBe(true);
    expect(worthSending(fix(0), fix(10))).toBe(false);
    expect(worthSending(fix(0), fix(10, 24.9404))).toBe(true);
    expect(worthSending(fix(0), fix(4, 24.95))).toBe(false);
    expect(worthSending(fix(0), fix(30))).toBe(true);
  });
  it('never sends a fix that may be half a kilometre off', () => {
    expect(worthSending(null, fix(0, 24.94, 60.17, 900))).toBe(false);
  });
  it('keeps at most 720 fixes of the last twelve hours, with both ends', () => {
    let kept: Fix[] = [];
    for (let s = 0; s <= 5000; s += 5) kept = keepFix(kept, fix(s));
    expect(kept).toHaveLength(720);
    expect(kept[0]!.at).toBe(at(0));
    expect(kept.at(-1)!.at).toBe(at(5000));
    expect(keepFix(kept, fix(5001 + 12 * 3600)).map((f) => f.at)).toEqual([at(5001 + 12 * 3600)]);
  });
  it('keeps the fixes in order of time', () => {
    let kept: Fix[] = [];
    for (let s = 0; s < 500; s += 7) kept = keepFix(kept, fix(s));
    expect(kept.map((f) => f.at)).toEqual([...kept.map((f) => f.at)].sort());
  });
  it('measures a hundredth of a degree of latitude as 1,112 m', () => {
    expect(metres({ lon: 0, lat: 0 }, { lon: 0, lat: 0.01 })).toBeCloseTo(1111.95, 1);
  });
  it('sends six decimals, and of the rest what the phone knows', () => {
    expect(sampleOf(fix(0, 24.941234567, 60.17, 7.4), null)).toEqual({ lon: 24.941235, lat: 60.17, at: at(0), accuracy: 7 });
    expect(sampleOf({ ...fix(0), speed: 1.5, bearing: NaN }, 0.5)).toMatchObject({ speed: 1.5, battery: 0.5 });
  });
});

describe('press and hold', () => {
  it('fires once, after a full second', () => {
    const held = press(RELEASED, 0);
    expect(advance(held, HOLD_MS - 1).fire).toBe(false);
    const done = advance(held, HOLD_MS);
    expect(done.fire).toBe(true);
    expect(advance(done.hold, HOLD_MS + 500).fire).toBe(false);
  });
  it('never fires for a brush, however often', () => {
    for (let i = 0; i < 5; i++) {
      const held = press(RELEASED, i * 600);
      expect(advance(held, i * 600 + 400).fire).toBe(false);
    }
  });
  it('does not begin anew when a second finger comes', () => {
    expect(press(press(RELEASED, 0), 900).since).toBe(0);
  });
  it('shows how much of the second has passed', () => {
    const held = press(RELEASED, 100);
    expect([progress(RELEASED, 50), progress(held, 100), progress(held, 600), progress(held, 9999)]).toEqual([0, 0, 0.5, 1]);
  });
});

describe('the way to the job', () => {
  const to = { lon: 24.95, lat: 60.17 };
  const route: [number, number][] = [[24.94, 60.168], [24.945, 60.168], [24.95, 60.17]];
  it('fits route, own place and job inside the drawing', () => {
    const way = drawn({ to, here: { lon: 24.94, lat: 60.168 }, route });
    const numbers = way.line.match(/-?[\d.]+ -?[\d.]+/g)!.map((pair) => pair.split(' ').map(Number) as [number, number]);
    for (const [x, y] of [...numbers, way.to, way.here!]) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(way.width);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(way.height);
    }
  });
  it('has north up and east right', () => {
    const way = drawn({ to, here: { lon: 24.94, lat: 60.168 }, route });
    expect(way.to[0]).toBeGreaterThan(way.here![0]);
    expect(way.to[1]).toBeLessThan(way.here![1]);
  });
  it('says when the line is a straight one', () => {
    expect(drawn({ to, here: { lon: 24.94, lat: 60.168 }, route: [] }).straight).toBe(true);
    expect(drawn({ to, here: null, route }).straight).toBe(false);
  });
  it('shows the job alone without a position, with a scale', () => {
    const way = drawn({ to, here: null, route: [] });
    expect([way.line, way.here, way.to]).toEqual(['', null, [200, 110]]);
    expect(way.scale.px).toBeGreaterThan(40);
  });
});

describe('what the phone remembers', () => {
  const view = {
    me: { name: 'x' }, unit_id: 1, types: [], dispositions: [], at: at(0),
    job: { unit: {}, next: [], eta_s: null, route: [], incident: { id: 7, reports: [{ id: 1, caller: 'Aino', phone: '040', narrative: 'n' }] } },
  } as unknown as View;
  it('is never the name or number of a reporter', () => {
    const store = shelf();
    saveView(store, view);
    expect(JSON.stringify(savedView(store))).not.toMatch(/Aino|040/);
    expect(savedView(store)!.job!.incident!.reports[0]!.narrative).toBe('n');
  });
  it('is nothing after signing out', () => {
    const store = shelf();
    saveView(store, view);
    addDone(store, { id: 1, number: '0001', name: 'Noise', disposition: '02', at: at(0) });
    forget(store);
    expect([savedView(store), doneJobs(store)]).toEqual([null, []]);
  });
  it('keeps the last twelve jobs, each once, newest first', () => {
    const store = shelf();
    for (const id of [...Array(15).keys(), 14]) addDone(store, { id, number: String(id), name: 'x', disposition: '', at: at(id) });
    expect(doneJobs(store).map((job) => job.id)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });
  it('reads nonsense as nothing', () => {
    const store = shelf();
    store.setItem('maplebridge.phone.view', '{');
    expect(savedView(store)).toBeNull();
  });
  it('closes a kept report at the post once', () => {
    const store = shelf();
    rememberAfter(store, 'a', '02');
    rememberAfter(store, 'b', '05');
    expect([takeAfter(store, 'a'), takeAfter(store, 'a'), takeAfter(store, 'b'), takeAfter(store, 'c')]).toEqual(['02', null, '05', null]);
  });
});

describe('photos', () => {
  it('are refused when too large or of another kind', () => {
    expect(faultOf({ type: 'image/jpeg', size: 1000 })).toBeNull();
    expect(faultOf({ type: 'application/pdf', size: 1000 })).toBeNull();
    expect(faultOf({ type: 'image/jpeg', size: MOST_BYTES + 1 })).toBe('photo_big');
    expect(faultOf({ type: 'image/svg+xml', size: 10 })).toBe('photo_bad');
  });
  it('are fitted into 1,920 px and never enlarged', () => {
    expect(fitted(4000, 3000)).toEqual([1920, 1440]);
    expect(fitted(3000, 4000)).toEqual([1440, 1920]);
    expect(fitted(800, 600)).toEqual([800, 600]);
    expect(fitted(10_000, 1)).toEqual([1920, 1]);
  });
});

describe('types', () => {
  const type = (code: string, priority: number, name: string, name_zh: string) => ({
    code, family: 'x', name: { en: name, zh: name_zh }, words: `${code}s`, priority, target_s: 600,
  });
  const all = [type('fire', 1, 'Fire', '火情'), type('noise', 7, 'Noise', '噪音扰民'), type('lost', 9, 'Lost property', '遗失物品')];
  it('stand with the less urgent first, and used ones before them', () => {
    expect(offered(all, '').map((t) => t.code)).toEqual(['lost', 'noise', 'fire']);
    expect(offered(all, '', ['fire']).map((t) => t.code)).toEqual(['fire', 'lost', 'noise']);
  });
  it('are found by a word in either language', () => {
    expect(offered(all, '噪音').map((t) => t.code)).toEqual(['noise']);
    expect(offered(all, 'PROPERTY').map((t) => t.code)).toEqual(['lost']);
    expect(offered(all, 'nothing')).toEqual([]);
  });
});

describe('words', () => {
  it('have the same places for values in both languages', () => {
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[]) expect([key, places(zh[key])]).toEqual([key, places(en[key])]);
  });
  it('never shout', () => {
    for (const text of [...Object.values(en), ...Object.values(zh)]) expect(text).not.toMatch(/[!！]/);
  });
});

describe('navigation', () => {
  it('opens the telephone’s own programme', () => {
    const to = { lon: 24.95, lat: 60.17 };
    expect(navigationLink('Mozilla/5.0 (Linux; Android 14)', to)).toBe('geo:60.170000,24.950000?q=60.170000,24.950000');
    expect(navigationLink('Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)', to)).toBe('maps://?daddr=60.170000,24.950000');
  });
});
