import { describe, expect, it } from 'vitest';
import { boxAround, byNeed } from './houses';
import { DOORS, doorOf } from './images';
import { BUILDINGS_FROM, REGISTER_LAYERS, registerLayers, registerSource } from './registerlayer';
import { en } from '../../shared/i18n/en';
import { incident } from '../testing';

const inks = { paper: '#fff', ink: '#000', quiet: '#777', free: '', enroute: '', scene: '', hold: '', late: '', alarm: '', accent: '' };

describe('the register on the map', () => {
  it('draws each use by a door that the legend names, and what it does not know as “other”', () => {
    const uses = ['house', 'flat', 'dormitory', 'rental', 'shop', 'business', 'workshop', 'lodging', 'charging', 'public', 'empty', 'other', ''];
    expect(uses.map(doorOf).filter((door) => !(door in DOORS))).toEqual([]);
    expect(Object.keys(DOORS).filter((door) => !(`door_${door}` in en))).toEqual([]);
    expect([doorOf('rental'), doorOf('made up later'), doorOf('')]).toEqual(['home', 'other', 'other']);
  });
  it('shows counts from afar and buildings close by, never both', () => {
    const [cells, counts, doors] = registerLayers(inks, ['Sans'], true);
    expect([cells?.maxzoom, counts?.maxzoom, doors?.minzoom]).toEqual([BUILDINGS_FROM, BUILDINGS_FROM, BUILDINGS_FROM]);
    expect(registerLayers(inks, null, false).map((layer) => layer.layout?.visibility)).toEqual(['none', 'none', 'none']);
    expect(registerLayers(inks, null, true).map((layer) => layer.id)).toEqual([...REGISTER_LAYERS]);
  });
  it('asks this very server for its tiles', () => {
    expect(registerSource('https://maple.example').tiles).toEqual(['https://maple.example/register/tiles/{z}/{x}/{y}.mvt']);
  });
  it('looks 60 m around for incidents, as wide at 60° north as high', () => {
    const [west, south, east, north] = boxAround({ lon: 24.94, lat: 60.17 }).split(',').map(Number) as [number, number, number, number];
    expect(east - west).toBeGreaterThan(1.9 * (north - south));
    expect(Math.round((north - south) * 111_195)).toBe(120);
  });
  it('puts what is open before what is over, then the newest', () => {
    const at = (id: number, state: 'Active' | 'Closed', day: number) => incident({ id, state, reported_at: `2026-11-0${day}T12:00:00Z` });
    expect([at(1, 'Closed', 9), at(2, 'Active', 1), at(3, 'Closed', 2), at(4, 'Active', 3)].sort(byNeed).map((row) => row.id)).toEqual([4, 2, 1, 3]);
  });
});
