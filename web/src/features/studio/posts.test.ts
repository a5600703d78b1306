import { describe, expect, it } from 'vitest';
import { copy, freshName, freshPost, hoursOf, keyed, moved, PATTERNS, patternOf, summary } from './posts';
import { percent, signed, time } from './numbers';
import type { Kind, Layout } from './types';

const FOOT: Kind = { code: 'foot', name: 'officer on foot', letter: 'F', mode: 'foot' };
const LAYOUT: Layout = { name: 'L', posts: [] };
const with_ = (...names: string[]): Layout => ({ name: 'L', posts: names.map((name) => ({ ...freshPost(LAYOUT, FOOT, 24.9, 60.1), name })) });

describe('posts', () => {
  it('move by metres, east and north', () => {
    const [lon, lat] = moved(24.94, 60.17, 1000, 1000);
    expect((lat - 60.17) * 111_320).toBeCloseTo(1000, 0);
    expect((lon - 24.94) * 111_320 * Math.cos((60.17 * Math.PI) / 180)).toBeCloseTo(1000, 0);
  });
  it('move by arrow keys, far with Shift, and by no other key', () => {
    expect(keyed({ lon: 0, lat: 0 }, 'ArrowUp', false)).toEqual([0, 0.000225]);
    expect(keyed({ lon: 0, lat: 0 }, 'ArrowLeft', true)).toEqual([-0.002246, 0]);
    expect(keyed({ lon: 0, lat: 0 }, 'Enter', false)).toBeNull();
  });
  it('get a name that is free', () => {
    expect(freshName(with_('F1', 'F3'), 'F')).toBe('F2');
    expect(freshName(LAYOUT, 'F')).toBe('F1');
  });
  it('have hours by pattern: each is told again by its spans', () => {
    for (const [name, spans] of Object.entries(PATTERNS)) expect(patternOf(spans)).toBe(name);
    expect(patternOf([[0, 5]])).toBe('own');
    expect(Object.values(PATTERNS).map(hoursOf)).toEqual([168, 84, 56, 84]);
  });
  it('are copied, so that a change of B is none of A', () => {
    const a = with_('F1');
    const b = copy(a, 'B');
    b.posts[0]!.lon = 1;
    expect(a.posts[0]!.lon).toBe(24.9);
  });
  it('are summed up by kind', () => {
    expect(summary(with_('F1', 'F2'), [FOOT])).toBe('2 F');
  });
});

describe('figures in words', () => {
  it('are shares, points with a sign, and times', () => {
    expect(percent(0.873)).toBe('87 %');
    expect(signed(0.0612)).toBe('+6.1');
    expect(signed(-0.0612)).toBe('−6.1');
    expect(signed(0.0001)).toBe('0.0');
    expect(time(74, { s: 's', min: 'min', h: 'h' })).toBe('1 min 14 s');
    expect(time(null, { s: 's', min: 'min', h: 'h' })).toBe('');
  });
});
