/** One's own entries, kept while the server is away and sent in order on return, each under its idempotency key.
 * They belong to who made them: another person who signs in at this machine neither sends nor sees them, only how many. */
import { Away, newKey, Refused, type Client } from './api';

export interface Kept {
  key: string;
  path: string;
  body: unknown;
  /** What it is, in words for the person who made it. */
  label: string;
  made_at: string;
  /** Who made it, as `/api/me` calls them. */
  owner?: string;
  /** How often the server had a fault over it. */
  tries?: number;
  /** Too old to go without being asked for again. */
  asking?: boolean;
  /** The sentence with which the server refused it on return. */
  refusal?: string;
}

export interface Shelf {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
}

export interface OutboxOptions {
  shelf: Shelf;
  client: Pick<Client, 'post'>;
  name?: string;
  /** Told one's own entries and how many of others there are. */
  changed?: (kept: Kept[], others: number) => void;
  /** Who works here; "" while that is not known. Without it all entries are one's own. */
  owner?: () => string;
  /** Ask the server who is signed in, just before anything kept is sent. */
  who?: () => Promise<string>;
  /** Whether a kept entry is an order that must not go late without a word. */
  order?: (item: Kept) => boolean;
  /** Told what the server answered to a kept entry, before that entry is forgotten. */
  taken?: (item: Kept, answer: unknown) => void;
  now?: () => string;
  /** Runs `work` while no other window does; given by navigator.locks in a browser. */
  alone?: (work: () => Promise<void>) => Promise<void>;
}

/** Ms after which a kept order is asked for again. */
export const ASK_AFTER = 60_000;
/** Faults of the server (5xx) over one entry before it counts as refused. */
export const MOST_TRIES = 8;

export type Sent<T> = { sent: true; answer: T } | { sent: false };

export class Outbox {
  readonly #name: string;
  readonly #o: OutboxOptions;
  #sending = false;

  constructor(options: OutboxOptions) {
    this.#o = options;
    this.#name = options.name ?? 'outbox';
  }

  /** One's own entries not yet taken by the server, oldest first. */
  get kept(): Kept[] {
    return this.#all.filter((item) => this.#mine(item));
  }

  /** How many entries of others wait at this machine for them to sign in. */
  get others(): number {
    return this.#all.length - this.kept.length;
  }

  get #all(): Kept[] {
    try {
      return JSON.parse(this.#o.shelf.getItem(this.#name) ?? '[]') as Kept[];
    } catch {
      return [];
    }
  }

  /** Send now; keep when the server is away. Throws Refused when it says no. Later ones wait behind kept ones. */
  async send<T>(path: string, body: unknown, label: string, key: string = newKey()): Promise<Sent<T>> {
    if (!this.#next()) {
      try {
        return { sent: true, answer: await this.#o.client.post<T>(path, body, { key }) };
      } catch (error) {
        if (!(error instanceof Away)) throw error;
      }
    }
    this.put(path, body, label, key);
    return { sent: false };
  }

  /** Keep first, for `flush` to send: nothing is lost when the page dies on the way. */
  put(path: string, body: unknown, label: string, key: string = newKey()): void {
    const made_at = this.#now();
    const owner = this.#o.owner?.();
    this.#write([...this.#all, { key, path, body, label, made_at, ...(owner ? { owner } : {}) }]);
  }

  /** Send what is kept, in order, until the server is away again. Resolves to how many it took. */
  async flush(): Promise<number> {
    if (this.#sending) return 0;
    this.#sending = true;
    let taken = 0;
    const work = async () => {
      if (!(await this.#allowed())) return;
      this.#ask();
      for (let next = this.#next(); next; next = this.#next()) {
        const outcome = await this.#deliver(next);
        if (outcome === 'away') return;
        if (outcome === 'taken') taken += 1;
      }
    };
    try {
      await (this.#o.alone ? this.#o.alone(work) : work());
    } finally {
      this.#sending = false;
    }
    return taken;
  }

  /** Forget an entry, for example one that was refused and read. */
  drop(key: string): void {
    this.#write(this.#all.filter((item) => item.key !== key));
  }

  /** Let an order go that was asked for again, and those after it. */
  release(key: string): void {
    const made_at = this.#now();
    this.#change(key, { asking: false, made_at });
  }

  #now(): string {
    return this.#o.now?.() ?? new Date().toISOString();
  }

  #mine(item: Kept): boolean {
    if (!this.#o.owner) return true;
    return item.owner !== undefined && item.owner === this.#o.owner();
  }

  /** Whether who is signed in is who made the entries; nothing goes while that can't be said. */
  async #allowed(): Promise<boolean> {
    if (!this.#next()) return false;
    if (!this.#o.who || !this.#o.owner) return true;
    try {
      return (await this.#o.who()) === this.#o.owner();
    } catch {
      return false;
    }
  }

  /** Set orders aside that grew old, and the orders behind them: who sends the second wants the first settled. */
  #ask(): void {
    const { order } = this.#o;
    if (!order) return;
    const now = Date.parse(this.#now());
    let held = false;
    const kept = this.#all.map((item) => {
      if (!this.#mine(item) || item.refusal || !order(item)) return item;
      held ||= item.asking === true || now - Date.parse(item.made_at) > ASK_AFTER;
      return held && !item.asking ? { ...item, asking: true } : item;
    });
    if (held) this.#write(kept);
  }

  #next(): Kept | undefined {
    return this.kept.find((item) => !item.refusal && !item.asking);
  }

  async #deliver(item: Kept): Promise<'taken' | 'refused' | 'away'> {
    try {
      const answer = await this.#o.client.post(item.path, item.body, { key: item.key });
      this.#o.taken?.(item, answer);
    } catch (error) {
      if (!(error instanceof Refused) || [401, 429].includes(error.status)) return 'away'; // signed out: after the next sign-in
      const tries = (item.tries ?? 0) + 1;
      if (error.status >= 500 && tries < MOST_TRIES) {
        this.#change(item.key, { tries });
        return 'away';
      }
      const refusal = error.message || error.code;
      this.#change(item.key, { refusal });
      return 'refused';
    }
    this.drop(item.key);
    return 'taken';
  }

  #change(key: string, by: Partial<Kept>): void {
    this.#write(this.#all.map((item) => (item.key === key ? { ...item, ...by } : item)));
  }

  #write(all: Kept[]): void {
    this.#o.shelf.setItem(this.#name, JSON.stringify(all));
    this.#o.changed?.(this.kept, this.others);
  }
}
