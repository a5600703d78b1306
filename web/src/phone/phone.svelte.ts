/** The state of the phone page: who, which unit, which job, what is unsent, how the connection stands. */
import { Away, client, newKey, Refused } from '../shared/api';
import type { Created, Disposition, Entry, IncidentType, Job, Me, NewIncident, UnitRow } from '../shared/contract';
import { named } from '../shared/i18n/index.svelte';
import { Outbox, type Kept } from '../shared/outbox';
import { Stream, type StreamState } from '../shared/stream';
import { alert } from './alert';
import { t } from './i18n/words';
import { Photos } from './photos';
import { addDone, doneJobs, forget, rememberAfter, savedView, saveView, takeAfter, type Done } from './saved';
import { nextStep, pendingOf, standingAfter, statusBody, type Pending, type Status } from './steps';

export type Screen = 'home' | 'close' | 'new' | 'note' | 'more';
const RELOAD_MS = 150;

export class Phone {
  me = $state<Me | null>(null);
  units = $state<UnitRow[]>([]);
  unit_id = $state<number | null>(null);
  job = $state<Job | null>(null);
  types = $state<IncidentType[]>([]);
  dispositions = $state<Disposition[]>([]);
  kept = $state<Kept[]>([]);
  /** Entries of others kept on this phone until they sign in. */
  kept_of_others = $state(0);
  /** Steps that the server took but that the job on the screen does not show yet: without them it would step back. */
  settling = $state<Kept[]>([]);
  photos_waiting = $state(0);
  done = $state<Done[]>([]);
  link = $state<StreamState>('connecting');
  as_of = $state('');
  now = $state(Date.now());
  screen = $state<Screen>('home');
  said = $state('');
  fault = $state('');
  signed_out = $state(false);
  not_allowed = $state(false);
  opened = $state(false);

  readonly api = client();
  readonly outbox = new Outbox({
    shelf: localStorage,
    client: this.api,
    name: 'maplebridge.phone.outbox',
    changed: (kept, others) => ([this.kept, this.kept_of_others] = [kept, others]),
    owner: () => this.me?.ref ?? '',
    who: async () => (await this.api.get<Me>('/api/me')).ref,
    taken: (item, answer) => this.#taken(item, answer),
    ...(navigator.locks
      ? { alone: async (work: () => Promise<void>) => void (await navigator.locks.request('phone-outbox', work)) }
      : {}),
  });
  readonly photos = new Photos(
    this.api,
    (count) => (this.photos_waiting = count),
    (name, sentence) => (this.fault = `${name}: ${sentence}`),
    () => this.me?.ref ?? '',
  );
  #skew = 0;
  #stream: Stream | null = null;
  #reload: ReturnType<typeof setTimeout> | undefined;

  /** Steps of this unit and job that the server has not confirmed. */
  pending: Pending[] = $derived(
    this.unit_id === null ? [] : pendingOf([...this.settling, ...this.kept], this.unit_id),
  );
  /** The unit as it stands with those steps taken. */
  unit: UnitRow | null = $derived(
    this.job ? { ...this.job.unit, ...standingAfter(this.job.unit, this.pending) } : null,
  );
  step = $derived(this.unit && this.job?.incident && !this.job.incident.closed_at ? nextStep(this.unit) : null);
  /** The job on the screen: gone at once when its close is on the way. */
  incident = $derived(
    this.pending.some((step) => step.name === 'close') || this.job?.incident?.closed_at ? null : (this.job?.incident ?? null),
  );
  refusals = $derived(this.kept.filter((item) => item.refusal !== undefined));
  unsent = $derived(this.kept.length - this.refusals.length + this.photos_waiting);

  /** Open from memory, then from the server, then live. */
  async open(): Promise<void> {
    this.done = doneJobs(localStorage);
    const saved = savedView(localStorage);
    if (saved) {
      Object.assign(this, saved, { as_of: saved.at });
      this.opened = true;
    }
    this.#ownKept();
    void this.photos.count();
    setInterval(() => (this.now = Date.now()), 1000);
    addEventListener('online', () => this.wake());
    addEventListener('offline', () => (this.link = 'away'));
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.wake());
    await this.load();
    this.#listen();
    void this.flush();
  }

  /** The connection may be back: try everything. */
  wake(): void {
    this.#stream?.nudge();
    void this.load().then(() => this.flush());
  }

  /** Load who and what from the server. Without it, what was there stays on the screen. */
  async load(): Promise<void> {
    try {
      const began = Date.now();
      const me = await this.api.get<Me>('/api/me');
      this.#skew = Date.parse(me.server_time) - (began + Date.now()) / 2;
      if (this.me && this.me.ref !== me.ref) this.#another();
      this.me = me;
      this.#ownKept();
      void this.photos.count();
      this.signed_out = false;
      this.not_allowed = !me.permissions.includes('units.own') && !me.permissions.includes('units.status');
      if (this.not_allowed) return;
      if (!me.unit_ids.includes(this.unit_id ?? -1)) this.unit_id = me.unit_ids[0] ?? this.unit_id;
      if (this.types.length === 0) this.types = await this.api.get<IncidentType[]>('/api/types');
      if (this.dispositions.length === 0) this.dispositions = await this.api.get<Disposition[]>('/api/dispositions');
      if (this.unit_id === null) this.units = await this.api.get<UnitRow[]>('/api/units');
      await this.loadJob();
    } catch (error) {
      this.#failed(error);
    } finally {
      this.opened = true;
    }
  }

  /** Load the unit's job. A job that was not there before is announced. */
  async loadJob(): Promise<void> {
    if (this.unit_id === null) return;
    const before = this.job?.incident?.id ?? null;
    const settled = new Set(this.settling.map((item) => item.key));
    this.job = await this.api.get<Job>(`/api/units/${this.unit_id}/job`);
    this.settling = this.settling.filter((item) => !settled.has(item.key));
    this.as_of = this.stamp();
    const now = this.job.incident?.id ?? null;
    if (now !== null && now !== before && this.step === 'accept') {
      if (this.screen !== 'new') this.screen = 'home';
      this.said = t('new_job');
      alert('job');
    }
    if (now === null && this.screen !== 'new') this.screen = 'home';
    if (this.me) {
      const { me, unit_id, job, types, dispositions, as_of } = this;
      saveView(localStorage, { me, unit_id, job, types, dispositions, at: as_of });
    }
  }

  /** The moment now by the server's clock, so that a wrong phone clock does no harm. */
  stamp(): string {
    return new Date(Date.now() + this.#skew).toISOString();
  }

  get clock(): number {
    return this.now + this.#skew;
  }

  /** Send one of our own entries: kept first, so that nothing is lost, and shown at once. */
  post(path: string, body: unknown, label: string): void {
    this.fault = '';
    this.outbox.put(path, body, label, newKey());
    void this.flush();
  }

  take(step: Pending['name'], secondary?: string): void {
    const call = statusBody({ name: step, at: this.stamp(), ...(secondary ? { secondary } : {}) });
    if (call && this.unit_id !== null) this.post(`/api/units/${this.unit_id}/status`, call, t(labelOf(call.status, call.secondary)));
  }

  close(disposition: string, narrative: string): void {
    const incident = this.job?.incident;
    if (!incident) return;
    const at = this.stamp();
    this.post(`/api/units/${this.unit_id}/close`, { disposition, narrative, at }, t('closed', { number: incident.number }));
    this.done = addDone(localStorage, { id: incident.id, number: incident.number, name: incident.name, disposition, at });
    this.said = t('closed', { number: incident.number });
    this.screen = 'home';
  }

  /** Report something; with a disposition it is closed at the post as soon as it has its number. */
  report(body: NewIncident, handled: string | null): void {
    const key = newKey();
    if (handled) rememberAfter(localStorage, key, handled);
    this.fault = '';
    const type = this.types.find((each) => each.code === body.type);
    this.outbox.put('/api/incidents', body, type ? named(type.name) : t('report_here'), key);
    this.said = t('reported_kept');
    this.screen = 'home';
    void this.flush();
  }

  async flush(): Promise<void> {
    const taken = await this.outbox.flush();
    await this.photos.flush();
    if (taken > 0) this.reloadSoon();
  }

  reloadSoon(): void {
    clearTimeout(this.#reload);
    this.#reload = setTimeout(() => void this.loadJob().catch((error: unknown) => this.#failed(error)), RELOAD_MS);
  }

  forgetAll(): void {
    forget(localStorage);
  }

  #ownKept(): void {
    [this.kept, this.kept_of_others] = [this.outbox.kept, this.outbox.others];
  }

  /** Somebody else signed in: nothing of the one before stays on the screen. */
  #another(): void {
    forget(localStorage);
    [this.unit_id, this.job, this.settling, this.done] = [null, null, [], []];
    this.screen = 'home';
  }

  #taken(item: Kept, answer: unknown): void {
    this.settling = [...this.settling, item];
    const made = answer as Created | null;
    if (item.path !== '/api/incidents' || !made?.number) return;
    const same = made.duplicates?.map((d) => d.number).join(', ');
    this.said = t('reported', { number: made.number }) + (same ? `. ${t('perhaps_same', { numbers: same })}` : '');
    const wanted = takeAfter(localStorage, item.key);
    if (!wanted) return;
    const { type: code, at = this.stamp() } = item.body as { type: string; at?: string };
    this.outbox.put(
      `/api/incidents/${made.id}/at_post`,
      { unit_id: this.unit_id, disposition: wanted, at },
      t('closed', { number: made.number }),
    );
    const type = this.types.find((each) => each.code === code);
    this.done = addDone(localStorage, {
      id: made.id, number: made.number, name: type?.name ?? '', disposition: wanted, at,
    });
  }

  #listen(): void {
    this.#stream?.stop();
    if (!this.me || this.not_allowed) {
      setTimeout(() => void this.load().then(() => this.#listen()), 5000);
      return;
    }
    this.#stream = new Stream(this.me.position, {
      entry: (entry) => this.#concerns(entry) && this.reloadSoon(),
      positions: () => undefined,
      tick: (at) => {
        this.#skew = Math.abs(Date.parse(at) - Date.now() - this.#skew) > 2000 ? Date.parse(at) - Date.now() : this.#skew;
        this.as_of = at;
        if (this.kept.length > this.refusals.length || this.photos_waiting > 0) void this.flush();
      },
      reset: () => void this.load().then(() => this.me && this.#stream?.resumeAt(this.me.position)),
      state: (state) => (this.link = state),
    });
    this.#stream.start();
  }

  #concerns(entry: Entry): boolean {
    const ours = [`unit:${this.unit_id}`, `incident:${this.job?.incident?.id}`];
    return ours.includes(entry.subject) || ours.includes(entry.case ?? '');
  }

  #failed(error: unknown): void {
    if (error instanceof Refused && error.status === 401) this.signed_out = true;
    else if (error instanceof Refused) this.fault = error.message || t('did_not_work');
    else if (error instanceof Away) this.link = 'away';
    else throw error;
  }
}

/** The word of a status as the crew says it. */
export function labelOf(status: Status, secondary = ''): 'Assigned_accepted' | Status {
  return status === 'Assigned' && secondary === 'Accepted' ? 'Assigned_accepted' : status;
}
