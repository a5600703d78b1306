/** Order and counts of the unit board. Pure. */
import type { UnitRow } from '../../shared/contract';

const ORDER: Record<string, number> = { EnRoute: 1, Assigned: 2, OnScene: 3, Available: 4, OutOfService: 5 };

const byName = new Intl.Collator('en', { numeric: true });

/** Alarms first, then on the way, on scene, free, out of service; by call sign within. */
export function boardOf(units: Iterable<UnitRow>): UnitRow[] {
  const rank = (unit: UnitRow) => (unit.alarm ? 0 : (ORDER[unit.status] ?? 6));
  return [...units].sort((a, b) => rank(a) - rank(b) || byName.compare(a.call_sign, b.call_sign));
}

/** Units on shift and those free. */
export function freeOf(units: Iterable<UnitRow>): { all: number; free: number } {
  let [all, free] = [0, 0];
  for (const unit of units) {
    all += 1;
    if (unit.status === 'Available') free += 1;
  }
  return { all, free };
}

/** Timer tone at `now` (ms): amber in its last minute, red when it ran out. */
export function timerTone(unit: UnitRow, now: number): '' | 'soon' | 'late' {
  if (unit.alarm) return 'late';
  if (!unit.timer_at) return '';
  const left = Date.parse(unit.timer_at) - now;
  return left <= 0 ? 'late' : left <= 60_000 ? 'soon' : '';
}

/** Seconds since the unit's last position; null where there is none. */
export const ageOf = (unit: UnitRow, now: number): number | null =>
  unit.position_at ? Math.max(0, (now - Date.parse(unit.position_at)) / 1000) : null;

/** Minutes of silence after which the console's own watch over a lone worker raises its alarm. */
export const LONE_MINUTES = 15;
