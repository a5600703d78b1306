/** Keeps one source of the map in step: one update under way at a time, what changes meanwhile goes with the next. */
import { Told, type Diff, type Mark } from './marks';

export interface Sink {
  updateData(diff: Diff): Promise<void>;
  setData(data: GeoJSON.FeatureCollection): unknown;
}

export class Feed {
  readonly #told = new Told();
  #changed = new Set<number>();
  #busy = false;
  #round = 0;

  /** `mark` says how a row looks now; null for one that is not on the map. */
  constructor(
    private readonly sink: () => Sink | undefined,
    private readonly mark: (id: number) => Mark | null,
  ) {}

  get size(): number {
    return this.#told.size;
  }

  /** Everything anew. */
  all(marks: Mark[]): void {
    this.#round += 1;
    this.#busy = false;
    this.#changed.clear();
    this.sink()?.setData(this.#told.all(marks));
  }

  /** These rows have changed; they are looked at when it is their turn. */
  change(ids: Iterable<number>): void {
    for (const id of ids) this.#changed.add(id);
    if (!this.#busy) void this.#send();
  }

  async #send(): Promise<void> {
    const round = this.#round;
    this.#busy = true;
    while (this.#changed.size > 0 && round === this.#round) {
      const ids = this.#changed;
      this.#changed = new Set();
      const diff = this.#told.diff(Array.from(ids, (id) => [id, this.mark(id)] as const));
      if (diff) await this.sink()?.updateData(diff);
    }
    if (round === this.#round) this.#busy = false;
  }
}
