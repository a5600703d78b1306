/** Stolen items that were seen and not yet settled, with the unit that would be there first. */
import type { Entry, Recommendation, StolenSeen } from '../../shared/contract';
import { desk } from './desk.svelte';

let rows = $state.raw<readonly StolenSeen[]>([]);
let nearest = $state.raw<ReadonlyMap<number, string>>(new Map());

export const stolenSeen = (): readonly StolenSeen[] => rows;

/** Call sign and minutes of the unit recommended for an incident; empty while it is not known. */
export const nearestTo = (incident: number | null): string => (incident === null ? '' : (nearest.get(incident) ?? ''));

const may = (): boolean => desk.may('property.report') || desk.may('property.investigate');

/** Ask for them; what is known stays when nobody answers. A check from before the report sends nobody. */
export async function askStolen(): Promise<void> {
  if (!may()) return;
  const found = await desk.api.get<StolenSeen[]>('/api/property/alarms').catch(() => null);
  if (!found) return;
  rows = found.filter((row) => !row.late);
  for (const row of rows.slice(0, 5)) if (row.incident !== null && !nearest.has(row.incident)) void askUnit(row.incident);
}

async function askUnit(incident: number): Promise<void> {
  const [first] = await desk.api.get<Recommendation[]>(`/api/incidents/${incident}/recommendations`).catch(() => []);
  if (first) nearest = new Map([...nearest, [incident, `${first.call_sign} · ${Math.max(1, Math.round(first.eta_s / 60))} min`]]);
}

/** Ask again when the stream says that something about them changed. */
export function heardStolen({ verb }: Pick<Entry, 'verb'>): void {
  if (/^property\.(alarm_|recovered|returned|report_withdrawn|theft_closed)/.test(verb)) void askStolen();
}
