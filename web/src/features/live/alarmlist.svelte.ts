/** Alarms not yet seen by this person, followed as time and the stream go on. */
import { isOpen, type Entry } from '../../shared/contract';
import { alarmsOf, crossed, isLoud, lasting, recalled, type Alarm } from './alarms';
import { desk } from './desk.svelte';
import { askFences, fenceName } from './fences.svelte';
import { now } from './now.svelte';
import { stolenSeen } from './stolen.svelte';

const SHELF = 'maplebridge.alarms.seen';

const kept = (): string[] => {
  try {
    return JSON.parse(sessionStorage.getItem(SHELF) ?? '[]') as string[];
  } catch {
    return [];
  }
};

const nothing: ReadonlySet<string> = new Set();
let seen = $state.raw<ReadonlySet<string>>(new Set(kept()));

/** Incidents that this person closed and that were reopened since this page was loaded: position of the entry by id. */
let back = $state.raw<ReadonlyMap<number, number>>(new Map());

/** Emergency access that somebody took since this page was loaded, for whoever reviews it: positions of the entries. */
let taken = $state.raw<readonly number[]>([]);

interface Crossing {
  position: number;
  unit: number;
  fence: number;
  came: boolean;
  heard: number;
}

/** So long a unit that came to a place or left it is news. */
const CROSSING_MS = 5 * 60_000;
let crossings = $state.raw<readonly Crossing[]>([]);

/** What the stream says, for the alarms that a closed incident is open again, and that emergency access was taken. */
export function heardNews(entry: Entry): void {
  if (entry.verb === 'people.glass_broken' && desk.may('grants.review')) taken = [...taken, entry.position];
  const crossing = crossed(entry);
  if (crossing) {
    const recent = crossings.filter((known) => now() - known.heard < CROSSING_MS);
    crossings = [...recent.slice(-19), { ...crossing, position: entry.position, heard: now() }];
    if (!fenceName(crossing.fence)) void askFences();
  }
  const id = recalled(entry, desk.me?.ref ?? '');
  if (id !== null) back = new Map([...back, [id, entry.position]]);
}

const reopened = (): Alarm[] =>
  [...back].flatMap(([id, position]) => {
    const incident = desk.incidents.get(id);
    return incident && isOpen(incident) ? [{ id: `reopened:${id}:${position}`, kind: 'reopened' as const, incident }] : [];
  });

const atFences = (at: number): Alarm[] =>
  crossings.flatMap(({ position, unit: id, fence, came, heard }) => {
    const unit = desk.units.get(id);
    const place = fenceName(fence);
    return unit && place && at - heard < CROSSING_MS ? [{ id: `fence:${position}`, kind: 'fence' as const, unit, place, came }] : [];
  });

const stolen = (): Alarm[] => stolenSeen().map((seen) => ({ id: `stolen:${seen.id}`, kind: 'stolen' as const, seen }));

const list = $derived.by(() => {
  if (desk.past) return [];
  const at = Math.floor(now() / 2000) * 2000;
  const rest = alarmsOf(desk.units.values(), desk.incidents.values(), at, nothing);
  const loud = rest.filter(isLoud);
  const emergencies = taken.map((position) => ({ id: `emergency:${position}`, kind: 'emergency' as const }));
  return [...loud, ...stolen(), ...emergencies, ...reopened(), ...rest.slice(loud.length), ...atFences(at)];
});
const unseen = $derived(list.filter((alarm) => !seen.has(alarm.id)));

export const alarmList = (): Alarm[] => unseen;

/** Forget what was seen of alarms that have ended, so that the next one is new. Call in an effect. */
export function forgetEnded(): void {
  if (desk.past || !desk.board.loaded) return;
  const still = lasting(seen, list);
  if (still.size < seen.size) remember(still);
}

function see(ids: string[]): void {
  remember(new Set([...seen, ...ids]));
}

function remember(ids: ReadonlySet<string>): void {
  seen = ids;
  sessionStorage.setItem(SHELF, JSON.stringify([...ids]));
}

export const markSeen = (alarm: Alarm): void => see([alarm.id]);
export const markAllSeen = (): void => see(unseen.filter((alarm) => alarm.kind !== 'panic').map((alarm) => alarm.id));

/** Go to what it is about. */
export function show(alarm: Alarm): void {
  if (alarm.kind === 'emergency') location.assign('/people/emergencies');
  if (alarm.incident) desk.select(alarm.incident.id);
  if (alarm.seen && alarm.seen.incident !== null) desk.select(alarm.seen.incident);
  if (alarm.seen) desk.ask = { n: desk.ask.n + 1, what: 'goto', point: alarm.seen };
  if (!alarm.unit) return;
  desk.selectedUnit = alarm.unit.id;
  if (alarm.unit.incident_id) desk.select(alarm.unit.incident_id);
  if (Number.isFinite(alarm.unit.lon)) desk.ask = { n: desk.ask.n + 1, what: 'goto', point: alarm.unit };
}
