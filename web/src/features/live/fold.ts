/** Folding the stream into the board: an entry's facts are the new values of its subject's fields. Pure. */
import type { Entry, IncidentRow, IncidentState, IncidentType, PositionSample, UnitRow, UnitState } from '../../shared/contract';

export interface Tables {
  incidents: Map<number, IncidentRow>;
  units: Map<number, UnitRow>;
}

export interface Touched {
  kind: 'incident' | 'unit';
  id: number;
  /** What facts don't carry (address, name of a new unit) must be asked for. */
  ask: boolean;
}

type Types = ReadonlyMap<string, IncidentType>;

const INCIDENT_FIELDS = [
  'type', 'priority', 'state', 'held', 'lon', 'lat', 'area', 'reported_at', 'source',
  'assigned_at', 'enroute_at', 'onscene_at', 'closed_at', 'disposition', 'merged_into', 'units', 'invented', 'target_s',
] as const;
const UNIT_FIELDS = [
  'call_sign', 'kind', 'status', 'secondary', 'since_at', 'timer_at', 'alarm', 'on_shift', 'shift_ends_at', 'area', 'lone_s',
] as const;

/** "incident:17" -> ["incident", 17]; null for subjects that the board does not show. */
export function subjectOf(subject: string): ['incident' | 'unit', number] | null {
  const [kind, id] = subject.split(':');
  const number = Number(id);
  return (kind === 'incident' || kind === 'unit') && Number.isInteger(number) ? [kind, number] : null;
}

/** Incident number as people say it: at least four digits. */
export const numberOf = (value: unknown): string => String(value ?? '').padStart(4, '0');

/** Fold one entry. Null when it concerns nothing on the board. */
export function fold(tables: Tables, entry: Entry, types: Types): Touched | null {
  const subject = subjectOf(entry.subject);
  if (!subject || Object.keys(entry.facts ?? {}).length === 0) return null;
  return subject[0] === 'incident' ? foldIncident(tables, entry, subject[1], types) : foldUnit(tables, entry, subject[1]);
}

function foldIncident(tables: Tables, entry: Entry, id: number, types: Types): Touched {
  const before = tables.incidents.get(id);
  const row: IncidentRow = { ...(before ?? emptyIncident(id, entry.at)) };
  const facts = entry.facts;
  if ('number' in facts) row.number = numberOf(facts['number']);
  for (const field of INCIDENT_FIELDS) if (field in facts) (row as unknown as Record<string, unknown>)[field] = facts[field];
  row.state = row.state as IncidentState;
  if ('type' in facts || !before) named(row, types);
  const moved = before !== undefined && (row.lon !== before.lon || row.lat !== before.lat);
  if (moved) row.address = '';
  tables.incidents.set(id, row);
  return { kind: 'incident', id, ask: !before || moved };
}

function named(row: IncidentRow, types: Types): void {
  const type = types.get(row.type);
  if (!type) return;
  row.family = type.family;
  row.name = type.name;
  row.target_s = type.target_s;
}

function foldUnit(tables: Tables, entry: Entry, id: number): Touched {
  const before = tables.units.get(id);
  if (!before) return { kind: 'unit', id, ask: true };
  const row: UnitRow = { ...before };
  for (const field of UNIT_FIELDS) {
    if (field in entry.facts) (row as unknown as Record<string, unknown>)[field] = entry.facts[field];
  }
  row.status = row.status as UnitState;
  row.alarm ??= '';
  const incident = 'incident' in entry.facts ? entry.facts['incident'] : entry.facts['incident_id'];
  if (incident !== undefined) row.incident_id = (incident as number | null) || null;
  if (row.on_shift === false) tables.units.delete(id);
  else tables.units.set(id, row);
  return { kind: 'unit', id, ask: false };
}

function emptyIncident(id: number, at: string): IncidentRow {
  return {
    id, number: '', type: '', family: 'service', name: { en: '', zh: '' }, priority: 5, state: 'Active', held: false,
    lon: NaN, lat: NaN, address: '', area: '', reported_at: at, target_s: 600, assigned_at: null, enroute_at: null,
    onscene_at: null, closed_at: null, disposition: '', units: [], source: '', invented: false,
  };
}

/** Move units to newer samples; an older sample than the one known is left. Returns the ids that moved. */
export function move(units: Map<number, UnitRow>, samples: PositionSample[]): number[] {
  const moved: number[] = [];
  for (const [id, lon, lat, at] of samples) {
    const unit = units.get(id);
    if (!unit || (unit.position_at && Date.parse(at) < Date.parse(unit.position_at))) continue;
    units.set(id, { ...unit, lon, lat, position_at: at });
    moved.push(id);
  }
  return moved;
}

/** Ids of incidents that ended (closed, cancelled, merged) more than `keep` ms before `now`. */
export function ended(incidents: Map<number, IncidentRow>, now: number, keep = 30 * 60_000): number[] {
  const gone: number[] = [];
  for (const row of incidents.values()) if (row.closed_at && now - Date.parse(row.closed_at) > keep) gone.push(row.id);
  return gone;
}
