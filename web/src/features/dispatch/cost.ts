/** What it costs to send a unit that is busy elsewhere. Pure. */
import type { IncidentRow, Recommendation, UnitRow } from '../../shared/contract';

export interface Cost {
  /** Number of the incident that would lose the unit. */
  number: string;
  /** Others still at that incident. */
  others: number;
  /** Seconds until the unit would arrive, where the recommendation says. */
  eta_s: number | null;
}

/** The cost of sending `unit` to `row`, or null where it leaves nothing. `jobs` finds the incident it is on. */
export function costOf(
  row: Pick<IncidentRow, 'id'>,
  unit: Pick<UnitRow, 'id' | 'incident_id'>,
  job: Pick<IncidentRow, 'number' | 'units'> | undefined,
  list: readonly Pick<Recommendation, 'unit_id' | 'preempt'>[] = [],
): Cost | null {
  if (unit.incident_id === null || unit.incident_id === row.id) return null;
  const preempt = list.find((r) => r.unit_id === unit.id)?.preempt;
  return {
    number: preempt?.number ?? job?.number ?? String(unit.incident_id),
    others: (job?.units ?? []).filter((id) => id !== unit.id).length,
    eta_s: preempt?.eta_s ?? null,
  };
}
