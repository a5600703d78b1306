/** The phone's own position, sent only while its unit is on shift; thinned while the connection is away. */
import { Away, Refused, type Client } from '../shared/api';
import { keepFix, positionBody, worthSending, type Fix } from './fixes';

export type Allowed = 'unknown' | 'yes' | 'no';

export class Position {
  here = $state<Fix | null>(null);
  allowed = $state<Allowed>('unknown');
  #watch: number | null = null;
  #last: Fix | null = null;
  #kept: Fix[] = [];
  #unit: number | null = null;
  #sending = false;

  constructor(
    private readonly client: Pick<Client, 'post'>,
    private readonly stamp: () => string,
  ) {}

  /** Start for a unit on shift, stop for null. Asking again for the same unit changes nothing. */
  follow(unit_id: number | null): void {
    if (unit_id === this.#unit) return;
    this.#unit = unit_id;
    this.#last = null;
    this.#kept = [];
    if (unit_id === null) this.#stop();
    else this.#start();
  }

  #start(): void {
    if (this.#watch !== null) return;
    if (!('geolocation' in navigator)) {
      this.allowed = 'no';
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(
      (found) => this.#found(found.coords),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) this.allowed = 'no';
      },
      { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
    );
  }

  #stop(): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    this.here = null;
  }

  #found(coords: GeolocationCoordinates): void {
    const fix = { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, at: this.stamp() };
    this.allowed = 'yes';
    this.here = fix;
    if (!worthSending(this.#last, fix)) return;
    this.#last = fix;
    this.#kept = keepFix(this.#kept, fix);
    void this.flush();
  }

  /** Send what was kept, oldest first. A fix that the server refuses is dropped: a newer one follows. */
  async flush(): Promise<void> {
    if (this.#sending || this.#unit === null) return;
    this.#sending = true;
    try {
      for (let fix = this.#kept[0]; fix; fix = this.#kept[0]) {
        await this.client.post(`/api/units/${this.#unit}/position`, positionBody(fix)).catch((error: unknown) => {
          if (!(error instanceof Refused)) throw error;
        });
        this.#kept = this.#kept.filter((kept) => kept !== fix);
      }
    } catch (error) {
      if (!(error instanceof Away)) throw error;
    } finally {
      this.#sending = false;
    }
  }
}
