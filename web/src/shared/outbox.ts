/** One's own entries, kept while the server is away and sent in order on return, each under its idempotency key. */
import { Away, newKey, Refused, type Client } from './api';

export interface Kept {
  key: string;
  path: string;
  body: unknown;
  /** What it is, in words for the person who made it. */
  label: string;
  made_at: string;
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
  changed?: (kept: Kept[]) => void;
  /** Told what the server answered to a kept entry, before that entry is forgotten. */
  taken?: (item: Kept, answer: unknown) => void;
  now?: () => string;
  /** Runs `work` while no other window does; given by navigator.locks in a browser. */
  alone?: (work: () => Promise<void>) => Promise<void>;
}

export type Sent<T> = { sent: true; answer: T } | { sent: false };

export class Outbox {
  readonly #name: string;
  readonly #o: OutboxOptions;
  #sending = false;

  constructor(options: OutboxOptions) {
    this.#o = options;
    this.#name = options.name ?? 'outbox';
  }

  /** Everything not yet taken by the server, oldest first. */
  get kept(): Kept[] {
    try {
      return JSON.parse(this.#o.shelf.getItem(this.#name) ?? '[]') as Kept[];
    } catch {
      return [];
    }
  }

  /** Send now; keep when the server is away. Throws Refused when it says no. Later ones wait behind kept ones. */
  async send<T>(path: string, body: unknown, label: string, key: string = newKey()): Promise<Sent<T>> {
    if (!this.kept.some((item) => !item.refusal)) {
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
    const made_at = this.#o.now?.() ?? new Date().toISOString();
    this.#write([...this.kept, { key, path, body, label, made_at }]);
  }

  /** Send what is kept, in order, until the server is away again. Resolves to how many it took. */
  async flush(): Promise<number> {
    if (this.#sending) return 0;
    this.#sending = true;
    let taken = 0;
    const work = async () => {
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
    this.#write(this.kept.filter((item) => item.key !== key));
  }

  #next(): Kept | undefined {
    return this.kept.find((item) => !item.refusal);
  }

  async #deliver(item: Kept): Promise<'taken' | 'refused' | 'away'> {
    try {
      const answer = await this.#o.client.post(item.path, item.body, { key: item.key });
      this.#o.taken?.(item, answer);
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) return 'away'; // signed out: sent after the next sign-in
      const refusal = error.message || error.code;
      this.#write(this.kept.map((kept) => (kept.key === item.key ? { ...kept, refusal } : kept)));
      return 'refused';
    }
    this.drop(item.key);
    return 'taken';
  }

  #write(kept: Kept[]): void {
    this.#o.shelf.setItem(this.#name, JSON.stringify(kept));
    this.#o.changed?.(kept);
  }
}
