/** What of people is kept in a browser, and when it goes: at sign-out, and when somebody else signs in. Pure but for its shelves. */
type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The draft of a report (caller, telephone) and the lines typed (texts of notes); jobs and the last view of a phone. */
export const PERSONAL = [
  'maplebridge.draft', 'maplebridge.commands', 'maplebridge.phone.view', 'maplebridge.phone.done', 'maplebridge.phone.positions',
] as const;
const OWNER = 'maplebridge.owner';

/** Forget everything personal; entries not yet sent stay, bound to who made them. */
export function forgetPersonal(...shelves: Shelf[]): void {
  for (const shelf of shelves) for (const name of [...PERSONAL, OWNER]) shelf.removeItem(name);
}

/** Somebody works here now: what another left in this window is forgotten. True when there was another. */
export function seated(ref: string, window_: Shelf): boolean {
  const before = window_.getItem(OWNER);
  const other = before !== null && before !== ref;
  if (other) forgetPersonal(window_);
  window_.setItem(OWNER, ref);
  return other;
}
