/** Age, urgency, order and filter of the queue. Pure. */
import { isOpen, type IncidentRow } from '../../shared/contract';

export type Tone = 'calm' | 'soon' | 'late' | 'met';
export type Filter = 'all' | 'waiting' | 'running' | 'overdue';
export type Order = 'urgency' | 'age' | 'newest' | 'number';

export interface Age {
  /** Seconds since the report, or until its end. */
  seconds: number;
  /** Share of the response target used, 0 to 1. */
  share: number;
  tone: Tone;
}

/** Share of the target from which the bar turns amber. */
export const SOON = 0.75;

const reportedAt = new WeakMap<IncidentRow, number>();

/** When it was reported, in ms; parsed once for each row. */
function reported(row: IncidentRow): number {
  let ms = reportedAt.get(row);
  if (ms === undefined) reportedAt.set(row, (ms = Date.parse(row.reported_at)));
  return ms;
}

/** Age of an incident at `now` (ms). The target is for the first arrival: once there, the bar rests. */
export function ageOf(row: IncidentRow, now: number): Age {
  const since = reported(row);
  const seconds = Math.max(0, ((row.closed_at ? Date.parse(row.closed_at) : now) - since) / 1000);
  const arrived = row.onscene_at ?? row.closed_at;
  const used = arrived ? Math.max(0, (Date.parse(arrived) - since) / 1000) : seconds;
  const ratio = row.target_s > 0 ? used / row.target_s : 0;
  return { seconds, share: Math.min(1, ratio), tone: toneOf(ratio, Boolean(arrived)) };
}

const toneOf = (ratio: number, arrived: boolean): Tone =>
  arrived ? 'met' : ratio >= 1 ? 'late' : ratio >= SOON ? 'soon' : 'calm';

/** Nobody has arrived and the target has passed. */
export const isOverdue = (row: IncidentRow, now: number): boolean =>
  isOpen(row) && !row.onscene_at && !row.held && (now - reported(row)) / 1000 >= row.target_s;

/** Nobody is sent yet. */
export const isWaiting = (row: IncidentRow): boolean => row.state === 'Active' || row.state === 'ReOpened';

/** How loud a priority is: 1 (0-2, at once), 2 (3-5), 3 (6-10). Drawn as size and colour of the shape. */
export const rankOf = (priority: number): 1 | 2 | 3 => (priority <= 2 ? 1 : priority <= 5 ? 2 : 3);

/** Place of a row in an order, as one number: held last, then priority, waiting before running, then age. */
const PLACES: Record<Order, (row: IncidentRow) => number> = {
  urgency: (row) => (row.held ? 2e15 : 0) + row.priority * 1e14 + (isWaiting(row) ? 0 : 5e13) + reported(row),
  age: reported,
  newest: (row) => -reported(row),
  number: (row) => Number(row.number),
};

function passes(row: IncidentRow, filter: Filter, now: number): boolean {
  if (filter === 'waiting') return isWaiting(row);
  if (filter === 'running') return !isWaiting(row);
  return filter === 'overdue' ? isOverdue(row, now) : true;
}

const says = (row: IncidentRow, text: string): boolean =>
  `${row.number} ${row.name.en} ${row.name.zh} ${row.address}`.toLowerCase().includes(text);

/** The queue: open incidents that pass the filter and contain the words, in order. */
export function queueOf(
  rows: Iterable<IncidentRow>,
  options: { filter: Filter; order: Order; text?: string; now: number },
): IncidentRow[] {
  const text = options.text?.trim().toLowerCase() ?? '';
  const kept: IncidentRow[] = [];
  for (const row of rows) {
    if (isOpen(row) && passes(row, options.filter, options.now) && (!text || says(row, text))) kept.push(row);
  }
  const place = PLACES[options.order];
  const places = new Map(kept.map((row) => [row, place(row)]));
  return kept.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0) || a.id - b.id);
}

export interface Counts {
  open: number;
  waiting: number;
  overdue: number;
}

/** Open, waiting and overdue counts at `now` (ms). */
export function countsOf(rows: Iterable<IncidentRow>, now: number): Counts {
  const counts = { open: 0, waiting: 0, overdue: 0 };
  for (const row of rows) {
    if (!isOpen(row)) continue;
    counts.open += 1;
    if (isWaiting(row)) counts.waiting += 1;
    if (isOverdue(row, now)) counts.overdue += 1;
  }
  return counts;
}
