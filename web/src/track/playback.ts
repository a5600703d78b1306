/** Where a unit was at a moment of its track. Pure. */

/** ms, lon, lat, m/s or null, why it is not believed or "". */
export type TrackFix = [number, number, number, number | null, string];
type Gaps = readonly (readonly [number, number])[];

export interface TrackData {
  fixes: TrackFix[];
  stops: { lon: number; lat: number; from_ms: number; until_ms: number }[];
  gaps: [number, number][];
  styles: { light: string; dark: string };
  attribution: string;
  zone: string;
}

/** Index of the last fix at or before a moment; -1 before the first. */
export function indexAt(fixes: readonly TrackFix[], ms: number): number {
  let [low, high] = [0, fixes.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if (fixes[mid]![0] <= ms) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

/** Place at a moment, between two fixes on the straight line; within a silence the last known place. */
export function placeAt(fixes: readonly TrackFix[], gaps: Gaps, ms: number): [number, number] | null {
  const at = indexAt(fixes, ms);
  const [before, after] = [fixes[Math.max(at, 0)], fixes[at + 1]];
  if (!before) return null;
  const silent = gaps.some(([from, until]) => from <= ms && ms < until);
  if (at < 0 || !after || silent) return [before[1], before[2]];
  const share = (ms - before[0]) / (after[0] - before[0]);
  return [before[1] + share * (after[1] - before[1]), before[2] + share * (after[2] - before[2])];
}

/** The lines of a track: one for each stretch without a silence. */
export function linesOf(fixes: readonly TrackFix[], gaps: Gaps): [number, number][][] {
  const breaks = new Set(gaps.map(([from]) => from));
  const lines: [number, number][][] = [[]];
  for (const [ms, lon, lat] of fixes) {
    lines.at(-1)!.push([lon, lat]);
    if (breaks.has(ms)) lines.push([]);
  }
  return lines.filter((line) => line.length > 1);
}

/** Seconds of the track that pass in one second of playback: a shift in two minutes, never slower than ten times. */
export const paceOf = (first: number, last: number): number => Math.max(10, (last - first) / 1000 / 120);
