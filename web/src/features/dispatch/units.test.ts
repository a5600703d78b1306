import { describe, expect, it } from 'vitest';
import { ago, NOON, unit } from '../testing';
import { ageOf, boardOf, freeOf, timerTone } from './units';

describe('the unit board', () => {
  it('puts alarms first, then those on the way, on scene, free and out; numbers in order', () => {
    const units = [
      unit({ call_sign: 'F10' }), unit({ call_sign: 'F9' }), unit({ call_sign: 'C1', status: 'OutOfService' }),
      unit({ call_sign: 'B4', status: 'OnScene' }), unit({ call_sign: 'M21', status: 'EnRoute' }),
      unit({ call_sign: 'P2', alarm: 'panic' }),
    ];
    expect(boardOf(units).map((u) => u.call_sign)).toEqual(['P2', 'M21', 'B4', 'F9', 'F10', 'C1']);
    expect(freeOf(units)).toEqual({ all: 6, free: 3 });
  });
  it.each([[null, ''], [ago(-120), ''], [ago(-59), 'soon'], [ago(0), 'late']] as const)('timer at %s is "%s"', (timer_at, tone) => {
    expect(timerTone(unit({ timer_at }), NOON)).toBe(tone);
  });
  it('knows how old a position is, never less than nothing', () => {
    expect(ageOf(unit({ position_at: ago(300) }), NOON)).toBe(300);
    expect(ageOf(unit({ position_at: ago(-5) }), NOON)).toBe(0);
    expect(ageOf(unit({ position_at: null }), NOON)).toBeNull();
  });
});
