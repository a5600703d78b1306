import { describe, expect, it } from 'vitest';
import { ago, incident, NOON, unit } from '../testing';
import { imageFor, shapeOf, SHAPES } from './images';
import { incidentMark, showsIncident, showsUnit, Told, unitMark } from './marks';

describe('marks on the map', () => {
  it('say family, rank and look of an incident in the name of its image', () => {
    expect(incidentMark(incident({ family: 'property', priority: 1 }), NOON).properties['icon']).toBe('i|property|1|');
    expect(incidentMark(incident({ reported_at: ago(900) }), NOON).properties['icon']).toBe('i|order|3|late');
    expect(incidentMark(incident({ held: true, reported_at: ago(900) }), NOON).properties['icon']).toBe('i|order|3|held');
  });
  it('say letter, status and alarm of a unit', () => {
    expect(unitMark(unit({ status: 'EnRoute' }), NOON).properties['icon']).toBe('u|M|EnRoute|0');
    expect(unitMark(unit({ alarm: 'panic' }), NOON).properties['icon']).toBe('u|M|Available|1');
  });
  it('fade a moving unit that has not said for two minutes where it is', () => {
    const old = (changes: Parameters<typeof unit>[0]) => unitMark(unit(changes), NOON).properties['old'];
    expect([119, 121].map((s) => old({ position_at: ago(s) }))).toEqual([0, 1]);
    expect(old({ position_at: null })).toBe(1);
    expect(old({ position_at: null, moves: false })).toBe(0);
  });
  it('leave out what ended or has no place', () => {
    expect(showsIncident(incident({ state: 'Closed' }))).toBe(false);
    expect(showsIncident(incident({ lon: NaN }))).toBe(false);
    expect(showsIncident(undefined)).toBe(false);
    expect(showsUnit(unit({ lat: null as unknown as number }))).toBe(false);
  });
  it('have a shape of their own for every family', () => {
    const outlines = Object.values(SHAPES).map((path) => JSON.stringify(path));
    expect(new Set(outlines).size).toBe(outlines.length);
    expect(shapeOf('something new')).toBe(SHAPES['service']);
    expect(imageFor('x|y', {} as never)).toBeNull();
  });
});

describe('the difference told to the map', () => {
  const at = (id: number, lon: number, status: 'Available' | 'EnRoute' = 'Available') => unitMark(unit({ id, lon, status }), NOON);

  it('is nothing where nothing changed', () => {
    const told = new Told();
    told.all([at(1, 24.9)]);
    expect(told.diff([[1, at(1, 24.9)], [9, null]])).toBeNull();
  });
  it('adds, removes, moves and repaints', () => {
    const told = new Told();
    told.all([at(1, 24.9), at(2, 24.9), at(3, 24.9)]);
    const diff = told.diff([[1, at(1, 24.95)], [2, null], [3, at(3, 24.9, 'EnRoute')], [4, at(4, 24.9)]]);
    expect(diff?.remove).toEqual([2]);
    expect(diff?.add.map((mark) => mark.id)).toEqual([4]);
    expect(diff?.update).toEqual([
      { id: 1, newGeometry: { type: 'Point', coordinates: [24.95, 60.168] } },
      { id: 3, addOrUpdateProperties: [{ key: 'icon', value: 'u|M|EnRoute|0' }, { key: 'tone', value: 'EnRoute' }, { key: 'order', value: 1 }] },
    ]);
    expect(told.size).toBe(3);
    expect(told.diff([[1, at(1, 24.95)], [2, null]])).toBeNull();
  });
});
