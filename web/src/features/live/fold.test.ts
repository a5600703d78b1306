import { describe, expect, it } from 'vitest';
import type { Entry } from '../../shared/contract';
import { ago, incident, NOON, type, unit } from '../testing';
import { ended, fold, move, numberOf, subjectOf, type Tables } from './fold';

const types = new Map([['noise', type()], ['theft', type({ code: 'theft', family: 'property', name: { en: 'Theft', zh: '盗窃' }, target_s: 900 })]]);
const tables = (): Tables => ({ incidents: new Map([[17, incident()]]), units: new Map([[5, unit()]]) });
const entry = (subject: string, facts: Record<string, unknown>): Entry => ({ position: 1, verb: 'x.y', subject, at: ago(0), entered_at: ago(0), facts });

describe('folding the stream', () => {
  it('lays the facts of an incident over what is known', () => {
    const t = tables();
    const touched = fold(t, entry('incident:17', { state: 'ResourcesAssigned', assigned_at: ago(0), units: [5] }), types);
    expect(touched).toEqual({ kind: 'incident', id: 17, ask: false });
    expect(t.incidents.get(17)).toMatchObject({ state: 'ResourcesAssigned', units: [5], address: 'Kalevankatu 14' });
  });

  it('shows a new incident at once by its type, and asks for its address', () => {
    const t = tables();
    const facts = { number: 143, type: 'theft', state: 'Active', priority: 4, lon: 24.95, lat: 60.16, reported_at: ago(1), source: 'call' };
    expect(fold(t, entry('incident:18', facts), types)).toEqual({ kind: 'incident', id: 18, ask: true });
    expect(t.incidents.get(18)).toMatchObject({ number: '0143', name: { en: 'Theft' }, family: 'property', target_s: 900, address: '' });
  });

  it('asks again when an incident moved, since its address is no fact', () => {
    const t = tables();
    expect(fold(t, entry('incident:17', { lon: 24.951 }), types)?.ask).toBe(true);
  });

  it('folds a unit, its incident included', () => {
    const t = tables();
    fold(t, entry('unit:5', { status: 'Assigned', since_at: ago(0), incident: 17 }), types);
    expect(t.units.get(5)).toMatchObject({ status: 'Assigned', incident_id: 17, call_sign: 'M21' });
    fold(t, entry('unit:5', { status: 'Available', incident: null }), types);
    expect(t.units.get(5)?.incident_id).toBeNull();
  });

  it('asks for a unit that it does not know, and forgets one whose shift ended', () => {
    const t = tables();
    expect(fold(t, entry('unit:9', { status: 'Available' }), types)).toEqual({ kind: 'unit', id: 9, ask: true });
    fold(t, entry('unit:5', { on_shift: false }), types);
    expect(t.units.has(5)).toBe(false);
  });

  it('never changes a row in place, so that whoever holds it sees no half of a change', () => {
    const t = tables();
    const before = t.incidents.get(17);
    fold(t, entry('incident:17', { held: true }), types);
    expect(before?.held).toBe(false);
  });

  it.each(['person:3', 'incident:x', 'checkpoint', ''])('leaves "%s" alone', (subject) => {
    expect(fold(tables(), entry(subject, { a: 1 }), types)).toBeNull();
  });

  it('reads subjects and numbers', () => {
    expect(subjectOf('incident:17')).toEqual(['incident', 17]);
    expect([7, '0142', 12345].map(numberOf)).toEqual(['0007', '0142', '12345']);
  });
});

describe('positions', () => {
  it('move units, older samples do not', () => {
    const { units } = tables();
    expect(move(units, [[5, 24.9, 60.1, ago(1)], [99, 1, 1, ago(0)]])).toEqual([5]);
    expect(move(units, [[5, 25, 61, ago(30)]])).toEqual([]);
    expect(units.get(5)).toMatchObject({ lon: 24.9, lat: 60.1 });
  });
});

describe('the end', () => {
  it('is remembered for half an hour', () => {
    const rows = [incident({ id: 1, closed_at: ago(1700) }), incident({ id: 2, closed_at: ago(1900) }), incident({ id: 3 })];
    expect(ended(new Map(rows.map((row) => [row.id, row])), NOON)).toEqual([2]);
  });
});
