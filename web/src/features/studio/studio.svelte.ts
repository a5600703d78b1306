/** The studio's state: two layouts, what is asked, the figures that came back, the study and its run. */
import { Refused, client } from '../../shared/api';
import { t } from './i18n/words';
import { copy } from './posts';
import type { Budget, Choices, Figures, Layout, Merger, Need, Post, Proposal, Side, Simulated, Start, Study, StudyRow } from './types';

const KEEP = 'maplebridge.studio';
const WAIT_MS = 200;
const POLL_MS = 1000;
const LONG_MS = 120_000;
const UNDO_MOST = 50;

interface Draft {
  a: Layout;
  b: Layout;
  choices: Choices;
}

export class Studio {
  readonly api = client(undefined, undefined, LONG_MS);
  start = $state.raw<Start>();
  layouts = $state<{ a: Layout; b: Layout }>({ a: { name: '', posts: [] }, b: { name: '', posts: [] } });
  side = $state<Side>('b');
  picked = $state<number | null>(null);
  adding = $state<string | null>(null);
  choices = $state<Choices>({ begin: '', end: '', types: [], resolution: 9, minutes: 3, replications: 200 });
  figures = $state.raw<Figures | null>(null);
  need = $state.raw<Need | null>(null);
  shows = $state({ need: true, spots: true, reach: true, gaps: false });
  counting = $state(false);
  busy = $state(false);
  fault = $state('');
  said = $state('');
  studies = $state.raw<StudyRow[]>([]);
  study = $state.raw<StudyRow | null>(null);
  simulated = $state.raw<Simulated | null>(null);
  merger = $state.raw<Merger | null>(null);
  changed = $state(false);
  undos = $state.raw<Draft['a'][]>([]);
  centre: () => [number, number] | null = () => null;

  readonly layout = $derived(this.layouts[this.side]);
  readonly post = $derived(this.picked === null ? null : (this.layout.posts[this.picked] ?? null));

  private soon: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | undefined;

  kind = (code: string) => this.start?.kinds.find((kind) => kind.code === code);

  /** Begin with what the server says, what this browser kept, or the study that the address names. */
  async begin(number: number | null): Promise<void> {
    const start = await this.api.get<Start>('/api/studio');
    this.start = start;
    this.studies = start.studies;
    const draft = this.kept();
    const { minutes, resolution, types } = draft?.choices ?? start.choices;
    this.choices = { ...start.choices, minutes, resolution, types: types.filter((code) => start.types.some((type) => type.code === code)) };
    this.layouts.a = copy(draft?.a ?? start.today, 'A');
    this.layouts.b = copy(draft?.b ?? start.today, 'B');
    if (number !== null) await this.open(number);
    else this.ask();
    void this.askNeed();
  }

  /** Change the layout in hand; the figures follow. */
  change(doing: (posts: Post[]) => void): void {
    this.undos = [...this.undos.slice(1 - UNDO_MOST), copy($state.snapshot(this.layout) as Layout)];
    doing(this.layouts[this.side].posts);
    this.moved();
  }

  undo(): void {
    const before = this.undos.at(-1);
    if (!before) return;
    this.undos = this.undos.slice(0, -1);
    this.layouts[this.side] = copy(before);
    this.picked = null;
    this.moved();
  }

  /** Take another layout whole. */
  take(layout: Layout): void {
    this.change((posts) => posts.splice(0, posts.length, ...copy(layout).posts));
    this.picked = null;
  }

  private moved(): void {
    this.merger = null;
    this.changed = this.study !== null;
    this.keep();
    this.ask();
  }

  turn(side: Side): void {
    this.side = side;
    this.picked = this.merger = null;
    this.undos = [];
  }

  /** Count another need: of another time, or of other types of incident. */
  count(asked: Partial<Choices>): void {
    Object.assign(this.choices, asked);
    this.changed = this.study !== null;
    this.merger = null;
    this.keep();
    this.ask();
    void this.askNeed();
  }

  /** Ask for the figures, once the hand rests; those shown are of before from this moment on. */
  ask(): void {
    this.forget();
    this.counting = true;
    this.soon = setTimeout(() => void this.compare(), WAIT_MS);
  }

  /** Figures still asked for are of a layout that is no longer shown: drop them. */
  private forget(): void {
    clearTimeout(this.soon);
    this.asked?.abort();
    this.asked = undefined;
    this.counting = false;
  }

  private async compare(): Promise<void> {
    const asked = (this.asked = new AbortController());
    try {
      this.figures = await this.api.post<Figures>('/api/studio/compare', this.body(), { signal: asked.signal });
      this.fault = '';
    } catch (error) {
      if (!asked.signal.aborted) this.fault = words(error);
    }
    if (this.asked === asked) this.counting = false;
  }

  async askNeed(): Promise<void> {
    try {
      this.need = await this.api.post<Need>('/api/studio/need', $state.snapshot(this.choices));
    } catch (error) {
      this.fault = words(error);
    }
  }

  async propose(kinds: Record<string, number>, keep: boolean, budget: Budget): Promise<void> {
    const kept = keep ? this.inHand() : { name: '', posts: [] };
    await this.proposed('/api/studio/propose', { keep: kept, kinds, ...budget });
  }

  /** Ask for the few posts whose moving gains most. */
  async moveFew(most: number): Promise<void> {
    await this.proposed('/api/studio/moves', { layout: this.inHand(), most });
  }

  private async proposed(path: string, asked: Record<string, unknown>): Promise<void> {
    await this.working(async () => {
      const found = await this.api.post<Proposal>(path, { ...asked, choices: $state.snapshot(this.choices) });
      this.take(found.layout);
      const share = (value: number) => `${Math.round(1000 * value) / 10} %`;
      const values = { share: share(found.share), bound: share(found.bound), n: this.choices.minutes };
      const names = found.moved?.join(t('comma'));
      if (names === undefined) this.said = t('proposed', values);
      else this.said = `${names ? t('moved', { names }) : t('moved_none')} ${t('moved_share', values)}`;
    });
  }

  /** Ask what making two posts one would do. */
  async merge(one: number, other: number): Promise<void> {
    await this.working(async () => {
      const asked = { layout: this.inHand(), one, other, choices: $state.snapshot(this.choices) };
      this.merger = await this.api.post<Merger>('/api/studio/merge', asked);
    });
  }

  /** Take the layout with the two made one as B; A is as it was before. */
  takeMerger(): void {
    const found = this.merger;
    if (!found) return;
    if (this.side === 'b') this.layouts.a = copy(this.inHand(), 'A');
    this.turn('b');
    this.take(found.layout);
  }

  private inHand = (): Layout => $state.snapshot(this.layout) as Layout;

  async save(name: string, seed: number): Promise<void> {
    await this.working(async () => {
      const row = await this.api.post<StudyRow>('/api/studies', { ...this.body(), name, seed });
      this.studies = [row, ...this.studies];
      this.said = t('saved', { n: row.id });
      await this.open(row.id);
    });
  }

  async open(number: number): Promise<void> {
    await this.working(async () => this.show(await this.api.get<Study>(`/api/studies/${number}`), true));
  }

  leave(): void {
    clearTimeout(this.poll);
    this.study = this.simulated = null;
    this.changed = false;
    history.replaceState(null, '', '/studio');
    if (this.start) this.choices = { ...this.start.choices, minutes: this.choices.minutes };
    this.moved();
    void this.askNeed();
  }

  async drop(): Promise<void> {
    const study = this.study;
    if (!study) return;
    await this.working(async () => {
      await this.api.post(`/api/studies/${study.id}/drop`);
      this.studies = this.studies.filter((row) => row.id !== study.id);
      this.leave();
    });
  }

  /** Begin, stop or go on with the simulation of the study. */
  async run(what: 'begin' | 'stop' | 'resume'): Promise<void> {
    await this.working(async () => this.show(await this.api.post<Study>(`/api/studies/${this.study?.id}/run`, { run: what }), false));
  }

  private show(study: Study, whole: boolean): void {
    this.study = study;
    this.simulated = study.simulated;
    this.studies = this.studies.map((row) => (row.id === study.id ? study : row));
    if (whole) {
      this.forget();
      this.layouts.a = copy(study.a);
      this.layouts.b = copy(study.b);
      this.choices = study.choices;
      this.figures = study.figures;
      this.changed = false;
      this.picked = null;
      this.undos = [];
      history.replaceState(null, '', `/studio?study=${study.id}`);
    }
    clearTimeout(this.poll);
    if (study.run && ['waiting', 'running'].includes(study.run.state)) this.poll = setTimeout(() => void this.follow(), POLL_MS);
  }

  private async follow(): Promise<void> {
    const number = this.study?.id;
    if (!number) return;
    try {
      const row = await this.api.get<Study>(`/api/studies/${number}`);
      if (this.study?.id === number) this.show(row, false);
    } catch {
      this.poll = setTimeout(() => void this.follow(), 3 * POLL_MS);
    }
  }

  private async working(doing: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.fault = '';
    this.said = '';
    try {
      await doing();
    } catch (error) {
      this.fault = words(error);
    }
    this.busy = false;
  }

  private body() {
    const { a, b } = $state.snapshot(this.layouts) as { a: Layout; b: Layout };
    return { a, b, choices: $state.snapshot(this.choices) as Choices };
  }

  private keep(): void {
    localStorage.setItem(KEEP, JSON.stringify(this.body()));
  }

  private kept(): Draft | null {
    try {
      return JSON.parse(localStorage.getItem(KEEP) ?? 'null') as Draft | null;
    } catch {
      return null;
    }
  }
}

const words = (error: unknown): string => (error instanceof Refused && error.message ? error.message : t('loading_failed'));

export const studio = new Studio();
