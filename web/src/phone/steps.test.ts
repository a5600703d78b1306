import { describe, expect, it } from 'vitest';
import { nextStep, pendingOf, standingAfter, statusBody, welfareOf, type Pending, type Standing, type StepName } from './steps';

const T0 = Date.parse('2026-05-04T12:00:00Z');
const at = (s: number): string => new Date(T0 + s * 1000).toISOString();
const standing = (changes: Partial<Standing> = {}): Standing => ({
  status: 'Available', secondary: '', since_at: at(0), timer_at: null, alarm: '', ...changes,
});

describe('the next step', () => {
  it('goes from a new job to its close', () => {
    const seen: (StepName | null)[] = [];
    let now = standing({ status: 'Assigned' });
    for (let i = 0; i < 5; i++) {
      const step = nextStep(now);
      seen.push(step);
      if (step) now = standingAfter(now, [{ name: step, at: at(i) }]);
    }
    expect(seen).toEqual(['accept', 'enroute', 'onscene', 'close', null]);
    expect(now.status).toBe('Available');
  });
  it('is none without a job', () => {
    expect(nextStep(standing())).toBeNull();
    expect(nextStep(standing({ status: 'OutOfService' }))).toBeNull();
  });
});

describe('unsent steps', () => {
  it('show at once, in order, each with its own moment', () => {
    const steps: Pending[] = [{ name: 'accept', at: at(10) }, { name: 'enroute', at: at(20) }];
    expect(standingAfter(standing({ status: 'Assigned' }), steps)).toMatchObject({ status: 'EnRoute', secondary: '', since_at: at(20) });
  });
  it('are read back from what the outbox keeps; refused ones count no more', () => {
    const kept = [
      { path: '/api/units/5/status', body: { status: 'Assigned', secondary: 'Accepted', at: at(1) }, made_at: at(2) },
      { path: '/api/units/5/status', body: { status: 'EnRoute', at: at(3) }, made_at: at(3), refusal: 'no' },
      { path: '/api/units/6/status', body: { status: 'OnScene' }, made_at: at(3) },
      { path: '/api/units/5/welfare', body: {}, made_at: at(4) },
      { path: '/api/units/5/close', body: { disposition: '02' }, made_at: at(5) },
      { path: '/api/incidents/9/notes', body: { text: 'x' }, made_at: at(6) },
    ];
    expect(pendingOf(kept, 5)).toEqual([
      { name: 'accept', at: at(1), secondary: 'Accepted' },
      { name: 'welfare', at: at(4) },
      { name: 'close', at: at(5) },
    ]);
  });
  it('keep the reason for being out of service', () => {
    const pending = pendingOf([{ path: '/api/units/5/status', body: { status: 'OutOfService', secondary: 'Meal' }, made_at: at(1) }], 5);
    expect(standingAfter(standing(), pending)).toMatchObject({ status: 'OutOfService', secondary: 'Meal' });
  });
  it('of welfare end a timer alarm, but never a call for help', () => {
    const well: Pending[] = [{ name: 'welfare', at: at(1) }];
    expect(standingAfter(standing({ status: 'OnScene', alarm: 'welfare', timer_at: at(0) }), well)).toMatchObject({ alarm: '', timer_at: null });
    expect(standingAfter(standing({ alarm: 'panic' }), well).alarm).toBe('panic');
  });
});

describe('what is sent for a step', () => {
  it('carries the moment of the press', () => {
    expect(statusBody({ name: 'accept', at: at(1) })).toEqual({ status: 'Assigned', secondary: 'Accepted', at: at(1) });
    expect(statusBody({ name: 'onscene', at: at(1) })).toEqual({ status: 'OnScene', at: at(1) });
    expect(statusBody({ name: 'outofservice', at: at(1), secondary: 'Meal' })).toEqual({ status: 'OutOfService', secondary: 'Meal', at: at(1) });
  });
  it('is no status for a close or a word that one is well', () => {
    expect(statusBody({ name: 'close', at: at(1) })).toBeNull();
    expect(statusBody({ name: 'welfare', at: at(1) })).toBeNull();
  });
});

describe('welfare', () => {
  const scene = standing({ status: 'OnScene', timer_at: at(1000) });
  it('asks quietly, then from three minutes before, then at once', () => {
    expect(welfareOf(scene, T0)).toBe('running');
    expect(welfareOf(scene, T0 + 820_000)).toBe('soon');
    expect(welfareOf(scene, T0 + 1_000_000)).toBe('due');
  });
  it('asks when dispatch has the alarm, and never without a timer', () => {
    expect(welfareOf(standing({ status: 'OnScene', alarm: 'welfare' }), T0)).toBe('due');
    expect(welfareOf(standing({ status: 'OnScene' }), T0)).toBe('none');
    expect(welfareOf(standing({ status: 'EnRoute', timer_at: at(1) }), T0)).toBe('none');
  });
});
