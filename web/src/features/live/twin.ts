/** Two windows of one desk in step: what is chosen, filtered, asked of the map and replayed goes to the other. */
export interface Shared {
  selectedId: number | null;
  selectedUnit: number | null;
  filter: string;
  order: string;
  reach: boolean;
  addresses: boolean;
  addressId: number | null;
  theme: string;
  language: string;
  ask: { n: number; what: string; point?: { lon: number; lat: number } | undefined };
  draftPoint: { lon: number; lat: number } | null;
  picking: boolean;
}

export type Message = { from: string; state?: Partial<Shared>; picked?: { lon: number; lat: number }; hello?: true };

/** The part of BroadcastChannel that is used. */
export interface Channel {
  postMessage(message: Message): void;
  onmessage: ((event: { data: Message }) => void) | null;
  close(): void;
}

export class Twin {
  #last: Partial<Shared> = {};
  readonly #id = Math.random().toString(36).slice(2);

  constructor(
    private readonly channel: Channel,
    private readonly take: (state: Partial<Shared>) => void,
    private readonly picked: (point: { lon: number; lat: number }) => void = () => undefined,
  ) {
    channel.onmessage = ({ data }) => this.#heard(data);
    channel.postMessage({ from: this.#id, hello: true });
  }

  /** Tell what changed since the last word in either direction; nothing when nothing did. */
  tell(state: Shared): void {
    const news: Partial<Shared> = {};
    for (const name of Object.keys(state) as (keyof Shared)[]) {
      if (JSON.stringify(this.#last[name]) !== JSON.stringify(state[name])) Object.assign(news, { [name]: state[name] });
    }
    this.#last = { ...state };
    if (Object.keys(news).length > 0) this.channel.postMessage({ from: this.#id, state: news });
  }

  /** A click on this window's map, wanted by the other. */
  pick(point: { lon: number; lat: number }): void {
    this.channel.postMessage({ from: this.#id, picked: point });
  }

  close(): void {
    this.channel.close();
  }

  #heard(message: Message): void {
    if (message.from === this.#id) return;
    if (message.hello && Object.keys(this.#last).length > 0) this.channel.postMessage({ from: this.#id, state: this.#last });
    if (message.picked) this.picked(message.picked);
    if (!message.state) return;
    Object.assign(this.#last, message.state);
    this.take(message.state);
  }
}
