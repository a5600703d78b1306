/** Press and hold: a button that cannot be set off by a brush. Pure state, driven by the caller's clock. */

export const HOLD_MS = 1_000;

export interface Hold {
  since: number | null;
  fired: boolean;
}

export const RELEASED: Hold = { since: null, fired: false };

/** A finger, or the space bar, goes down. A second one changes nothing. */
export function press(hold: Hold, now: number): Hold {
  return hold.since === null ? { since: now, fired: false } : hold;
}

/** Share of the hold that has passed, 0 to 1. */
export function progress(hold: Hold, now: number): number {
  if (hold.since === null) return 0;
  return Math.max(0, Math.min(1, (now - hold.since) / HOLD_MS));
}

/** Look at the clock: `fire` is true exactly once, when the second is full. */
export function advance(hold: Hold, now: number): { hold: Hold; fire: boolean } {
  if (hold.since === null || hold.fired || progress(hold, now) < 1) return { hold, fire: false };
  return { hold: { ...hold, fired: true }, fire: true };
}
