import { describe, expect, it } from 'vitest';
import { indexAt, linesOf, paceOf, placeAt, type TrackFix } from './playback';

const fix = (s: number, lon: number): TrackFix => [s * 1000, lon, 60, null, ''];
const FIXES = [fix(0, 24), fix(10, 25), fix(1000, 26)];
const GAPS: [number, number][] = [[10_000, 1_000_000]];

describe('a track played back', () => {
  it('finds the last fix at or before a moment', () => {
    expect([-1, 0, 9999, 10_000, 2_000_000].map((ms) => indexAt(FIXES, ms))).toEqual([-1, 0, 0, 1, 2]);
  });
  it('is on the line between two fixes', () => {
    expect(placeAt(FIXES, GAPS, 2500)).toEqual([24.25, 60]);
  });
  it('stands at its last known place in a silence, before its beginning and after its end', () => {
    expect(placeAt(FIXES, GAPS, 500_000)).toEqual([25, 60]);
    expect(placeAt(FIXES, GAPS, -5)).toEqual([24, 60]);
    expect(placeAt(FIXES, GAPS, 9_999_999)).toEqual([26, 60]);
    expect(placeAt([], [], 0)).toBeNull();
  });
  it('draws no line over a silence', () => {
    expect(linesOf(FIXES, GAPS)).toEqual([[[24, 60], [25, 60]]]);
    expect(linesOf(FIXES, [])).toHaveLength(1);
  });
  it('plays a shift in two minutes and a short walk ten times as fast', () => {
    expect(paceOf(0, 8 * 3_600_000)).toBe(240);
    expect(paceOf(0, 60_000)).toBe(10);
  });
});
