/** What deserves attention now, loudest first. Pure. */
import type { Entry, IncidentRow, UnitRow } from '../../shared/contract';
import { isOverdue } from '../incidents/rows';

export interface Alarm {
  id: string;
  kind: 'panic' | 'welfare' | 'status' | 'overdue' | 'new' | 'reopened' | 'emergency';
  unit?: UnitRow;
  incident?: IncidentRow;
}

const ORDER: Record<Alarm['kind'], number> = { panic: 0, welfare: 1, status: 2, emergency: 3, reopened: 4, new: 5, overdue: 6 };

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

/** Of the alarms seen or heard, those that still last; one that ended and begins again is new. */
export const lasting = (known: ReadonlySet<string>, alarms: readonly Alarm[]): Set<string> =>
  new Set(alarms.map((alarm) => alarm.id).filter((id) => known.has(id)));

const isFresh = (incident: IncidentRow, now: number): boolean =>
  incident.priority <= CALL_OUT && incident.state === 'Active' && !incident.merged_into && now - Date.parse(incident.reported_at) < 60_000;
