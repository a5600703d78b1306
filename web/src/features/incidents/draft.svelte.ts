/** The report being taken: kept in this window until it is sent or discarded, under one idempotency key. */
import { newKey } from '../../shared/api';
import type { Checked, Created, NewIncident } from '../../shared/contract';
import { t } from '../../shared/i18n/index.svelte';
import { desk } from '../live/desk.svelte';
import { coordinates, type Place } from './place';

/** Where the last report from a telephone number was. */
export interface LastPlace {
  lon: number;
  lat: number;
  address: string;
  number: string;
}

/** Whether enough of a number is typed to look it up. */
export const dialled = (phone: string): boolean => phone.replace(/\D/g, '').length >= 6;

export interface Draft {
  key: string;
  opened_at: string;
  type: string;
  place: Place | null;
  narrative: string;
  caller: string;
  phone: string;
  language: string;
  source: string;
  priority: number | null;
  priority_reason: string;
}

const SHELF = 'maplebridge.draft';

const fresh = (): Draft => ({
  key: newKey(), opened_at: new Date(Date.now() + desk.board.skew).toISOString(), type: '', place: null, narrative: '',
  caller: '', phone: '', language: '', source: 'call', priority: null, priority_reason: '',
});

/** A kept draft, or null where none or unreadable. */
export function readDraft(text: string | null): Draft | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Draft | null;
    return kept && typeof kept.key === 'string' && typeof kept.narrative === 'string' ? kept : null;
  } catch {
    return null;
  }
}

/** The body of `POST /api/incidents` for a complete draft. */
export function bodyOf(draft: Draft, place: Place): NewIncident {
  return {
    type: draft.type,
    lon: place.lon,
    lat: place.lat,
    ...(place.name && !coordinates(place.name) ? { address: place.name } : {}),
    narrative: draft.narrative.trim(),
    source: draft.source,
    at: draft.opened_at, // when it came, however late the server hears of it
    ...(draft.priority !== null ? { priority: draft.priority, priority_reason: draft.priority_reason.trim() } : {}),
    ...(draft.caller.trim() ? { caller: draft.caller.trim() } : {}),
    ...(draft.phone.trim() ? { phone: draft.phone.trim() } : {}),
    ...(draft.language ? { language: draft.language } : {}),
  };
}

class Intake {
  draft = $state<Draft>(readDraft(sessionStorage.getItem(SHELF)) ?? fresh());
  checked = $state.raw<Checked | null>(null);
  checking = $state(false);
  sending = $state(false);
  /** The place of the caller's last report, offered while the place is empty. */
  last = $state.raw<LastPlace | null>(null);
  /** Grows when the place is set from outside its field. */
  placed = $state(0);
  #lastTimer: ReturnType<typeof setTimeout> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();

  get begun(): boolean {
    const { type, place, narrative, caller, phone } = this.draft;
    return Boolean(type || place || narrative || caller || phone);
  }

  keep(): void {
    sessionStorage.setItem(SHELF, JSON.stringify(this.draft));
  }

  discard(): void {
    this.draft = fresh();
    this.checked = null;
    sessionStorage.removeItem(SHELF);
  }

  /** A form opened without anything in it starts its clock now. */
  open(): void {
    if (!this.begun) this.draft = fresh();
  }

  /** Look for the same report and for what to know about the place; soon, once typing rests. */
  check(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
    if (!this.draft.place) {
      this.checked = null;
      return;
    }
    this.#timer = setTimeout(() => void this.#check(), 250);
  }

  /** Look up where this number's last report was; soon, once typing rests. */
  seekLast(): void {
    clearTimeout(this.#lastTimer);
    const { phone, place } = this.draft;
    if (place || !dialled(phone)) {
      this.last = null;
      return;
    }
    this.#lastTimer = setTimeout(() => void this.#seekLast(phone.trim()), 900);
  }

  useLast(): void {
    if (!this.last) return;
    const { lon, lat, address, number } = this.last;
    this.draft.place = { lon, lat, name: address || number };
    this.placed += 1;
    desk.draftPoint = this.draft.place;
    desk.ask = { n: desk.ask.n + 1, what: 'goto', point: { lon, lat } };
  }

  async #seekLast(phone: string): Promise<void> {
    try {
      const found = await desk.api.get<LastPlace | null>('/api/incidents/caller-last', { phone });
      if (this.draft.phone.trim() === phone) this.last = found;
    } catch {
      this.last = null; // not allowed, or away: the place is asked for as ever
    }
  }

  async #check(): Promise<void> {
    const { place, type, narrative } = this.draft;
    if (!place || desk.away) return;
    this.#abort = new AbortController();
    this.checking = true;
    try {
      const body = { lon: place.lon, lat: place.lat, ...(type ? { type } : {}), ...(narrative.trim() ? { narrative } : {}) };
      this.checked = await desk.api.post<Checked>('/api/incidents/check', body, { signal: this.#abort.signal });
    } catch {
      // aborted by the next letter, or away; the server checks again on arrival
    }
    this.checking = false;
  }

  /** Take the report. With `into` it is merged at once into a known incident. */
  async send(into?: { id: number; number: string }): Promise<boolean> {
    const place = this.draft.place;
    if (!place || !this.draft.type || this.sending) return false;
    this.sending = true;
    const label = `${t('intake')}: ${desk.board.types.get(this.draft.type)?.name.en ?? this.draft.type}`;
    const kept = desk.kept.length;
    const options = { key: this.draft.key, quiet: true };
    const created = await desk.act<Created>('/api/incidents', bodyOf($state.snapshot(this.draft), place), label, options);
    this.sending = false;
    if (created) await this.#taken(created, into);
    else if (desk.kept.length > kept) desk.say(t('in_taken_away'));
    else return false;
    this.discard();
    return true;
  }

  async #taken(created: Created, into?: { id: number; number: string }): Promise<void> {
    if (!into) {
      desk.say(t('in_taken', { number: created.number }));
      desk.select(created.id);
      return;
    }
    const label = t('cmd_merge', { incident: created.number, other: into.number });
    await desk.act(`/api/incidents/${created.id}/merge`, { into: into.id }, label, { quiet: true });
    desk.say(t('in_merged', { number: into.number }));
    desk.select(into.id);
  }
}

export const intake = new Intake();
