/** Rows for tests: plausible, with what matters overridden. */
import type { IncidentRow, IncidentType, UnitRow } from '../shared/contract';

export const NOON = Date.parse('2026-03-05T12:00:00Z');
export const ago = (seconds: number): string => new Date(NOON - seconds * 1000).toISOString();

export const incident = (over: Partial<IncidentRow> = {}): IncidentRow => ({
  id: 17, number: '0142', type: 'noise', family: 'order', name: { en: 'Noise', zh: '噪声' }, priority: 6, state: 'Active',
  held: false, lon: 24.94, lat: 60.17, address: 'Kalevankatu 14', area: 'Kamppi', reported_at: ago(60), target_s: 600,
  assigned_at: null, enroute_at: null, onscene_at: null, closed_at: null, disposition: '', units: [], source: 'call',
  invented: true, ...over,
});

export const unit = (over: Partial<UnitRow> = {}): UnitRow => ({
  id: 5, call_sign: 'M21', kind: 'motorbike', letter: 'M', mode: 'motorbike', moves: true, skills: [], status: 'Available',
  secondary: '', since_at: ago(300), timer_at: null, alarm: '', incident_id: null, lon: 24.93, lat: 60.168,
  position_at: ago(4), on_shift: true, shift_ends_at: null, area: '', ...over,
});

export const type = (over: Partial<IncidentType> = {}): IncidentType => ({
  code: 'noise', family: 'order', name: { en: 'Noise', zh: '噪声扰民' }, words: 'loud music party 吵闹 zaosheng', priority: 6, target_s: 600, ...over,
});
