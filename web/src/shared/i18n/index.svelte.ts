/** Words in both languages. Keys are typed by the English dictionary; a key missing in Chinese fails the type check. */
import type { Names } from '../contract';
import { en } from './en';
import { zh } from './zh';

export type Language = 'en' | 'zh';
export type Key = keyof typeof en;
export type Values = Record<string, string | number>;

const dictionaries: Record<Language, Record<Key, string>> = { en, zh };

const state = $state<{ language: Language }>({ language: 'en' });

/** "zh", "zh-hans", "zh-CN" are Chinese; everything else is English. */
export const languageOf = (tag: string): Language => (tag.toLowerCase().startsWith('zh') ? 'zh' : 'en');

/** The language in use; reading it in a component follows the switch. */
export const language = (): Language => state.language;

/** Use a language for this page, and tell the document. */
export function speak(next: Language): void {
  state.language = next;
  if (typeof document !== 'undefined') document.documentElement.lang = next === 'zh' ? 'zh-Hans' : 'en';
}

/** Put values into `{name}` places. Unknown places stay, so that a mistake is seen. */
export const fill = (text: string, values: Values = {}): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));

/** A sentence in the language in use. With `n` = 1 the key's `_one` form is taken where there is one. */
export function t(key: Key, values?: Values): string {
  const words = dictionaries[state.language];
  const one = `${key}_one` as Key;
  return fill(values?.['n'] === 1 && one in words ? words[one] : words[key], values);
}

/** A word for a code, such as a status from the server: the key `prefix_CODE`, or the code itself where it is new. */
export function word(prefix: string, code: string): string {
  const key = `${prefix}_${code}` as Key;
  return dictionaries[state.language][key] ?? code;
}

/** A bilingual name in the language in use; plain strings pass. */
export const named = (name: Names | string | null | undefined): string =>
  !name ? '' : typeof name === 'string' ? name : name[state.language] || name.en;

/** Another package's own dictionaries, typed alike: `const words = dictionary({ en, zh })`. */
export const dictionary =
  <K extends string>(both: Record<Language, Record<K, string>>) =>
  (key: K, values?: Values): string =>
    fill(both[state.language][key], values);
