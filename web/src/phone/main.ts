/** The unit's phone page. */
import '../shared/tokens.css';
import '../shared/base.css';
import './phone.css';
import { mount } from 'svelte';
import { languageOf, speak } from '../shared/i18n/index.svelte';
import { followTheme } from '../shared/theme.svelte';
import { unlockSound } from './alert';
import App from './App.svelte';

const target = document.getElementById('phone');
if (target) {
  speak(languageOf(document.documentElement.lang));
  followTheme();
  target.replaceChildren();
  mount(App, { target });
  addEventListener('pointerdown', unlockSound, { once: true });
  const worker = target.dataset['worker'];
  if (worker && 'serviceWorker' in navigator) {
    navigator.serviceWorker.register(worker, { scope: '/unit' }).catch(() => undefined); // works without, only not offline
  }
}
