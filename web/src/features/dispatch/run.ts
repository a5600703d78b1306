/** Carrying out a command: the grammar's intention on the rows of the board. */
import type { IncidentRow } from '../../shared/contract';
import { named, t, word, type Values } from '../../shared/i18n/index.svelte';
import * as incidents from '../incidents/acts';
import { spoken } from '../../shared/times';
import { detail } from '../incidents/detail.svelte';
import { desk } from '../live/desk.svelte';
import { send, setStatus, standDown, swap } from './acts';
import { parse, type Command, type World } from './commands';
import { costOf } from './cost';
import type { Lists } from './complete';

/** The parser's view of the board. */
export function world(): World {
  return {
    current: desk.selected?.number ?? '',
    hasIncident: (number) => desk.board.byNumber(number) !== undefined,
    hasUnit: (sign) => desk.board.byCallSign(sign) !== undefined,
    dispositions: desk.dispositions.map((d) => d.code),
  };
}

const VERBS = [
  ['d', 'help_send'], ['s', 'help_status'], ['n', 'help_note'], ['c', 'help_close'], ['f', 'help_find'], ['m', 'help_merge'],
  ['p', 'help_priority'], ['h', 'help_hold'], ['sd', 'help_down'], ['x', 'help_swap'],
  ['a', 'help_level'], ['l', 'help_link'], ['r', 'help_release'], ['o', 'help_open_verb'],
] as const;

/** What completion may offer now. */
export function lists(): Lists {
  return {
    incidents: desk.board.open().map((row) => ({ number: row.number, name: named(row.name) })).sort((a, b) => b.number.localeCompare(a.number)),
    units: [...desk.board.units.values()]
      .map((unit) => ({ call_sign: unit.call_sign, detail: word('st', unit.status), free: unit.status === 'Available' }))
      .sort((a, b) => Number(b.free) - Number(a.free) || a.call_sign.localeCompare(b.call_sign)),
    dispositions: desk.dispositions.map((d) => ({ code: d.code, name: named(d.name) })),
    verbs: VERBS.map(([word_, key]) => ({ word: word_, detail: t(key) })),
  };
}

const row = (number: string): IncidentRow => desk.board.byNumber(number) as IncidentRow;
const unit = (sign: string) => desk.board.byCallSign(sign) as NonNullable<ReturnType<typeof desk.board.byCallSign>>;

/** What the line would do, or what it lacks: shown while it is typed. */
export function preview(line: string): { ok: boolean; text: string } {
  const parsed = parse(line, world());
  if (!parsed.ok) return { ok: false, text: line.trim() ? t(parsed.wrong, { word: parsed.word }) : '' };
  const command = parsed.command;
  const values: Values = {};
  for (const [name, value] of Object.entries(command)) values[name] = typeof value === 'number' ? value : String(value);
  if ('incident' in command) values['incident'] = row(command.incident).number;
  if ('unit' in command) values['unit'] = unit(command.unit).call_sign;
  if (command.do === 'swap') values['other'] = unit(command.other).call_sign;
  if (command.do === 'status') values['status'] = word('st', command.status);
  if (command.do === 'close') values['disposition'] = incidents.dispositionName(command.disposition);
  return { ok: true, text: t(`cmd_${command.do}`, values) };
}

/** What sending would cost another incident, in words; "" where nothing. Shown, and to be confirmed by a second Enter. */
export function costWords(line: string): string {
  const parsed = parse(line, world());
  if (!parsed.ok || parsed.command.do !== 'send') return '';
  const [to, who] = [row(parsed.command.incident), unit(parsed.command.unit)];
  const job = who.incident_id === null ? undefined : desk.board.incidents.get(who.incident_id);
  const cost = costOf(to, who, job, detail.id === to.id ? detail.recommendations : []);
  if (!cost) return '';
  const left = t(cost.others > 0 ? 'cost_leaves_others' : 'cost_leaves_none', { unit: who.call_sign, number: cost.number, name: named(job?.name), others: cost.others });
  const units = { s: t('unit_s'), min: t('unit_min'), h: t('unit_h') };
  const arrives = cost.eta_s === null ? '' : ` ${t('cost_arrives', { time: spoken(cost.eta_s, units) })}`;
  return `${left}${arrives} ${t('cost_confirm')}`;
}

/** Carry a line out. False when it can't be read; what is wrong has been said. */
export async function run(line: string, find: (text: string) => void): Promise<boolean> {
  const parsed = parse(line, world());
  if (!parsed.ok) {
    desk.say(t(parsed.wrong, { word: parsed.word }), 'no');
    return false;
  }
  desk.notices = [];
  await carry(parsed.command, find);
  return true;
}

async function carry(c: Command, find: (text: string) => void): Promise<unknown> {
  switch (c.do) {
    case 'new':
      return (desk.right = 'intake');
    case 'help':
      return (desk.helpOpen = true);
    case 'find':
      return find(c.text);
    case 'open':
      return desk.select(row(c.incident).id);
    case 'print':
      return incidents.print(row(c.incident));
    case 'send':
      return send(row(c.incident), unit(c.unit), c.reason, unit(c.unit).incident_id !== null && unit(c.unit).incident_id !== row(c.incident).id);
    case 'status':
      return setStatus(unit(c.unit), c.status);
    case 'down':
      return standDown(row(c.incident), unit(c.unit));
    case 'swap':
      return swap(row(c.incident), unit(c.unit), unit(c.other));
    case 'note':
      return incidents.addNote(row(c.incident), c.text);
    case 'close':
      return incidents.close(row(c.incident), c.disposition, c.text);
    case 'merge':
      return incidents.merge(row(c.incident), row(c.other));
    case 'link':
      return incidents.link(row(c.incident), row(c.other), c.kind);
    case 'priority':
      return incidents.setPriority(row(c.incident), c.priority, c.reason);
    case 'hold':
      return incidents.hold(row(c.incident), true, c.reason);
    case 'release':
      return incidents.hold(row(c.incident), false, '');
    case 'level':
      return incidents.setLevel(row(c.incident), c.level, c.reason);
    case 'split':
    case 'edit':
      desk.formText = c.do === 'split' ? c.text : '';
      return desk.select(row(c.incident).id, c.do);
    case 'unmerge':
      return incidents.unmerge(row(c.incident));
    case 'cancel':
      return incidents.cancel(row(c.incident), c.reason);
    case 'reopen':
      return incidents.reopen(row(c.incident), c.reason);
  }
}
