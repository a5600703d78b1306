/** The live board: one copy of the truth in this window, folded from the stream, told to the page once a frame. */
import { SvelteMap } from 'svelte/reactivity';
import { Away, Refused, type Client } from '../../shared/api';
import {
  isOpen, type Board as BoardData, type Entry, type IncidentDetail, type IncidentRow, type IncidentType, type UnitRow,
} from '../../shared/contract';
import { Stream, type StreamState } from '../../shared/stream';
import { ended, fold, move, type Tables } from './fold';

export interface Changes {
  all: boolean;
  incidents: Set<number>;
  units: Set<number>;
  /** Units that only moved. */
  moved: Set<number>;
}

const none = (): Changes => ({ all: false, incidents: new Set(), units: new Set(), moved: new Set() });

/** Rows from which changes are told ten times a second at most, instead of once a frame. */
const MANY = 800;

export class LiveBoard implements Tables {
  incidents = new Map<number, IncidentRow>();
  units = new Map<number, UnitRow>();
  types = new SvelteMap<string, IncidentType>();
  /** Grow with each told change; components read these and then the plain maps. */
  version = $state(0);
  unitVersion = $state(0);
  stream = $state<StreamState>('connecting');
  awaySince = $state<number | null>(null);
  loaded = $state(false);
  trouble = $state<'' | 'away' | 'signed_out' | 'fault'>('');
  /** Server time less this machine's, in ms. */
  skew = 0;

  #client: Client;
  #stream: Stream;
  #changes = none();
  #listeners = new Set<(changes: Changes) => void>();
  #entryListeners = new Set<(entry: Entry) => void>();
  #scheduled = false;
  #asked = new Set<number>();
  #askTimer: ReturnType<typeof setTimeout> | undefined;
  #unitTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, private readonly back: () => void = () => undefined) {
    this.#client = client;
    this.#stream = new Stream(0, {
      entry: (entry) => this.#entry(entry),
      positions: (samples) => this.#moved(move(this.units, samples)),
      tick: (at) => (this.skew = Date.parse(at) - Date.now()),
      reset: () => void this.load(),
      state: (state) => this.#streamed(state),
    });
  }

  get age(): number {
    return this.#stream.age;
  }

  /** Load the board and go on from its position; tries again by itself while the server is away. */
  async load(): Promise<void> {
    try {
      const [data, types] = await Promise.all([
        this.#client.get<BoardData>('/api/board'),
        this.types.size ? null : this.#client.get<IncidentType[]>('/api/types'),
      ]);
      for (const type of types ?? []) this.types.set(type.code, type);
      this.#take(data);
      this.#stream.resumeAt(data.position);
    } catch (error) {
      this.trouble = troubleOf(error);
      this.#streamed('away');
      if (this.trouble !== 'signed_out') setTimeout(() => void this.load(), 3000);
    }
  }

  /** Changes since the last call, for the map. Returns how to stop. */
  onChanges(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onEntry(listener: (entry: Entry) => void): () => void {
    this.#entryListeners.add(listener);
    return () => this.#entryListeners.delete(listener);
  }

  /** Take a row that an action answered with. */
  put(row: IncidentRow): void {
    this.incidents.set(row.id, row);
    this.#mark((changes) => changes.incidents.add(row.id));
  }

  open(): IncidentRow[] {
    return [...this.incidents.values()].filter(isOpen);
  }

  byNumber(number: string): IncidentRow | undefined {
    const wanted = Number(number);
    for (const row of this.incidents.values()) if (Number(row.number) === wanted) return row;
    return undefined;
  }

  byCallSign(sign: string): UnitRow | undefined {
    const wanted = sign.toLowerCase();
    for (const unit of this.units.values()) if (unit.call_sign.toLowerCase() === wanted) return unit;
    return undefined;
  }

  nudge(): void {
    this.#stream.nudge();
  }

  stop(): void {
    this.#stream.stop();
  }

  /** Forget what ended long ago. */
  sweep(now: number): void {
    for (const id of ended(this.incidents, now)) {
      this.incidents.delete(id);
      this.#mark((changes) => changes.incidents.add(id));
    }
  }

  #take(data: BoardData): void {
    this.skew = Date.parse(data.at) - Date.now();
    this.incidents = new Map(data.incidents.map((row) => [row.id, row]));
    this.units = new Map(data.units.map((unit) => [unit.id, unit]));
    this.loaded = true;
    this.trouble = '';
    this.#mark((changes) => (changes.all = true));
  }

  #entry(entry: Entry): void {
    const touched = fold(this, entry, this.types);
    for (const listener of this.#entryListeners) listener(entry);
    if (!touched) return;
    this.#mark((changes) => changes[touched.kind === 'incident' ? 'incidents' : 'units'].add(touched.id));
    if (!touched.ask) return;
    if (touched.kind === 'incident') this.#ask(touched.id);
    else this.#askUnits();
  }

  #ask(id: number): void {
    this.#asked.add(id);
    clearTimeout(this.#askTimer);
    this.#askTimer = setTimeout(() => void this.#fetchAsked(), 150);
  }

  /** Few are fetched one by one; a burst by one list. */
  async #fetchAsked(): Promise<void> {
    const ids = [...this.#asked];
    this.#asked.clear();
    try {
      if (ids.length <= 3) {
        const rows = await Promise.all(ids.map((id) => this.#client.get<IncidentDetail>(`/api/incidents/${id}`)));
        rows.forEach((row) => this.put(row));
      } else {
        const since = ids.map((id) => this.incidents.get(id)?.reported_at ?? '').filter(Boolean).sort()[0];
        const rows = await this.#client.get<IncidentRow[]>('/api/incidents', { since, limit: 500 });
        rows.filter((row) => ids.includes(row.id)).forEach((row) => this.put(row));
      }
    } catch (error) {
      if (error instanceof Away) for (const id of ids) this.#ask(id);
    }
  }

  #askUnits(): void {
    clearTimeout(this.#unitTimer);
    this.#unitTimer = setTimeout(() => void this.#fetchUnits(), 400);
  }

  async #fetchUnits(): Promise<void> {
    try {
      const units = await this.#client.get<UnitRow[]>('/api/units');
      this.units = new Map(units.filter((unit) => unit.on_shift).map((unit) => [unit.id, unit]));
      this.#mark((changes) => (changes.all = true));
    } catch {
      // the next entry about a unit that is not known asks again
    }
  }

  #streamed(state: StreamState): void {
    if (state === 'live' && this.awaySince !== null) {
      this.awaySince = null;
      this.back();
    }
    if (state === 'away' && this.awaySince === null) this.awaySince = Date.now() + this.skew;
    if (this.stream !== state) this.stream = state;
  }

  #mark(change: (changes: Changes) => void): void {
    change(this.#changes);
    this.#schedule();
  }

  #moved(moved: number[]): void {
    if (moved.length === 0) return;
    for (const id of moved) this.#changes.moved.add(id);
    this.#schedule();
  }

  /** Once a frame at most; by a timer where the page is hidden and has no frames. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (document.hidden || this.incidents.size > MANY) setTimeout(() => this.#tell(), 100);
    else requestAnimationFrame(() => this.#tell());
  }

  #tell(): void {
    this.#scheduled = false;
    const changes = this.#changes;
    this.#changes = none();
    if (changes.all || changes.incidents.size) this.version += 1;
    if (changes.all || changes.units.size) this.unitVersion += 1;
    for (const listener of this.#listeners) listener(changes);
  }
}

const troubleOf = (error: unknown): LiveBoard['trouble'] => {
  if (error instanceof Refused) return error.status === 401 || error.status === 403 ? 'signed_out' : 'fault';
  return 'away';
};
