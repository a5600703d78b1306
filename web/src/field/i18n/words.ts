/** The field client's words in the language in use. */
import { dictionary, type Values } from '../../shared/i18n/index.svelte';
import { en } from './en';
import { zh } from './zh';

export type Word = keyof typeof en;

/** A sentence in the language in use, with its values. */
export const t: (word: Word, values?: Values) => string = dictionary<Word>({ en, zh });

/** How many are unsent, in words. */
export function unsentWords(n: number): string {
  if (n === 0) return t('unsent_0');
  return n === 1 ? t('unsent_1') : t('unsent_n', { n });
}
