/** Rows of the board as map features, and the difference between two boards as what the map must change. Pure. */
import type { IncidentRow, UnitRow } from '../../shared/contract';
import { isOpen } from '../../shared/contract';
import { isOverdue, rankOf } from '../incidents/rows';

export type Mark = GeoJSON.Feature<GeoJSON.Point, Record<string, string | number>> & { id: number };

const placed = (row: { lon: number; lat: number }): boolean => Number.isFinite(row.lon) && Number.isFinite(row.lat);

/** How an incident looks: late, held, or plain. */
export const lookOf = (row: IncidentRow, now: number): 'late' | 'held' | '' =>
  row.held ? 'held' : isOverdue(row, now) ? 'late' : '';

export function incidentMark(row: IncidentRow, now: number): Mark {
  const rank = rankOf(row.priority);
  return {
    type: 'Feature',
    id: row.id,
    geometry: { type: 'Point', coordinates: [row.lon, row.lat] },
    properties: {
      icon: `i|${row.family}|${rank}|${lookOf(row, now)}`,
      rank,
      priority: row.priority,
      number: row.number,
    },
  };
}

/** Ms after which a moving unit that has not said where it is fades on the map. */
export const FADES_AFTER = 120_000;

const isOld = (unit: UnitRow, now: number): boolean =>
  unit.moves && (!unit.position_at || now - Date.parse(unit.position_at) > FADES_AFTER);

export function unitMark(unit: UnitRow, now: number): Mark {
  const alarm = unit.alarm ? 1 : 0;
  return {
    type: 'Feature',
    id: unit.id,
    geometry: { type: 'Point', coordinates: [unit.lon, unit.lat] },
    properties: {
      icon: `u|${unit.letter}|${unit.status}|${alarm}`,
      call_sign: unit.call_sign,
      tone: alarm ? 'alarm' : unit.status,
      old: isOld(unit, now) ? 1 : 0,
      alarm,
      order: alarm ? 0 : unit.status === 'Available' ? 2 : 1,
    },
  };
}

export const showsIncident = (row: IncidentRow | undefined): row is IncidentRow =>
  row !== undefined && isOpen(row) && placed(row);

export const showsUnit = (unit: UnitRow | undefined): unit is UnitRow => unit !== undefined && placed(unit);

export interface Diff {
  add: Mark[];
  remove: number[];
  update: {
    id: number;
    newGeometry?: GeoJSON.Point;
    addOrUpdateProperties?: { key: string; value: string | number }[];
  }[];
}

/** Keeps what the map was last told, and says what changed since. */
export class Told {
  #marks = new Map<number, Mark>();

  get size(): number {
    return this.#marks.size;
  }

  /** Everything anew. */
  all(marks: Mark[]): GeoJSON.FeatureCollection<GeoJSON.Point> {
    this.#marks = new Map(marks.map((mark) => [mark.id, mark]));
    return { type: 'FeatureCollection', features: marks };
  }

  /** The difference for these ids; a null mark means that it shall go. Null when nothing changed. */
  diff(changed: Iterable<readonly [number, Mark | null]>): Diff | null {
    const diff: Diff = { add: [], remove: [], update: [] };
    for (const [id, mark] of changed) this.#one(diff, id, mark);
    return diff.add.length + diff.remove.length + diff.update.length > 0 ? diff : null;
  }

  #one(diff: Diff, id: number, mark: Mark | null): void {
    const before = this.#marks.get(id);
    if (!mark) {
      if (before) diff.remove.push(id);
      this.#marks.delete(id);
      return;
    }
    this.#marks.set(id, mark);
    if (!before) {
      diff.add.push(mark);
      return;
    }
    const [x, y] = before.geometry.coordinates;
    const moved = x !== mark.geometry.coordinates[0] || y !== mark.geometry.coordinates[1];
    const properties = Object.entries(mark.properties)
      .filter(([key, value]) => before.properties[key] !== value)
      .map(([key, value]) => ({ key, value }));
    if (!moved && properties.length === 0) return;
    diff.update.push({
      id,
      ...(moved ? { newGeometry: mark.geometry } : {}),
      ...(properties.length ? { addOrUpdateProperties: properties } : {}),
    });
  }
}
