import { expect, it } from 'vitest';
import { appended, fresh, numberIn } from './codes';

it('takes the code out of our own sticker, and any other text as it is', () => {
  expect(numberIn('https://police.example.org/property?code=ABCDE-FGHJK')).toBe('ABCDE-FGHJK');
  expect(numberIn('https://police.example.org/property/accept?code=ABCDE-FGHJK')).toBe('ABCDE-FGHJK');
  expect(numberIn('https://passport.example.org/battery/01/123?x=1')).toBe('https://passport.example.org/battery/01/123?x=1');
  expect(numberIn(' 001CB240000003B3C0221953\r\n')).toBe('001CB240000003B3C0221953');
});

it('counts a code once while it stays before the camera', () => {
  const seen = new Map<string, number>();
  expect(fresh(seen, 'A', 0)).toBe(true);
  expect(fresh(seen, 'A', 3000)).toBe(false);
  expect(fresh(seen, 'A', 6000)).toBe(false);
  expect(fresh(seen, 'A', 11_000)).toBe(true);
});

it('writes each number on a line of its own, once', () => {
  expect(appended('', 'A')).toBe('A\n');
  expect(appended('A\n\n B ', 'C')).toBe('A\nB\nC\n');
  expect(appended('A\n', 'A')).toBe('A\n');
});
