/** The chosen incident in full: detail, timeline, recommendations; fetched again when the stream says it changed. */
import { Away } from '../../shared/api';
import type { Entry, IncidentDetail, Recommendation, TimelineEntry } from '../../shared/contract';
import { isOpen } from '../../shared/contract';
import { desk } from '../live/desk.svelte';

class Detail {
  id: number | null = null;
  incident = $state.raw<IncidentDetail | null>(null);
  timeline = $state.raw<TimelineEntry[]>([]);
  recommendations = $state.raw<Recommendation[]>([]);
  recommended = $state(false);
  callers = $state(false);
  reasonWanted = $state(false);
  #known = new Map<number, { caller: string | null; phone: string | null }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setInterval> | undefined;
  #abort = new AbortController();

  /** Show an incident, or none. */
  show(id: number | null): void {
    if (id === this.id) return;
    this.id = id;
    this.incident = null;
    this.timeline = [];
    this.recommendations = [];
    this.recommended = this.callers = this.reasonWanted = false;
    this.#known.clear();
    this.#abort.abort();
    this.#abort = new AbortController();
    clearInterval(this.#again);
    if (id === null) return;
    this.refresh(0);
    this.#again = setInterval(() => void this.#recommend(), 15_000);
  }

  /** Fetch again soon; asks within `wait` ms are one. */
  refresh(wait = 200): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#load(), wait);
  }

  /** Show callers and telephones: asked for once, for every look is written in the journal, with its reason. */
  async consult(reason: string): Promise<void> {
    const id = this.id;
    if (id === null) return;
    try {
      const seen = await desk.api.get<IncidentDetail>(`/api/incidents/${id}`, { callers: 1, reason });
      if (id !== this.id) return;
      for (const { id: report, caller, phone } of seen.reports) this.#known.set(report, { caller, phone });
      this.callers = true;
      this.incident = this.#withCallers(seen);
    } catch (error) {
      this.reasonWanted = true;
      desk.say(desk.explain(error), 'no');
    }
  }

  /** Say what for one reads it without a part in it; what people said is then shown. */
  async state(purpose: string, reason: string): Promise<boolean> {
    const id = this.id;
    if (id === null) return false;
    try {
      await desk.api.post(`/api/incidents/${id}/purpose`, { purpose, reason });
      await this.#load();
      return true;
    } catch (error) {
      desk.say(desk.explain(error), 'no');
      return false;
    }
  }

  #withCallers(incident: IncidentDetail): IncidentDetail {
    return { ...incident, reports: incident.reports.map((r) => ({ ...r, ...this.#known.get(r.id) })) };
  }

  /** What the stream says: entries about this incident, its case, or units sent to it. */
  heard(entry: Entry): void {
    if (this.id === null || desk.replayAt !== null) return;
    const mine = entry.subject === `incident:${this.id}` || entry.case === `incident:${this.id}`;
    const unit = entry.subject.startsWith('unit:') && this.#concerns(Number(entry.subject.slice(5)));
    if (mine || unit || entry.facts?.['incident'] === this.id) this.refresh();
  }

  #concerns(unit: number): boolean {
    return Boolean(this.incident?.assignments.some((a) => a.unit_id === unit && !a.cleared_at));
  }

  async #load(): Promise<void> {
    const id = this.id;
    if (id === null || desk.replayAt !== null) return;
    const signal = this.#abort.signal;
    const options = { signal };
    try {
      const [incident, timeline] = await Promise.all([
        desk.api.get<IncidentDetail>(`/api/incidents/${id}`, {}, options),
        desk.api.get<TimelineEntry[]>(`/api/incidents/${id}/timeline`, {}, options),
      ]);
      if (id !== this.id) return;
      this.incident = this.#withCallers(incident);
      this.timeline = timeline;
      desk.board.put(incident);
      await this.#recommend();
    } catch (error) {
      if (signal.aborted || error instanceof Away) return;
      desk.say(desk.explain(error), 'no');
    }
  }

  async #recommend(): Promise<void> {
    const id = this.id;
    if (id === null || !this.incident || !isOpen(this.incident) || desk.away || desk.replayAt !== null) {
      this.recommendations = [];
      return;
    }
    try {
      const path = `/api/incidents/${id}/recommendations`;
      const found = await desk.api.get<Recommendation[]>(path, { limit: 9 }, { signal: this.#abort.signal });
      if (id !== this.id) return;
      this.recommendations = found;
      this.recommended = true;
    } catch {
      if (id === this.id) this.recommended = true;
    }
  }
}

export const detail = new Detail();
