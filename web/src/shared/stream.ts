/** The live stream: server-sent events over the journal, resumed at a cursor without a gap or a double. */
import type { Entry, PositionSample } from './contract';

export type StreamState = 'connecting' | 'live' | 'away';

export interface StreamEvents {
  entry(entry: Entry): void;
  positions(samples: PositionSample[]): void;
  /** The server is there and has told everything up to `position`. */
  tick?(at: string, position: number): void;
  /** The cursor can't be resumed: load the board again, then call `resumeAt`. */
  reset(): void;
  state(state: StreamState): void;
}

/** The part of EventSource that is used; tests give their own. */
export interface Source {
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
  onerror: ((event: Event) => void) | null;
}

export interface StreamOptions {
  open?: (url: string) => Source;
  path?: string;
  /** Ms without any word from the server after which it counts as away. Ticks come every 2 s. */
  silence?: number;
  now?: () => number;
}

/** Ms to wait before try `n` (from 0): 0.5, 1, 2, 4, then 8 s, less up to a quarter by chance. */
export const backoff = (n: number, chance: number = Math.random()): number =>
  Math.min(8000, 500 * 2 ** n) * (1 - chance / 4);

export class Stream {
  #source: Source | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;
  #stopped = false;
  #heard: number;
  readonly #open: (url: string) => Source;
  readonly #path: string;
  readonly #silence: number;
  readonly #now: () => number;

  /** `position`: the last entry already folded. Nothing is opened before `start`. */
  constructor(
    public position: number,
    private readonly events: StreamEvents,
    options: StreamOptions = {},
  ) {
    this.#open = options.open ?? ((url) => new EventSource(url) as Source);
    this.#path = options.path ?? '/api/stream';
    this.#silence = options.silence ?? 8000;
    this.#now = options.now ?? Date.now;
    this.#heard = this.#now();
  }

  /** Ms since the server last said anything: the age of the data. */
  get age(): number {
    return this.#now() - this.#heard;
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** Go on from a freshly loaded board. */
  resumeAt(position: number): void {
    this.stop();
    this.position = position;
    this.start();
  }

  /** Try now, for example because the browser says that it is online again or the page woke up. */
  nudge(): void {
    if (this.#stopped || (this.#source && this.age < this.#silence)) return;
    this.#tries = 0;
    this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    if (this.#tries === 0) this.events.state('connecting');
    const source = this.#open(`${this.#path}?after=${this.position}`);
    this.#source = source;
    const mine = (listen: (data: string) => void) => (event: MessageEvent<string>) => {
      if (this.#source !== source) return;
      this.#alive();
      listen(event.data);
    };
    source.addEventListener('open', mine(() => undefined) as never);
    source.addEventListener('entry', mine((data) => this.#entry(JSON.parse(data) as Entry)));
    source.addEventListener('positions', mine((data) => this.events.positions(JSON.parse(data) as PositionSample[])));
    source.addEventListener('tick', mine((data) => this.#tick(JSON.parse(data) as { at: string; position: number })));
    source.addEventListener('reset', mine(() => this.#reset()));
    source.onerror = () => {
      if (this.#source === source) this.#lost();
    };
    this.#watch();
  }

  #alive(): void {
    this.#heard = this.#now();
    if (this.#stopped) return;
    this.#tries = 0;
    this.events.state('live');
    this.#watch();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), this.#silence);
  }

  #entry(entry: Entry): void {
    if (entry.position <= this.position) return;
    this.position = entry.position;
    this.events.entry(entry);
  }

  #tick(tick: { at: string; position: number }): void {
    this.events.tick?.(tick.at, tick.position);
  }

  #reset(): void {
    this.stop();
    this.events.reset();
  }

  #lost(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    if (this.#stopped) return;
    this.events.state('away');
    this.#timer = setTimeout(() => this.#connect(), backoff(this.#tries));
    this.#tries += 1;
  }
}
