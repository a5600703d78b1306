/** Addresses of the register as the server tells them, and what is near one. Pure. */
import type { IncidentRow } from '../../shared/contract';
import { isOpen } from '../../shared/contract';

export interface Near {
  id: number;
  code: string;
  text: string;
  area: string;
  lon: number;
  lat: number;
  distance_m: number;
}

/** An address as `GET /api/addresses/ID` tells it; premises only to whoever may see them. */
export interface House extends Omit<Near, 'distance_m'> {
  kind: string;
  gone: boolean;
  seen_at: string;
  above: { id: number; text: string }[];
  units: number;
  rooms: number;
  organisations: { name: string; kind: string }[];
  premises: {
    facts: { name: string; value: string }[];
    seen_at: string | null;
    residents: number | null;
    premises: number;
    hazards: string;
  } | null;
  page: string;
  plates: string | null;
}

export interface Row {
  id: number;
  text: string;
  detail: string;
  lon: number;
  lat: number;
  distance_m: number | null;
}

/** Degrees around an address within which incidents are told: some 60 m. */
const LAT_60_M = 0.00054;

/** West, south, east, north around a point, some 60 m each way. */
export function boxAround({ lon, lat }: { lon: number; lat: number }): string {
  const wide = LAT_60_M / Math.max(0.05, Math.cos((lat * Math.PI) / 180));
  return [lon - wide, lat - LAT_60_M, lon + wide, lat + LAT_60_M].map((each) => each.toFixed(6)).join(',');
}

/** Open ones first, then the newest. */
export const byNeed = (a: IncidentRow, b: IncidentRow): number =>
  Number(isOpen(b)) - Number(isOpen(a)) || b.reported_at.localeCompare(a.reported_at);
