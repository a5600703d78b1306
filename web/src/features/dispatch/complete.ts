/** What could come next on the command line. Pure. */
import { STATUS_WORDS, verbOf, type Command } from './commands';

export interface Offer {
  /** The whole line with this offer taken. */
  line: string;
  word: string;
  detail: string;
}

export interface Lists {
  incidents: readonly { number: string; name: string }[];
  units: readonly { call_sign: string; detail: string }[];
  dispositions: readonly { code: string; name: string }[];
  verbs: readonly { word: string; detail: string }[];
}

type Slot = 'incident' | 'unit' | 'status' | 'disposition' | 'verb' | 'none';

const SLOTS: Partial<Record<Command['do'], Slot[]>> = {
  send: ['incident', 'unit'],
  status: ['unit', 'status'],
  note: ['incident'],
  close: ['incident', 'disposition'],
  merge: ['incident', 'incident'],
  link: ['incident', 'incident'],
  priority: ['incident'],
  hold: ['incident'],
  release: ['incident'],
  down: ['incident', 'unit'],
  swap: ['incident', 'unit', 'unit'],
  cancel: ['incident'],
  reopen: ['incident'],
  print: ['incident'],
  level: ['incident'],
  split: ['incident'],
  edit: ['incident'],
  unmerge: ['incident'],
  open: ['incident'],
};

/** Offers for the word under the cursor at the end of the line, best first. */
export function offers(line: string, lists: Lists, limit = 7): Offer[] {
  const words = line.trimStart().split(/\s+/u);
  const last = words.at(-1) ?? '';
  const verb = words.length > 1 ? verbOf(words[0] ?? '') : undefined;
  const slot: Slot = words.length <= 1 ? 'verb' : ((verb && SLOTS[verb]?.[words.length - 2]) ?? 'none');
  if (slot === 'verb' && last === '') return [];
  const head = words.slice(0, -1).join(' ');
  return candidates(slot, lists)
    .filter((c) => matches(c, last.toLowerCase(), slot))
    .slice(0, limit)
    .map((c) => ({ word: c.word, detail: c.detail, line: `${head ? `${head} ` : ''}${c.word} ` }));
}

interface Candidate {
  word: string;
  detail: string;
}

function candidates(slot: Slot, lists: Lists): Candidate[] {
  switch (slot) {
    case 'verb':
      return [...lists.verbs, ...lists.incidents.map((i) => ({ word: i.number, detail: i.name }))];
    case 'incident':
      return lists.incidents.map((i) => ({ word: i.number, detail: i.name }));
    case 'unit':
      return lists.units.map((u) => ({ word: u.call_sign, detail: u.detail }));
    case 'disposition':
      return lists.dispositions.map((d) => ({ word: d.code, detail: d.name }));
    case 'status':
      return ['av', 'er', 'os', 'oos'].map((word) => ({ word, detail: STATUS_WORDS[word] ?? '' }));
    case 'none':
      return [];
  }
}

/** By the start of the word (leading zeros of numbers may be left out), or for lists of names by a part of the name. */
function matches(candidate: Candidate, typed: string, slot: Slot): boolean {
  const word = candidate.word.toLowerCase();
  if (word.startsWith(typed) || word.replace(/^0+/, '').startsWith(typed)) return true;
  return slot !== 'verb' && typed.length > 1 && candidate.detail.toLowerCase().includes(typed);
}
