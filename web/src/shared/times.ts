/** Durations and moments as people read them: 24 h clock, the city's own zone. */

/** "0:48", "11:05", "2:03:10": minutes and seconds, hours from one hour on. */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const [h, m, rest] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(rest)}` : `${m}:${two(rest)}`;
}

/** Seconds from a moment to `now` (ms since the epoch); 0 for none. */
export const since = (at: string | null | undefined, now: number): number =>
  at ? Math.max(0, (now - Date.parse(at)) / 1000) : 0;

/** Duration in words: "40 s", "1 min 20 s", "12 min", "2 h 5 min". */
export function spoken(seconds: number, units: { s: string; min: string; h: string } = { s: 's', min: 'min', h: 'h' }): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} ${units.s}`;
  const m = Math.floor(s / 60);
  if (m < 10) return s % 60 ? `${m} ${units.min} ${String(s % 60).padStart(2, '0')} ${units.s}` : `${m} ${units.min}`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} ${units.min}`;
  const [h, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest ? `${h} ${units.h} ${rest} ${units.min}` : `${h} ${units.h}`;
}

/** "410 m", "1.2 km". */
export const distance = (metres: number): string =>
  metres < 950 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = zone + JSON.stringify(options);
  let made = formats.get(name);
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
    formats.set(name, made);
  }
  return made;
}

const HMS: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const HM: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };

/** "14:03:08" in a zone. */
export const clock = (at: string | number | Date, zone: string): string => format(zone, HMS).format(new Date(at));

/** "14:03" in a zone. */
export const hourMinute = (at: string | number | Date, zone: string): string => format(zone, HM).format(new Date(at));

/** "2026-03-05" in a zone. */
export function day(at: string | number | Date, zone: string): string {
  const parts = format(zone, DAY).formatToParts(new Date(at));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}

/** Time of day, with the date in front when it is not that of `now`. */
export function moment(at: string, now: number, zone: string): string {
  return day(at, zone) === day(now, zone) ? clock(at, zone) : `${day(at, zone)} ${hourMinute(at, zone)}`;
}

/** Name of the zone for people: "GMT+2", "EET", "CST". */
export function zoneName(zone: string, at: number = Date.now()): string {
  const parts = format(zone, { ...HM, timeZoneName: 'short' }).formatToParts(new Date(at));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}
