/** Every write about units and who goes where. */
import type { IncidentRow, Recommendation, UnitRow } from '../../shared/contract';
import { t, word } from '../../shared/i18n/index.svelte';
import { desk } from '../live/desk.svelte';

type Row = Pick<IncidentRow, 'id' | 'number'>;
type Unit = Pick<UnitRow, 'id' | 'call_sign'>;
const path = (row: Row, what: string): string => `/api/incidents/${row.id}/${what}`;

export const send = (row: Row, unit: Unit, reason = '', preempt = false) =>
  desk.act(
    path(row, 'assignments'),
    { unit_id: unit.id, ...(reason ? { reason } : {}), ...(preempt ? { preempt: true } : {}) },
    t('cmd_send', { unit: unit.call_sign, incident: row.number }),
  );

export const standDown = (row: Row, unit: Unit) =>
  desk.act(path(row, 'stand_down'), { unit_id: unit.id }, t('cmd_down', { unit: unit.call_sign, incident: row.number }));

export const swap = (row: Row, out: Unit, into: Unit, reason = '') =>
  desk.act(
    path(row, 'swap'),
    { out_unit_id: out.id, in_unit_id: into.id, ...(reason ? { reason } : {}) },
    t('cmd_swap', { unit: out.call_sign, other: into.call_sign, incident: row.number }),
  );

export const setStatus = (unit: Unit, status: string, secondary?: string) =>
  desk.act(
    `/api/units/${unit.id}/status`,
    { status, ...(secondary ? { secondary } : {}) },
    t('cmd_status', { unit: unit.call_sign, status: word('st', status) }),
  );

export const watchLone = (unit: Unit, minutes: number) =>
  desk.act(`/api/units/${unit.id}/lone`, { minutes }, t(minutes ? 'cmd_lone' : 'cmd_lone_end', { unit: unit.call_sign, minutes }));

/** The recommendation as a unit. */
export const unitOf = (r: Recommendation): Unit => ({ id: r.unit_id, call_sign: r.call_sign });
