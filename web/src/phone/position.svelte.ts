/** The phone's own position, sent only while its unit is on shift; kept while the connection is away, also over a restart. */
import { Away, Refused, type Client } from '../shared/api';
import { keepFix, sampleOf, worthSending, type Fix } from './fixes';

export type Allowed = 'unknown' | 'yes' | 'no';

const SHELF = 'maplebridge.phone.positions';
const AT_ONCE = 200;

/** What is kept: of which unit, the address to which it goes, and the fixes that are not sent yet. */
interface Kept {
  unit: number | null;
  address: string;
  fixes: Fix[];
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;
type Send = (address: string, body: string) => Promise<number>;
interface Charged {
  getBattery?: () => Promise<{ level: number }>;
}

const sendHere: Send = async (address, body) => {
  try {
    const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json' }, credentials: 'omit' as const };
    return (await fetch(address, { ...init, signal: AbortSignal.timeout(15_000) })).status;
  } catch {
    return 0;
  }
};

export class Position {
  here = $state<Fix | null>(null);
  allowed = $state<Allowed>('unknown');
  #watch: number | null = null;
  #last: Fix | null = null;
  #kept: Kept;
  #following: number | null = null;
  #sending = false;

  constructor(
    private readonly client: Pick<Client, 'post'>,
    private readonly stamp: () => string,
    private readonly store: Store = localStorage,
    private readonly send: Send = sendHere,
  ) {
    this.#kept = read(store);
  }

  /** Start for a unit on shift, stop for null. Asking again for the same unit changes nothing. */
  follow(unit_id: number | null): void {
    if (unit_id === this.#following) return;
    this.#following = unit_id;
    this.#last = null;
    if (unit_id === null) {
      this.#stop();
      return;
    }
    if (unit_id !== this.#kept.unit) this.#keep({ unit: unit_id, address: '', fixes: [] });
    this.#start();
  }

  #start(): void {
    if (this.#watch !== null) return;
    if (!('geolocation' in navigator)) {
      this.allowed = 'no';
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(
      (found) => this.found(found.coords),
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

  /** The device has a fix. */
  found(coords: Pick<GeolocationCoordinates, 'longitude' | 'latitude' | 'accuracy' | 'speed' | 'heading'>): void {
    const fix: Fix = {
      lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, at: this.stamp(),
      speed: coords.speed, bearing: coords.heading,
    };
    this.allowed = 'yes';
    this.here = fix;
    if (!worthSending(this.#last, fix)) return;
    this.#last = fix;
    this.#keep({ ...this.#kept, fixes: keepFix(this.#kept.fixes, fix) });
    void this.flush();
  }

  /** Send what was kept, oldest first; also what is left of a shift that is over. */
  async flush(): Promise<void> {
    if (this.#sending || this.#kept.fixes.length === 0) return;
    this.#sending = true;
    try {
      for (let more = true; more && this.#kept.fixes.length > 0; ) more = await this.#sendSome();
    } catch (error) {
      if (!(error instanceof Away) && !(error instanceof Refused)) throw error;
    } finally {
      this.#sending = false;
    }
  }

  /** Send one batch; false when it is no use to go on now. */
  async #sendSome(): Promise<boolean> {
    if (!this.#kept.address) {
      const made = await this.client.post<{ address: string }>(`/api/units/${this.#kept.unit}/tracker`);
      this.#keep({ ...this.#kept, address: made.address });
    }
    const batch = this.#kept.fixes.slice(0, AT_ONCE);
    const charge = await (navigator as Charged).getBattery?.().catch(() => null);
    const status = await this.send(this.#kept.address, JSON.stringify(batch.map((fix) => sampleOf(fix, charge?.level ?? null))));
    if (status === 404) this.#keep({ ...this.#kept, address: '' });
    if (status === 200) {
      const sent = new Set(batch.map((fix) => fix.at));
      this.#keep({ ...this.#kept, fixes: this.#kept.fixes.filter((fix) => !sent.has(fix.at)) });
    }
    return status === 200 || (status === 404 && this.#following !== null);
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    try {
      this.store.setItem(SHELF, JSON.stringify(kept));
    } catch {
      // a full store: what is kept lives as long as the page
    }
  }
}

function read(store: Store): Kept {
  try {
    const kept = JSON.parse(store.getItem(SHELF) ?? 'null') as Kept | null;
    if (kept && Array.isArray(kept.fixes)) return kept;
  } catch {
    // nonsense is nothing
  }
  return { unit: null, address: '', fixes: [] };
}
