/** What a unit does next in its job, and how its view looks while some steps are still unsent. Pure. */

import type { UnitAlarm } from '../shared/contract';

export type Status = 'Available' | 'Assigned' | 'EnRoute' | 'OnScene' | 'OutOfService';
export type StepName = 'accept' | 'enroute' | 'onscene' | 'close';

export interface Standing {
  status: Status;
  secondary: string;
  since_at: string;
  timer_at: string | null;
  alarm: UnitAlarm;
}

/** A step that has been taken but that the server has not confirmed. */
export interface Pending {
  name: StepName | 'available' | 'outofservice' | 'welfare';
  at: string;
  secondary?: string;
}

const AFTER: Record<Pending['name'], { status: Status; secondary: string } | null> = {
  accept: { status: 'Assigned', secondary: 'Accepted' },
  enroute: { status: 'EnRoute', secondary: '' },
  onscene: { status: 'OnScene', secondary: '' },
  close: { status: 'Available', secondary: '' },
  available: { status: 'Available', secondary: '' },
  outofservice: { status: 'OutOfService', secondary: '' },
  welfare: null,
};

/** The one step that the big button offers; null when there is no job. */
export function nextStep(standing: Pick<Standing, 'status' | 'secondary'>): StepName | null {
  switch (standing.status) {
    case 'Assigned':
      return standing.secondary === 'Accepted' ? 'enroute' : 'accept';
    case 'EnRoute':
      return 'onscene';
    case 'OnScene':
      return 'close';
    default:
      return null;
  }
}

/** What the unit looks like once the pending steps are through: the phone shows its own steps at once. */
export function standingAfter(standing: Standing, pending: readonly Pending[]): Standing {
  return pending.reduce((seen, step) => {
    if (step.name === 'welfare') return { ...seen, alarm: seen.alarm === 'panic' ? seen.alarm : '', timer_at: null };
    const next = AFTER[step.name];
    if (!next) return seen;
    return { ...seen, ...next, secondary: step.secondary ?? next.secondary, since_at: step.at, timer_at: null };
  }, standing);
}

/** Body of the status call for a step, with the moment at which the person pressed the button. */
export function statusBody(step: Pending): { status: Status; secondary?: string; at: string } | null {
  const next = AFTER[step.name];
  if (!next || step.name === 'close') return null;
  const secondary = step.secondary ?? next.secondary;
  return secondary ? { status: next.status, secondary, at: step.at } : { status: next.status, at: step.at };
}

export type Welfare = 'none' | 'running' | 'soon' | 'due';
const SOON_MS = 180_000;

/** Whether to ask "are you well": quietly while the timer runs, loudly from three minutes before it alarms. */
export function welfareOf(standing: Standing, now: number): Welfare {
  if (standing.alarm === 'welfare' || standing.alarm === 'silent' || standing.alarm === 'lost') return 'due';
  if (standing.status !== 'OnScene' || !standing.timer_at) return 'none';
  const left = Date.parse(standing.timer_at) - now;
  if (left <= 0) return 'due';
  return left <= SOON_MS ? 'soon' : 'running';
}

/** The part of a kept outbox entry that says which step it is. */
export interface KeptCall {
  path: string;
  body: unknown;
  made_at: string;
  refusal?: string;
}

const STATUS_STEP: Record<Status, Pending['name']> = {
  Available: 'available',
  Assigned: 'accept',
  EnRoute: 'enroute',
  OnScene: 'onscene',
  OutOfService: 'outofservice',
};

/** Steps of one unit among the kept calls; refused ones no longer count. */
export function pendingOf(kept: readonly KeptCall[], unit_id: number): Pending[] {
  const found: Pending[] = [];
  for (const call of kept) {
    if (call.refusal !== undefined) continue;
    const body = (call.body ?? {}) as { status?: Status; secondary?: string; at?: string };
    const at = body.at ?? call.made_at;
    if (call.path === `/api/units/${unit_id}/status` && body.status)
      found.push({ name: STATUS_STEP[body.status], at, ...(body.secondary ? { secondary: body.secondary } : {}) });
    else if (call.path === `/api/units/${unit_id}/welfare`) found.push({ name: 'welfare', at });
    else if (call.path === `/api/units/${unit_id}/close`) found.push({ name: 'close', at });
  }
  return found;
}
