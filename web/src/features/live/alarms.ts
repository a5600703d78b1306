/** What deserves attention now, loudest first. Pure. */
import type { Entry, IncidentRow, StolenSeen, UnitRow } from '../../shared/contract';
import { isOverdue } from '../incidents/rows';

export interface Alarm {
  id: string;
  kind: 'panic' | 'lost' | 'silent' | 'welfare' | 'status' | 'overdue' | 'new' | 'reopened' | 'emergency' | 'fence' | 'stolen';
  unit?: UnitRow;
  incident?: IncidentRow;
  /** The stolen item that was seen. */
  seen?: StolenSeen;
  /** Name of the place that a unit came to or left, and whether it came. */
  place?: string;
  came?: boolean;
}

const ORDER: Record<Alarm['kind'], number> = {
  panic: 0, lost: 1, silent: 2, welfare: 3, stolen: 4, status: 5, emergency: 6, reopened: 7, new: 8, fence: 9, overdue: 10,
};

/** Those about somebody's safety. */
export const isLoud = (alarm: Alarm): boolean => ORDER[alarm.kind] <= ORDER.welfare;

/** New incidents of at most this priority number are called out for a minute. */
export const CALL_OUT = 2;

/** Alarms at `now` (ms) without those already seen. A unit's alarm is new again when it starts anew. */
export function alarmsOf(
  units: Iterable<UnitRow>,
  incidents: Iterable<IncidentRow>,
  now: number,
  seen: ReadonlySet<string>,
): Alarm[] {
  const alarms: Alarm[] = [];
  for (const unit of units) {
    const timed = unit.timer_at && Date.parse(unit.timer_at) <= now ? 'status' : '';
    const kind = unit.alarm || timed;
    if (kind) alarms.push({ id: `${kind}:${unit.id}:${unit.since_at}`, kind, unit });
  }
  for (const incident of incidents) {
    if (isOverdue(incident, now)) alarms.push({ id: `overdue:${incident.id}`, kind: 'overdue', incident });
    else if (isFresh(incident, now)) alarms.push({ id: `new:${incident.id}`, kind: 'new', incident });
  }
  return alarms
    .filter((alarm) => !seen.has(alarm.id))
    .sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || (a.incident?.priority ?? 0) - (b.incident?.priority ?? 0));
}

/** Whether an entry tells `ref` that an incident they closed is open again: its incident's id, or null. */
export function recalled(entry: Pick<Entry, 'verb' | 'subject' | 'facts'>, ref: string): number | null {
  if (entry.verb !== 'incidents.reopened' || !ref) return null;
  const told = entry.facts?.['alert'];
  return Array.isArray(told) && told.includes(ref) ? Number(entry.subject.replace('incident:', '')) : null;
}

/** What an entry says of a unit and a fence: the unit's id, the fence's, whether it came; null for other entries. */
export function crossed(entry: Pick<Entry, 'verb' | 'subject' | 'facts'>): { unit: number; fence: number; came: boolean } | null {
  if (entry.verb !== 'positions.fence_entered' && entry.verb !== 'positions.fence_left') return null;
  const fence = Number(String(entry.facts?.['fence'] ?? '').replace('fence:', ''));
  return { unit: Number(entry.subject.replace('unit:', '')), fence, came: entry.verb === 'positions.fence_entered' };
}

/** Of the alarms seen or heard, those that still last; one that ended and begins again is new. */
export const lasting = (known: ReadonlySet<string>, alarms: readonly Alarm[]): Set<string> =>
  new Set(alarms.map((alarm) => alarm.id).filter((id) => known.has(id)));

const isFresh = (incident: IncidentRow, now: number): boolean =>
  incident.priority <= CALL_OUT && incident.state === 'Active' && !incident.merged_into && now - Date.parse(incident.reported_at) < 60_000;
