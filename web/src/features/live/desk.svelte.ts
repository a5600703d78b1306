/** The dispatcher's desk: who works here, what is chosen, what is being said, and the way out for every write. */
import { Away, client, newKey, Refused } from '../../shared/api';
import type { Disposition, IncidentRow, Me, UnitRow } from '../../shared/contract';
import { t } from '../../shared/i18n/index.svelte';
import { Outbox, type Kept } from '../../shared/outbox';
import { hourMinute, span } from '../../shared/times';
import type { Order } from '../incidents/rows';
import type { Filter } from '../incidents/rows';
import { LiveBoard } from './board.svelte';
import { isOrder } from './orders';

export type Pane = 'all' | 'queue' | 'map';
export type Right = 'incident' | 'intake' | 'addresses';
/** What the incident panel has open: one form at a time. */
export type Form = '' | 'note' | 'close' | 'cancel' | 'hold' | 'priority' | 'reopen' | 'merge' | 'link' | 'split' | 'edit' | 'level' | 'premise';

export interface Notice {
  id: number;
  tone: 'done' | 'no';
  text: string;
}

export interface Point {
  lon: number;
  lat: number;
}

let noticeId = 0;
const ADDRESSES = 'maplebridge.addresses';

class Desk {
  api = client();
  board: LiveBoard;
  outbox: Outbox;
  me = $state<Me | null>(null);
  dispositions = $state.raw<Disposition[]>([]);
  kept = $state.raw<Kept[]>([]);
  /** Entries of others kept at this machine. */
  keptOfOthers = $state(0);
  /** Names of areas by code. */
  areas = $state.raw<ReadonlyMap<string, string>>(new Map());
  notices = $state<Notice[]>([]);

  pane = $state<Pane>('all');
  right = $state<Right>('incident');
  form = $state<Form>('');
  /** Words typed before a form was opened, for the form to begin with. */
  formText = '';
  selectedId = $state<number | null>(null);
  selectedUnit = $state<number | null>(null);
  filter = $state<Filter>('all');
  order = $state<Order>('urgency');
  tab = $state<'queue' | 'map' | 'incident'>('queue');
  helpOpen = $state(false);
  /** The list of rarer acts, each by a letter. */
  moreOpen = $state(false);
  /** The server has other parts of this page than the ones it was loaded with. */
  staleBuild = $state(false);
  sound = $state(true);
  reach = $state(true);
  /** Whether the register's addresses are on the map, and which of them is open. */
  addresses = $state(localStorage.getItem(ADDRESSES) === '1');
  addressId = $state<number | null>(null);
  /** Where the chosen unit has been since it was chosen, and whether the map goes along. */
  trail = $state(false);
  follow = $state(false);
  /** A moment of the past that is shown instead of now. */
  replayAt = $state<string | null>(null);
  past = $state.raw<{ incidents: Map<number, IncidentRow>; units: Map<number, UnitRow> } | null>(null);
  /** Whoever wants the next click on the map. */
  pick = $state.raw<((point: Point) => void) | null>(null);
  /** Where the report being written lies, for the map. */
  draftPoint = $state.raw<Point | null>(null);
  /** Asks of the map; `n` makes each ask new. */
  ask = $state.raw<{ n: number; what: 'fit' | 'centre' | 'goto'; point?: Point }>({ n: 0, what: 'fit' });
  mapCentre: () => Point | null = () => null;

  constructor() {
    this.board = new LiveBoard(this.api, () => void this.flush());
    this.outbox = new Outbox({
      shelf: localStorage,
      client: this.api,
      name: 'maplebridge.outbox',
      changed: (kept, others) => ([this.kept, this.keptOfOthers] = [kept, others]),
      owner: () => this.me?.ref ?? '',
      who: async () => (await this.api.get<Me>('/api/me')).ref,
      order: (item) => isOrder(item.path),
      alone: (work) => (navigator.locks ? navigator.locks.request('maplebridge.outbox', work) : work()),
    });
  }

  /** Who works here now: their own kept entries are shown. */
  seat(me: Me): void {
    this.me = me;
    [this.kept, this.keptOfOthers] = [this.outbox.kept, this.outbox.others];
  }

  /** Orders that grew old while the server was away. */
  get asked(): Kept[] {
    return this.kept.filter((item) => item.asking);
  }

  sendAsked(): void {
    for (const item of this.asked) this.outbox.release(item.key);
    void this.flush();
  }

  dropAsked(): void {
    for (const item of this.asked) this.outbox.drop(item.key);
  }

  get zone(): string {
    return this.me?.city?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  get away(): boolean {
    return this.board.awaySince !== null;
  }

  areaName(code: string): string {
    return this.areas.get(code) ?? code;
  }

  may(permission: string): boolean {
    return this.me?.permissions.includes(permission) ?? false;
  }

  /** Rows on show: live, or those of the replayed moment. */
  get incidents(): Map<number, IncidentRow> {
    void this.board.version;
    return this.past?.incidents ?? this.board.incidents;
  }

  get units(): Map<number, UnitRow> {
    void this.board.unitVersion;
    return this.past?.units ?? this.board.units;
  }

  get selected(): IncidentRow | undefined {
    return this.selectedId === null ? undefined : this.incidents.get(this.selectedId);
  }

  select(id: number | null, form: Form = ''): void {
    this.selectedId = id;
    this.form = form;
    if (id !== null) {
      this.right = 'incident';
      this.tab = this.tab === 'queue' ? 'incident' : this.tab;
    }
  }

  /** Put the register's addresses on the map, or take them off; remembered in this browser. */
  showAddresses(on: boolean): void {
    this.addresses = on;
    localStorage.setItem(ADDRESSES, on ? '1' : '0');
    if (!on && this.right === 'addresses') this.right = 'incident';
  }

  /** Open an address of the register beside the map; null for the list of those near the map's middle. */
  openAddress(id: number | null): void {
    this.showAddresses(true);
    this.addressId = id;
    this.right = 'addresses';
    this.tab = 'incident';
  }

  /** Say something in the command line's strip; refusals stay until dismissed, the rest goes after a while. */
  say(text: string, tone: Notice['tone'] = 'done'): void {
    const notice = { id: (noticeId += 1), tone, text };
    this.notices = [...this.notices.filter((n) => n.tone === 'no' && n.text !== text).slice(-2), notice];
    if (tone === 'done') setTimeout(() => this.unsay(notice.id), 5000);
  }

  unsay(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  /** The sentence of an error for people. */
  explain(error: unknown): string {
    if (error instanceof Away) return t('away_now');
    if (!(error instanceof Refused)) throw error;
    if (error.status === 401) return t('signed_out');
    const fields = error.fields.map((field) => field.message).filter((m) => !error.message.includes(m));
    return [error.message || t('fault', { code: error.code }), ...fields].join(' ');
  }

  /** Write: sent now, or kept while the server is away. `label` says what it is. Undefined when kept or refused. */
  async act<T>(path: string, body: unknown, label: string, options: { key?: string; quiet?: boolean } = {}): Promise<T | undefined> {
    if (this.replayAt !== null) {
      this.say(t('replay_banner', { time: hourMinute(this.replayAt, this.zone) }), 'no');
      return undefined;
    }
    try {
      const result = await this.outbox.send<T>(path, body, label, options.key ?? newKey());
      if (!options.quiet) this.say(result.sent ? t('done', { what: label }) : t('kept_saved', { label }));
      if (!result.sent) return undefined;
      this.#take(result.answer);
      return result.answer;
    } catch (error) {
      this.say(this.explain(error), 'no');
      return undefined;
    }
  }

  /** Send what is kept; called on return, and again while anything is left. */
  async flush(): Promise<void> {
    if (!this.kept.some((item) => !item.refusal && !item.asking)) return;
    const n = await this.outbox.flush();
    if (n > 0) this.say(t('kept_sent', { n }));
  }

  /** Words for how long the server has been silent. */
  silence(now: number): string {
    return this.board.awaySince === null ? '' : span((now - this.board.awaySince) / 1000);
  }

  #take(answer: unknown): void {
    const row = answer as Partial<IncidentRow> | null | undefined;
    if (row && typeof row === 'object' && 'number' in row && 'state' in row && 'reported_at' in row) {
      this.board.put(row as IncidentRow);
    }
  }
}

export const desk = new Desk();
