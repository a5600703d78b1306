import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en';
import { fill, languageOf, named, speak, t, word, type Key } from './index.svelte';
import { zh } from './zh';

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
const keys = Object.keys(en) as Key[];

describe('words', () => {
  afterEach(() => speak('en'));

  it('has every key in both languages, none empty', () => {
    expect(Object.keys(zh).sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => !en[key] || !zh[key])).toEqual([]);
  });
  it('uses the same values in both languages', () => {
    expect(keys.filter((key) => places(en[key]).join() !== places(zh[key]).join())).toEqual([]);
  });
  it('never shouts', () => {
    expect(keys.filter((key) => /[!！]/.test(en[key] + zh[key]))).toEqual([]);
  });
  it('fills values and keeps unknown places visible', () => {
    expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}');
  });
  it('takes the form for one', () => {
    expect(t('units_free', { n: 1, all: 4 })).toBe('1 of 4 units free');
    expect(t('kept_sent', { n: 1 })).toBe('1 kept entry sent');
  });
  it('speaks Chinese for every Chinese tag', () => {
    expect(['zh', 'zh-Hans', 'zh-hans-cn', 'en', 'fi'].map(languageOf)).toEqual(['zh', 'zh', 'zh', 'en', 'en']);
    speak('zh');
    expect(t('queue')).toBe('警情队列');
    expect(named({ en: 'Noise', zh: '噪声' })).toBe('噪声');
  });
  it('falls back to the code where a word is not known', () => {
    expect(word('st', 'EnRoute')).toBe('en route');
    expect(word('st', 'NewOne')).toBe('NewOne');
  });
});
