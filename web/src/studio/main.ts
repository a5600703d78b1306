/** The studio's entry: who looks, in which language and colours; then the page. */
import './studio.css';
import { mount } from 'svelte';
import { client } from '../shared/api';
import type { Me } from '../shared/contract';
import { languageOf, speak } from '../shared/i18n/index.svelte';
import { followTheme } from '../shared/theme.svelte';
import { t } from '../features/studio/i18n/words';
import { studio } from '../features/studio/studio.svelte';
import Studio from '../features/studio/Studio.svelte';

const AGAIN_MS = 3000;

async function start(): Promise<void> {
  const target = document.getElementById('studio');
  if (!target) return;
  speak(languageOf(document.documentElement.lang));
  followTheme();
  const said = Number(new URLSearchParams(location.search).get('study'));
  for (;;) {
    try {
      const [me] = await Promise.all([client().get<Me>('/api/me'), studio.begin(Number.isInteger(said) && said > 0 ? said : null)]);
      target.replaceChildren();
      mount(Studio, { target, props: { styles: me.style } });
      return;
    } catch {
      target.textContent = t('loading_failed');
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

void start();
