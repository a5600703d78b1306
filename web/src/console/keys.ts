/** One key, one act. Letters count only where nobody is typing. */
import { chooser } from '../features/dispatch/chooser.svelte';
import * as incidents from '../features/incidents/acts';
import { detail } from '../features/incidents/detail.svelte';
import { step } from '../features/incidents/queue.svelte';
import { alarmList, show } from '../features/live/alarmlist.svelte';
import { desk, type Form } from '../features/live/desk.svelte';
import { isOpen } from '../shared/contract';

export interface Hands {
  command(): void;
  panes(back: boolean): void;
  toQueue(): void;
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('form') !== null || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  (target as HTMLInputElement).type !== 'range';

const form = (name: Form) => {
  if (desk.selected) desk.form = desk.form === name ? '' : name;
};

const ask = (what: 'fit' | 'centre') => void (desk.ask = { n: desk.ask.n + 1, what });

function hold(): void {
  const row = desk.selected;
  if (!row || !desk.may('dispatch.assign')) return;
  if (row.held) void incidents.hold(row, false, '');
  else form('hold');
}

function escape(): void {
  if (desk.helpOpen) desk.helpOpen = false;
  else if (chooser.asking) chooser.drop();
  else if (desk.form) desk.form = '';
  else if (desk.right === 'addresses' && desk.addressId !== null) desk.openAddress(null);
  else if (desk.right !== 'incident') desk.right = 'incident';
  else if (desk.replayAt !== null) desk.replayAt = null;
  else if (desk.notices.length) desk.notices = [];
  else desk.draftPoint = null;
}

function toRecommendations(): void {
  document.querySelector<HTMLElement>('[data-region="recommendations"] button')?.focus();
}

const LETTERS: Record<string, (hands: Hands) => void> = {
  n: () => desk.may('incidents.report') && desk.replayAt === null && (desk.right = 'intake'),
  '/': (hands) => hands.command(),
  j: () => step(1),
  k: () => step(-1),
  arrowdown: () => step(1),
  arrowup: () => step(-1),
  d: toRecommendations,
  m: () => form('note'),
  c: () => desk.may('incidents.close') && desk.selected && isOpen(desk.selected) && form('close'),
  p: () => desk.may('incidents.edit') && form('priority'),
  h: hold,
  g: () => ask('centre'),
  '0': () => ask('fit'),
  v: () => (desk.reach = !desk.reach),
  b: () => desk.may('places.view') && desk.showAddresses(!desk.addresses),
  l: () => desk.may('places.view') && desk.openAddress(null),
  s: () => (desk.sound = !desk.sound),
  t: () => desk.selected && incidents.print(desk.selected),
  r: () => desk.may('replay.view') && (desk.replayAt = desk.replayAt === null ? new Date().toISOString() : null),
  a: () => {
    const first = alarmList()[0];
    if (first) show(first);
  },
  o: () => (desk.moreOpen = true),
  '?': () => (desk.helpOpen = true),
};

/** Handle a key of the whole window. */
export function pressed(event: KeyboardEvent, hands: Hands): void {
  if (event.key === 'F6') {
    event.preventDefault();
    hands.panes(event.shiftKey);
    return;
  }
  if (event.key === 'Escape') return escape();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || desk.helpOpen || desk.moreOpen) return;
  if (/^[1-9]$/.test(event.key)) {
    const choice = detail.recommendations[Number(event.key) - 1];
    if (choice && desk.selected && desk.right === 'incident' && desk.replayAt === null) chooser.choose(desk.selected, choice, detail.recommendations);
    return;
  }
  const arrows = event.key.startsWith('Arrow');
  if (arrows && event.target instanceof HTMLElement && event.target.closest('.maplibregl-map, [role="separator"], input, [role="listbox"]')) return;
  const work = LETTERS[event.key.toLowerCase()];
  if (!work) return;
  event.preventDefault();
  work(hands);
}
