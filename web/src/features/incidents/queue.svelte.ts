/** The queue as shown: what it contains, and moving through it by key. */
import type { IncidentRow } from '../../shared/contract';
import { desk } from '../live/desk.svelte';
import { now } from '../live/now.svelte';
import { countsOf, queueOf, type Counts } from './rows';

const REMEMBER = 'maplebridge.queue.compact';

export const view = $state({ text: '', compact: localStorage.getItem(REMEMBER) === '1' });

export function setCompact(compact: boolean): void {
  view.compact = compact;
  localStorage.setItem(REMEMBER, compact ? '1' : '0');
}

const at = (): number => (desk.replayAt ? Date.parse(desk.replayAt) : Math.floor(now() / 5000) * 5000);

const shown = $derived.by(() =>
  queueOf(desk.incidents.values(), { filter: desk.filter, order: desk.order, text: view.text, now: at() }),
);
const counted = $derived.by(() => countsOf(desk.incidents.values(), at()));

/** Rows in order. Overdue is judged every five seconds, so that a row doesn't jump each second. */
export const queue = (): IncidentRow[] => shown;

export const counts = (): Counts => counted;

/** Choose the next (1) or previous (-1) row. */
export function step(by: number): void {
  const rows = shown;
  const index = rows.findIndex((row) => row.id === desk.selectedId);
  const next = rows[index < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, index + by))];
  if (next) desk.select(next.id);
}
