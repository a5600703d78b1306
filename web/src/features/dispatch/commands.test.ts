import { describe, expect, it } from 'vitest';
import { parse, type Command, type World } from './commands';
import { offers, type Lists } from './complete';
import { History } from './history';

const numbers = new Set([142, 143]);
const world: World = {
  current: '0143',
  hasIncident: (number) => numbers.has(Number(number)),
  hasUnit: (sign) => ['m21', 'm22', 'f07'].includes(sign.toLowerCase()),
  dispositions: ['01', '05', '11'],
};

const good: [string, Command][] = [
  ['d 142 m21', { do: 'send', incident: '142', unit: 'm21', reason: '' }],
  ['D 0142 M21 knows the yard', { do: 'send', incident: '0142', unit: 'M21', reason: 'knows the yard' }],
  ['d m21 142', { do: 'send', incident: '142', unit: 'm21', reason: '' }],
  ['d m21', { do: 'send', incident: '0143', unit: 'm21', reason: '' }],
  ['d . m21', { do: 'send', incident: '0143', unit: 'm21', reason: '' }],
  ['派 142 m21', { do: 'send', incident: '142', unit: 'm21', reason: '' }],
  ['s m21 os', { do: 'status', unit: 'm21', status: 'OnScene' }],
  ['s m21 到场', { do: 'status', unit: 'm21', status: 'OnScene' }],
  ['s m21 oos', { do: 'status', unit: 'm21', status: 'OutOfService' }],
  ['n 142 gate  code 41', { do: 'note', incident: '142', text: 'gate code 41' }],
  ['n gate is open', { do: 'note', incident: '0143', text: 'gate is open' }],
  ['c 142 05', { do: 'close', incident: '142', disposition: '05', text: '' }],
  ['c 142 5 settled', { do: 'close', incident: '142', disposition: '05', text: 'settled' }],
  ['f 建设路', { do: 'find', text: '建设路' }],
  ['m 143 142', { do: 'merge', incident: '143', other: '142' }],
  ['l 143 142 child', { do: 'link', incident: '143', other: '142', kind: 'child' }],
  ['p 142 3 child alone', { do: 'priority', incident: '142', priority: 3, reason: 'child alone' }],
  ['h 142 waits for the owner', { do: 'hold', incident: '142', reason: 'waits for the owner' }],
  ['h 142', { do: 'release', incident: '142' }],
  ['sd 142 m21', { do: 'down', incident: '142', unit: 'm21' }],
  ['x 142 m21 m22', { do: 'swap', incident: '142', unit: 'm21', other: 'm22' }],
  ['cancel 142 caller withdrew', { do: 'cancel', incident: '142', reason: 'caller withdrew' }],
  ['a 142 2 second house', { do: 'level', incident: '142', level: 2, reason: 'second house' }],
  ['split 142 the dog', { do: 'split', incident: '142', text: 'the dog' }],
  ['edit 142', { do: 'edit', incident: '142' }],
  ['unmerge', { do: 'unmerge', incident: '0143' }],
  ['142', { do: 'open', incident: '142' }],
  ['new', { do: 'new' }],
  ['?', { do: 'help' }],
];

const bad: [string, string, string][] = [
  ['', 'bad_unknown', ''],
  ['zz 142', 'bad_unknown', 'zz'],
  ['999', 'bad_incident', '999'],
  ['d 999 m21', 'bad_incident', '999'],
  ['d 142', 'bad_no_unit', ''],
  ['d 142 q9', 'bad_unit', 'q9'],
  ['s m21', 'cmd_status_incomplete', ''],
  ['s m21 zz', 'bad_status', 'zz'],
  ['n 142', 'bad_no_text', ''],
  ['c 142', 'bad_no_disposition', ''],
  ['c 142 77', 'bad_disposition', '77'],
  ['m 142 142', 'bad_same', '142'],
  ['m 142 0142', 'bad_same', '0142'],
  ['m 142', 'bad_no_incident', ''],
  ['p 142 11 x', 'bad_priority', '11'],
  ['p 142 3', 'bad_no_reason', ''],
  ['cancel 142', 'bad_no_reason', ''],
  ['a 142 6 x', 'bad_level', '6'],
  ['a 142 2', 'bad_no_reason', ''],
  ['f', 'bad_no_text', ''],
];

describe('the command line', () => {
  it.each(good)('reads "%s"', (line, command) => {
    expect(parse(line, world)).toEqual({ ok: true, command });
  });
  it.each(bad)('says what "%s" lacks: %s', (line, wrong, word) => {
    expect(parse(line, world)).toEqual({ ok: false, wrong, word });
  });
  it('asks for a number when no incident is on show', () => {
    expect(parse('d m21', { ...world, current: '' })).toEqual({ ok: false, wrong: 'bad_no_incident', word: '' });
  });
});

describe('completion', () => {
  const lists: Lists = {
    incidents: [{ number: '0143', name: 'Theft' }, { number: '0142', name: 'Noise' }],
    units: [{ call_sign: 'M21', detail: 'available' }, { call_sign: 'F07', detail: 'on scene' }],
    dispositions: [{ code: '05', name: 'handled, no report needed' }],
    verbs: [{ word: 'd', detail: 'send' }, { word: 's', detail: 'status' }],
  };
  const words = (line: string) => offers(line, lists).map((offer) => offer.line);

  it.each<[string, string[]]>([
    ['', []],
    ['d', ['d ']],
    ['d ', ['d 0143 ', 'd 0142 ']],
    ['d 142', ['d 0142 ']],
    ['d noi', ['d 0142 ']],
    ['d 142 ', ['d 142 M21 ', 'd 142 F07 ']],
    ['d 142 m', ['d 142 M21 ']],
    ['s m21 o', ['s m21 os ', 's m21 oos ']],
    ['c 142 hand', ['c 142 05 ']],
    ['n 142 ga', []],
  ])('after "%s"', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });
});

describe('history', () => {
  it('steps back and forth, keeps no doubles, and gives back what was being typed', () => {
    const kept = new Map<string, string>();
    const shelf = { getItem: (n: string) => kept.get(n) ?? null, setItem: (n: string, v: string) => void kept.set(n, v) };
    const history = new History(shelf);
    for (const line of ['a', 'b', 'a']) history.add(line);
    expect(history.step(-1, 'typ')).toBe('a');
    expect(history.step(-1, '')).toBe('b');
    expect(history.step(-1, '')).toBe('b');
    expect(history.step(1, '')).toBe('a');
    expect(history.step(1, '')).toBe('typ');
    expect(new History(shelf).step(-1, '')).toBe('a');
  });
});
