import { describe, expect, it } from 'vitest';
import { ago, incident, NOON } from '../testing';
import { ageOf, countsOf, isOverdue, queueOf, rankOf } from './rows';

describe('the age bar', () => {
  it.each([
    [60, 'calm', 0.1], [449, 'calm', 0.748], [450, 'soon', 0.75], [599, 'soon', 0.998], [600, 'late', 1], [9000, 'late', 1],
  ] as const)('after %i s of 600 is %s', (seconds, tone, share) => {
    const age = ageOf(incident({ reported_at: ago(seconds) }), NOON);
    expect(age.tone).toBe(tone);
    expect(age.share).toBeCloseTo(share, 2);
    expect(age.seconds).toBe(seconds);
  });
  it('rests once somebody has arrived, while the age goes on', () => {
    const age = ageOf(incident({ reported_at: ago(900), onscene_at: ago(600) }), NOON);
    expect(age).toEqual({ seconds: 900, share: 0.5, tone: 'met' });
  });
  it('counts no negative age for a clock ahead, and no target for none', () => {
    expect(ageOf(incident({ reported_at: ago(-5) }), NOON)).toMatchObject({ seconds: 0, share: 0 });
    expect(ageOf(incident({ target_s: 0 }), NOON).tone).toBe('calm');
  });
});

describe('the queue', () => {
  const rows = [
    incident({ id: 1, number: '0001', priority: 6, reported_at: ago(700) }),
    incident({ id: 2, number: '0002', priority: 1, reported_at: ago(10) }),
    incident({ id: 3, number: '0003', priority: 1, state: 'ResourcesEnroute', reported_at: ago(50) }),
    incident({ id: 4, number: '0004', priority: 0, held: true, reported_at: ago(900) }),
    incident({ id: 5, number: '0005', state: 'Closed', closed_at: ago(5) }),
    incident({ id: 6, number: '0006', merged_into: 1 }),
    incident({ id: 7, number: '0007', priority: 6, onscene_at: ago(10), state: 'ResourcesOnscene', reported_at: ago(5000) }),
  ];
  const ids = (options: Partial<Parameters<typeof queueOf>[1]> = {}) =>
    queueOf(rows, { filter: 'all', order: 'urgency', now: NOON, ...options }).map((row) => row.id);

  it('puts the most urgent first, those that wait before those under way, held ones last', () => {
    expect(ids()).toEqual([2, 3, 1, 7, 4]);
  });
  it('filters', () => {
    expect(ids({ filter: 'waiting' })).toEqual([2, 1, 4]);
    expect(ids({ filter: 'running' })).toEqual([3, 7]);
    expect(ids({ filter: 'overdue' })).toEqual([1]);
    expect(ids({ text: ' 噪声 ' })).toHaveLength(5);
    expect(ids({ text: '0003' })).toEqual([3]);
  });
  it('orders by age, newest and number', () => {
    expect(ids({ order: 'age' })[0]).toBe(7);
    expect(ids({ order: 'newest' })[0]).toBe(2);
    expect(ids({ order: 'number' })).toEqual([1, 2, 3, 4, 7]);
  });
  it('counts what is open, waiting and overdue', () => {
    expect(countsOf(rows, NOON)).toEqual({ open: 5, waiting: 3, overdue: 1 });
  });
  it('does not call a held incident overdue', () => {
    expect(isOverdue(incident({ reported_at: ago(900), held: true }), NOON)).toBe(false);
  });
  it('sorts five thousand by urgency', () => {
    const many = Array.from({ length: 5000 }, (_, i) => incident({ id: i, priority: i % 11, reported_at: ago((i * 7919) % 9000) }));
    const ranks = queueOf(many, { filter: 'all', order: 'urgency', now: NOON }).map((row) => row.priority);
    expect(ranks).toHaveLength(5000);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });
  it('has three ranks of priority', () => {
    expect([0, 2, 3, 5, 6, 10].map(rankOf)).toEqual([1, 1, 2, 2, 3, 3]);
  });
});
