/** Every write about an incident, as one function per human intention; each says what it is in words. */
import type { IncidentDetail, IncidentRow } from '../../shared/contract';
import { named, t, word } from '../../shared/i18n/index.svelte';
import { desk } from '../live/desk.svelte';

type Row = Pick<IncidentRow, 'id' | 'number'>;
const path = (row: Row, what: string): string => `/api/incidents/${row.id}/${what}`;
const post = (row: Row, what: string, body: unknown, label: string) => desk.act<IncidentRow>(path(row, what), body, label);

export const addNote = (row: Row, text: string) =>
  post(row, 'notes', { text }, t('cmd_note', { incident: row.number, text: text.slice(0, 40) }));

export const setPriority = (row: Row, priority: number, reason: string) =>
  post(row, 'priority', { priority, reason }, t('cmd_priority', { incident: row.number, priority, reason }));

export const hold = (row: Row, held: boolean, reason: string) =>
  post(row, 'hold', { held, reason }, held ? t('cmd_hold', { incident: row.number, reason }) : t('cmd_release', { incident: row.number }));

/** Name of a disposition by its code. */
export const dispositionName = (code: string): string =>
  named(desk.dispositions.find((d) => d.code === code)?.name) || code;

export const close = (row: Row, disposition: string, narrative: string, atPost = false) =>
  post(
    row,
    'close',
    { disposition, ...(narrative ? { narrative } : {}), ...(atPost ? { at_post: true } : {}) },
    t('cmd_close', { incident: row.number, disposition: dispositionName(disposition) }),
  );

export const cancel = (row: Row, reason: string) =>
  post(row, 'cancel', { reason }, t('cmd_cancel', { incident: row.number, reason }));

export const reopen = (row: Row, reason: string) =>
  post(row, 'reopen', { reason }, t('cmd_reopen', { incident: row.number, reason }));

export const merge = (row: Row, other: Row) =>
  post(row, 'merge', { into: other.id }, t('cmd_merge', { incident: row.number, other: other.number }));

export const unmerge = (row: Row) => post(row, 'unmerge', {}, `${t('unmerge')} ${row.number}`);

export const link = (row: Row, other: Row, kind: string) =>
  post(row, 'links', { other: other.id, kind }, `${t('cmd_link', { incident: row.number, other: other.number })}, ${word('link', kind)}`);

export const split = (row: Row, type: string, narrative: string) =>
  post(row, 'split', { type, narrative }, `${t('split')} ${row.number}`);

/** A higher alarm level wants more units. */
export const setLevel = (row: Row, level: number, reason: string) =>
  post(row, 'alarm_level', { level, reason }, t('cmd_level', { incident: row.number, level, reason }));

/** A note about premises at the incident's place, good to the end of a day `days` ahead. */
export const addPremise = (row: Row & Pick<IncidentRow, 'lon' | 'lat'>, text: string, reason: string, days: number) =>
  desk.act(
    '/api/premise-notes',
    { text, reason, lon: row.lon, lat: row.lat, expires_at: new Date(Date.now() + desk.board.skew + days * 86_400_000).toISOString() },
    `${t('premise_add')}: ${text.slice(0, 40)}`,
  );

export const withdrawPremise = (id: number, reason: string) =>
  desk.act(`/api/premise-notes/${id}/withdraw`, { reason }, t('premise_withdraw'));

export interface Correction {
  type?: string;
  lon?: number;
  lat?: number;
  address?: string;
}

export const edit = (row: Row, change: Correction) => post(row, 'edit', change, `${t('edit')} ${row.number}`);

/** Files go at once or not at all: they are too large to keep. */
export async function attach(row: Row, file: File): Promise<void> {
  if (desk.away) return desk.say(t('attach_away'), 'no');
  const body = new FormData();
  body.append('file', file);
  try {
    await desk.api.post<IncidentDetail>(path(row, 'attachments'), body);
    desk.say(t('done', { what: `${t('attach')}: ${file.name}` }));
  } catch (error) {
    desk.say(desk.explain(error), 'no');
  }
}

/** Open the printable sheet. */
export const print = (row: Row): void => void window.open(`/incidents/${row.id}/sheet`, '_blank', 'noopener');
