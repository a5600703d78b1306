/** Alarms not yet seen by this person, followed as time and the stream go on. */
import { alarmsOf, type Alarm } from './alarms';
import { desk } from './desk.svelte';
import { now } from './now.svelte';

const SHELF = 'maplebridge.alarms.seen';

const kept = (): string[] => {
  try {
    return JSON.parse(sessionStorage.getItem(SHELF) ?? '[]') as string[];
  } catch {
    return [];
  }
};

let seen = $state.raw<ReadonlySet<string>>(new Set(kept()));

const list = $derived.by(() => {
  if (desk.past) return [];
  const at = Math.floor(now() / 2000) * 2000;
  return alarmsOf(desk.units.values(), desk.incidents.values(), at, seen);
});

export const alarmList = (): Alarm[] => list;

function see(ids: string[]): void {
  seen = new Set([...seen, ...ids].slice(-2000));
  sessionStorage.setItem(SHELF, JSON.stringify([...seen]));
}

export const markSeen = (alarm: Alarm): void => see([alarm.id]);
export const markAllSeen = (): void => see(list.filter((alarm) => alarm.kind !== 'panic').map((alarm) => alarm.id));

/** Go to what it is about. */
export function show(alarm: Alarm): void {
  if (alarm.incident) desk.select(alarm.incident.id);
  if (!alarm.unit) return;
  desk.selectedUnit = alarm.unit.id;
  if (alarm.unit.incident_id) desk.select(alarm.unit.incident_id);
  if (Number.isFinite(alarm.unit.lon)) desk.ask = { n: desk.ask.n + 1, what: 'goto', point: alarm.unit };
}
