/** A place as the forms know it, and coordinates typed by hand. Pure. */
export interface Place {
  lon: number;
  lat: number;
  name: string;
}

const PAIR = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;

/** "24.94, 60.17" as a place. Longitude first; the other way round too where `bbox` says that only it can be meant. */
export function coordinates(text: string, bbox?: readonly [number, number, number, number]): Place | null {
  const found = PAIR.exec(text);
  if (!found) return null;
  const [a, b] = [Number(found[1]), Number(found[2])];
  const within = (lon: number, lat: number) =>
    !bbox || (lon >= bbox[0] && lon <= bbox[2] && lat >= bbox[1] && lat <= bbox[3]);
  const [lon, lat] = !within(a, b) && within(b, a) ? [b, a] : [a, b];
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? { lon, lat, name: `${lon}, ${lat}` } : null;
}
