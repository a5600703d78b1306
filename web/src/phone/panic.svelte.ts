/** The call for help: sent at once and again until it is through; the position goes along until it is ended. */
import { Refused, type Client } from '../shared/api';
import type { Fix } from './fixes';

export type PanicState = 'off' | 'sending' | 'unsent' | 'on';
const AGAIN_MS = 3_000;

export class Panic {
  state = $state<PanicState>('off');
  refusal = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ending = false;
  #busy = false;
  #confirmed = false;

  constructor(
    private readonly client: Pick<Client, 'post'>,
    private readonly unit: () => number | null,
    private readonly here: () => Fix | null,
  ) {}

  call(): void {
    if (this.state !== 'off') return;
    this.state = 'sending';
    this.#ending = false;
    void this.#again();
  }

  end(): void {
    this.#ending = true;
    clearTimeout(this.#timer);
    void this.#again();
  }

  /** The server says that the alarm stands, or not: for a page opened anew, or an alarm that dispatch ended.
   * A "not" from before our own call counts for nothing. */
  seen(alarm: boolean): void {
    if (alarm && this.state === 'off' && !this.#ending) {
      this.state = 'on';
      this.#later();
    } else if (!alarm && this.#confirmed && this.state === 'on') this.#over();
    this.#confirmed = alarm;
  }

  async #again(): Promise<void> {
    const unit = this.unit();
    if (unit === null || this.#busy) return; // one call at a time, so that none overtakes another
    this.#busy = true;
    const fix = this.here();
    const ending = this.#ending;
    const body = ending ? { on: false } : { on: true, ...(fix ? { lon: fix.lon, lat: fix.lat } : {}) };
    try {
      await this.client.post(`/api/units/${unit}/panic`, body);
      if (ending) this.#over();
      else this.state = 'on';
      this.refusal = '';
    } catch (error) {
      if (this.state !== 'on') this.state = 'unsent';
      this.refusal = error instanceof Refused ? error.message : '';
    } finally {
      this.#busy = false;
    }
    if (this.#ending && !ending) void this.#again();
    else if (this.state !== 'off') this.#later();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#again(), AGAIN_MS);
  }

  #over(): void {
    clearTimeout(this.#timer);
    this.state = 'off';
    this.#ending = false;
    this.#confirmed = false;
  }
}
