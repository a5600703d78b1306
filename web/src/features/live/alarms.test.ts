import { describe, expect, it } from 'vitest';
import { ago, incident, NOON, unit } from '../testing';
import { alarmsOf, lasting, recalled } from './alarms';

const kinds = (...args: Parameters<typeof alarmsOf>) => alarmsOf(...args).map((alarm) => alarm.kind);
const nothing = new Set<string>();

describe('alarms', () => {
  it('stand loudest first: panic, welfare, status, new, overdue', () => {
    const units = [
      unit({ id: 1, timer_at: ago(5) }),
      unit({ id: 2, alarm: 'welfare' }),
      unit({ id: 3, alarm: 'panic' }),
      unit({ id: 4, timer_at: ago(-60) }),
    ];
    const incidents = [incident({ id: 1, reported_at: ago(700) }), incident({ id: 2, priority: 1, reported_at: ago(5) })];
    expect(kinds(units, incidents, NOON, nothing)).toEqual(['panic', 'welfare', 'status', 'new', 'overdue']);
  });

  it('are quiet once seen, and speak again when they begin anew', () => {
    const before = unit({ alarm: 'panic', since_at: ago(100) });
    const seen = new Set(alarmsOf([before], [], NOON, nothing).map((alarm) => alarm.id));
    expect(alarmsOf([before], [], NOON, seen)).toEqual([]);
    expect(kinds([{ ...before, since_at: ago(1) }], [], NOON, seen)).toEqual(['panic']);
  });

  it('of a unit that calls for help twice are two, though its status never changed', () => {
    const calling = unit({ alarm: 'panic' });
    const seen = new Set(alarmsOf([calling], [], NOON, nothing).map((alarm) => alarm.id));
    const after = lasting(seen, alarmsOf([unit()], [], NOON, nothing));
    expect(kinds([calling], [], NOON, after)).toEqual(['panic']);
    expect(lasting(seen, alarmsOf([calling], [], NOON, nothing))).toEqual(seen);
  });

  it('do not call out what is not urgent, not new, held or arrived', () => {
    const rows = [
      incident({ id: 1, priority: 5, reported_at: ago(5) }),
      incident({ id: 2, priority: 1, reported_at: ago(90) }),
      incident({ id: 3, held: true, reported_at: ago(5000) }),
      incident({ id: 4, onscene_at: ago(10), reported_at: ago(5000) }),
      incident({ id: 5, state: 'Closed', reported_at: ago(5000), closed_at: ago(10) }),
    ];
    expect(alarmsOf([], rows, NOON, nothing)).toEqual([]);
  });
});

describe('an incident reopened', () => {
  const entry = (verb: string, facts: Record<string, unknown>) => ({ verb, subject: 'incident:17', facts });
  it('alerts those who closed it, and nobody else', () => {
    const told = entry('incidents.reopened', { state: 'ReOpened', alert: ['user:3', 'user:4'] });
    expect([recalled(told, 'user:4'), recalled(told, 'user:40'), recalled(told, '')]).toEqual([17, null, null]);
    expect(recalled(entry('incidents.closed', { alert: ['user:4'] }), 'user:4')).toBeNull();
    expect(recalled(entry('incidents.reopened', {}), 'user:4')).toBeNull();
  });
});
