/** What the phone remembers to open without a network: the last view and the jobs done. No names of reporters. */
import type { Disposition, IncidentType, Job, Me } from '../shared/contract';

const VIEW = 'maplebridge.phone.view';
const DONE = 'maplebridge.phone.done';
const AFTER = 'maplebridge.phone.after';
const MOST_DONE = 12;

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface View {
  me: Me;
  unit_id: number | null;
  job: Job | null;
  types: IncidentType[];
  dispositions: Disposition[];
  at: string;
}

export interface Done {
  id: number;
  number: string;
  name: string | { en: string; zh: string };
  disposition: string;
  at: string;
}

function read<T>(store: Store, name: string): T | null {
  try {
    return JSON.parse(store.getItem(name) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

function write(store: Store, name: string, value: unknown): void {
  try {
    store.setItem(name, JSON.stringify(value));
  } catch {
    // a full store: the page works on, only without memory
  }
}

/** The last view, or null. */
export const savedView = (store: Store): View | null => read<View>(store, VIEW);

/** Remember a view without anything that names a reporter. */
export function saveView(store: Store, view: View): void {
  const incident = view.job?.incident;
  const bare = incident
    ? { ...incident, reports: incident.reports.map((r) => ({ ...r, caller: null, phone: null })) }
    : null;
  write(store, VIEW, { ...view, job: view.job && { ...view.job, incident: bare } });
}

/** Jobs done on this phone, newest first. */
export const doneJobs = (store: Store): Done[] => read<Done[]>(store, DONE) ?? [];

/** Add a job that was done; each once, at most twelve. Returns the new list. */
export function addDone(store: Store, done: Done): Done[] {
  const list = [done, ...doneJobs(store).filter((d) => d.id !== done.id)].slice(0, MOST_DONE);
  write(store, DONE, list);
  return list;
}

/** Remember that a kept report is to be closed at the post, with this disposition, once it has its number. */
export function rememberAfter(store: Store, key: string, disposition: string): void {
  write(store, AFTER, { ...read<Record<string, string>>(store, AFTER), [key]: disposition });
}

/** Take what was remembered for a report; null when it is not to be closed. */
export function takeAfter(store: Store, key: string): string | null {
  const { [key]: wanted, ...rest } = read<Record<string, string>>(store, AFTER) ?? {};
  if (wanted !== undefined) write(store, AFTER, rest);
  return wanted ?? null;
}

/** Forget everything personal: on signing out. What is unsent stays, bound to who made it, with what follows it. */
export function forget(store: Store): void {
  store.removeItem(VIEW);
  store.removeItem(DONE);
}
