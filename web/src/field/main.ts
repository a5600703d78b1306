/** The field client: forms and tasks of villages and hamlets, in a browser, with or without a network. */
import '../shared/tokens.css';
import '../shared/base.css';
import './field.css';
import './form.css';
import { mount } from 'svelte';
import { languageOf, speak } from '../shared/i18n/index.svelte';
import { followTheme } from '../shared/theme.svelte';
import App from './App.svelte';
import Trial from './Trial.svelte';

const target = document.getElementById('field');
const trial = document.getElementById('trial');
if (trial) {
  speak(languageOf(document.documentElement.lang));
  mount(Trial, { target: trial, props: { where: trial.dataset['form'] ?? '', title: trial.dataset['title'] ?? '' } });
}
if (target) {
  speak(languageOf(document.documentElement.lang));
  followTheme();
  target.replaceChildren();
  mount(App, { target });
  const worker = target.dataset['worker'];
  if (worker && 'serviceWorker' in navigator) {
    navigator.serviceWorker.register(worker, { scope: '/field' }).catch(() => undefined); // works without, only not offline
  }
}
