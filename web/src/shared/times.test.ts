import { describe, expect, it } from 'vitest';
import { clock, day, distance, moment, since, span, spoken } from './times';

describe('times', () => {
  it.each([[0, '0:00'], [48, '0:48'], [665, '11:05'], [3600, '1:00:00'], [7390, '2:03:10'], [-3, '0:00']])('%i s is %s', (s, text) => {
    expect(span(s)).toBe(text);
  });
  it.each([[40, '40 s'], [60, '1 min'], [80, '1 min 20 s'], [125, '2 min 05 s'], [742, '12 min'], [7500, '2 h 5 min'], [7200, '2 h']])('%i s is said %s', (s, text) => {
    expect(spoken(s)).toBe(text);
  });
  it('rounds metres to ten and speaks in kilometres from about one', () => {
    expect([404, 949, 951, 12_345].map(distance)).toEqual(['400 m', '950 m', '1.0 km', '12.3 km']);
  });
  it('shows the 24 h clock of the city, not of the browser', () => {
    const at = '2026-03-05T22:30:05Z';
    expect(clock(at, 'Europe/Helsinki')).toBe('00:30:05');
    expect(day(at, 'Europe/Helsinki')).toBe('2026-03-06');
    expect(clock(at, 'Asia/Shanghai')).toBe('06:30:05');
  });
  it('names the day only when it is another one', () => {
    const now = Date.parse('2026-03-05T12:00:00Z');
    expect(moment('2026-03-05T11:00:00Z', now, 'UTC')).toBe('11:00:00');
    expect(moment('2026-03-04T11:00:00Z', now, 'UTC')).toBe('2026-03-04 11:00');
  });
  it('counts no negative age when a clock is ahead', () => {
    expect(since('2026-03-05T12:00:10Z', Date.parse('2026-03-05T12:00:00Z'))).toBe(0);
    expect(since(null, 0)).toBe(0);
  });
});
