/** The studio's words in the language in use. */
import { dictionary, type Values } from '../../../shared/i18n/index.svelte';
import { en } from './en';
import { zh } from './zh';

export type Word = keyof typeof en;
export type Words = Record<Word, string>;

const say = dictionary<Word>({ en, zh });

/** A sentence in the language in use; with `n` = 1 the word's `_one` form is taken where there is one. */
export function t(word: Word, values?: Values): string {
  const one = `${word}_one`;
  return say(values?.['n'] === 1 && one in en ? (one as Word) : word, values);
}
