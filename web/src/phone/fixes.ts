/** Which of the phone's own position fixes are worth sending, and which to keep while it is cut off. Pure. */

export interface Fix {
  lon: number;
  lat: number;
  at: string;
  accuracy_m: number;
  speed?: number | null;
  bearing?: number | null;
}

const EARTH_M = 6_371_008.8;
const QUICKEST_MS = 5_000;
const SLOWEST_MS = 30_000;
const MOVED_M = 15;
const WORST_M = 500;
const KEPT = 720;
const KEPT_MS = 12 * 3_600_000;

/** Great-circle distance in metres (haversine). */
export function metres(a: Pick<Fix, 'lon' | 'lat'>, b: Pick<Fix, 'lon' | 'lat'>): number {
  const rad = Math.PI / 180;
  const h =
    Math.sin(((b.lat - a.lat) * rad) / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Whether a fix says something new: moved 15 m and 5 s passed, or 30 s passed. Fixes off by over 500 m never do. */
export function worthSending(last: Fix | null, fix: Fix): boolean {
  if (fix.accuracy_m > WORST_M) return false;
  if (!last) return true;
  const passed = Date.parse(fix.at) - Date.parse(last.at);
  if (passed < QUICKEST_MS) return false;
  return passed >= SLOWEST_MS || metres(last, fix) >= MOVED_M;
}

/** Add a fix to those kept while cut off: at most 720 of the last twelve hours, thinned where they lie closest. */
export function keepFix(kept: readonly Fix[], fix: Fix): Fix[] {
  const oldest = Date.parse(fix.at) - KEPT_MS;
  const fresh = [...kept.filter((f) => Date.parse(f.at) >= oldest), fix];
  if (fresh.length <= KEPT) return fresh;
  let at = 1;
  let least = Infinity;
  for (let i = 1; i < fresh.length - 1; i++) {
    const gap = Date.parse(fresh[i + 1]!.at) - Date.parse(fresh[i - 1]!.at);
    if (gap < least) [least, at] = [gap, i];
  }
  return fresh.filter((_, i) => i !== at);
}

/** The fix as ingest takes it: six decimals are a tenth of a metre. */
export function sampleOf(fix: Fix, battery: number | null): Record<string, number | string> {
  const more = { speed: fix.speed, bearing: fix.bearing, battery };
  const told = Object.entries(more).filter((pair): pair is [string, number] => typeof pair[1] === 'number' && !Number.isNaN(pair[1]));
  return {
    lon: Number(fix.lon.toFixed(6)), lat: Number(fix.lat.toFixed(6)), at: fix.at, accuracy: Math.round(fix.accuracy_m),
    ...Object.fromEntries(told),
  };
}
