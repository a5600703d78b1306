/** Who works here, in which language and colours; then the desk. */
import { mount } from 'svelte';
import { Refused } from '../shared/api';
import type { Disposition, Me } from '../shared/contract';
import { languageOf, speak, t } from '../shared/i18n/index.svelte';
import { seated } from '../shared/personal';
import { followTheme } from '../shared/theme.svelte';
import { desk, type Pane } from '../features/live/desk.svelte';
import { intake } from '../features/incidents/draft.svelte';
import { run } from '../features/live/now.svelte';
import App from './App.svelte';

const MUTE = 'maplebridge.mute';

async function who(): Promise<Me> {
  for (;;) {
    try {
      return await desk.api.get<Me>('/api/me');
    } catch (error) {
      if (error instanceof Refused && [401, 403].includes(error.status)) {
        location.assign('/sign-in?next=/console');
        await new Promise(() => undefined);
      }
      const boot = document.querySelector('.boot');
      if (boot) boot.textContent = t('not_loaded');
      await new Promise((again) => setTimeout(again, 3000));
    }
  }
}

async function dispositions(): Promise<void> {
  try {
    desk.dispositions = await desk.api.get<Disposition[]>('/api/dispositions');
  } catch {
    setTimeout(() => void dispositions(), 5000);
  }
}

async function areas(): Promise<void> {
  try {
    const found = await desk.api.get<GeoJSON.FeatureCollection>('/api/areas');
    desk.areas = new Map(found.features.map((f) => [String(f.properties?.['code'] ?? ''), String(f.properties?.['name'] ?? '')]));
  } catch {
    // codes are shown instead
  }
}

/** A part that comes later is gone from the server: it was built anew under this page. */
window.addEventListener('vite:preloadError', (event) => {
  event.preventDefault();
  desk.staleBuild = true;
});

async function start(): Promise<void> {
  const target = document.getElementById('console');
  if (!target) return;
  speak(languageOf(document.documentElement.lang));
  followTheme();
  const pane = new URLSearchParams(location.search).get('pane');
  if (pane === 'queue' || pane === 'map') desk.pane = pane satisfies Pane;
  desk.sound = localStorage.getItem(MUTE) !== '1';
  const loading = desk.board.load();
  const me = await who();
  if (seated(me.ref, sessionStorage)) intake.discard();
  desk.seat(me);
  void dispositions();
  void areas();
  await Promise.race([loading, new Promise((go) => setTimeout(go, 1500))]);
  run(() => desk.board.skew);
  target.replaceChildren();
  mount(App, { target });
  void desk.flush();
  requestAnimationFrame(() => setTimeout(() => performance.mark('console-painted')));
  window.addEventListener('pagehide', () => localStorage.setItem(MUTE, desk.sound ? '0' : '1'));
}

void start();
