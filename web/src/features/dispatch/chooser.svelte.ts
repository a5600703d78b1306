/** Choosing a unit from the recommendation: the first goes at once; another, or a busy one, asks a line first. */
import type { IncidentRow, Recommendation } from '../../shared/contract';
import { desk } from '../live/desk.svelte';
import { send, unitOf } from './acts';

class Chooser {
  asking = $state.raw<Recommendation | null>(null);
  kind = $state<'override' | 'preempt'>('override');
  reason = $state('');

  choose(row: IncidentRow, choice: Recommendation, list: readonly Recommendation[]): void {
    if (!desk.may('dispatch.assign')) return;
    const first = list.find((r) => !row.units.includes(r.unit_id));
    if (this.asking?.unit_id === choice.unit_id) {
      void this.confirm(row);
    } else if (choice.busy || (first && choice.unit_id !== first.unit_id)) {
      this.kind = choice.busy ? 'preempt' : 'override';
      this.reason = '';
      this.asking = choice;
    } else {
      this.drop();
      void send(row, unitOf(choice));
    }
  }

  async confirm(row: IncidentRow): Promise<void> {
    const choice = this.asking;
    if (!choice) return;
    const [reason, preempt] = [this.reason.trim(), this.kind === 'preempt'];
    this.drop();
    await send(row, unitOf(choice), reason, preempt);
  }

  drop(): void {
    this.asking = null;
    this.reason = '';
  }
}

export const chooser = new Chooser();
