/** The register beside the map: buildings near its middle, what a search finds, and the address that is open. */
import { Away } from '../../shared/api';
import type { Found, IncidentRow } from '../../shared/contract';
import { desk, type Point } from '../live/desk.svelte';
import { boxAround, byNeed, type House, type Near, type Row } from './houses';

const INCIDENTS_MOST = 8;

class Addresses {
  rows = $state.raw<Row[]>([]);
  ready = $state(false);
  /** The text that the rows answer; "" for what is near. */
  asked = $state('');
  text = $state('');
  house = $state.raw<House | null>(null);
  incidents = $state.raw<IncidentRow[]>([]);
  #abort = new AbortController();

  /** List what is near the map's middle, or what the text finds. */
  async list(): Promise<void> {
    const signal = this.#anew();
    const text = this.text.trim();
    const middle = desk.mapCentre() ?? cityMiddle();
    try {
      this.rows = text ? await found(text, middle, signal) : middle ? await near(middle, signal) : [];
      [this.asked, this.ready] = [text, true];
    } catch (error) {
      this.#failed(error, signal);
    }
  }

  /** Fetch one address with what happened at it. */
  async open(id: number): Promise<void> {
    const signal = this.#anew();
    if (this.house?.id !== id) [this.house, this.incidents] = [null, []];
    try {
      const house = await desk.api.get<House>(`/api/addresses/${id}`, {}, { signal });
      this.house = house;
      if (!desk.may('incidents.view')) return;
      const rows = await desk.api.get<IncidentRow[]>('/api/incidents', { bbox: boxAround(house), limit: 50 }, { signal });
      this.incidents = rows.sort(byNeed).slice(0, INCIDENTS_MOST);
    } catch (error) {
      this.#failed(error, signal);
    }
  }

  #anew(): AbortSignal {
    this.#abort.abort();
    this.#abort = new AbortController();
    return this.#abort.signal;
  }

  #failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted || error instanceof Away) return;
    desk.say(desk.explain(error), 'no');
  }
}

async function near({ lon, lat }: Point, signal: AbortSignal): Promise<Row[]> {
  const rows = await desk.api.get<Near[]>('/api/addresses', { lon, lat, limit: 60 }, { signal });
  return rows.map((row) => ({ ...row, detail: row.area }));
}

async function found(q: string, middle: Point | null, signal: AbortSignal): Promise<Row[]> {
  const rows = await desk.api.get<Found[]>('/api/search', { q, limit: 30, lon: middle?.lon, lat: middle?.lat }, { signal });
  return rows.flatMap((row) => (row.id ? [{ ...row, id: row.id, text: row.name, distance_m: null }] : []));
}

function cityMiddle(): Point | null {
  const box = desk.me?.city?.bbox;
  return box ? { lon: (box[0] + box[2]) / 2, lat: (box[1] + box[3]) / 2 } : null;
}

export const addresses = new Addresses();
