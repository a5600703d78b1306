import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Away, Refused } from '../shared/api';
import { Panic } from './panic.svelte';

type Answer = 'ok' | 'away' | 'no';

function phone(answers: Answer[]) {
  const sent: { on: boolean; lon?: number }[] = [];
  const post = vi.fn(async (_path: string, body: unknown) => {
    sent.push(body as { on: boolean });
    const answer = answers.shift() ?? 'ok';
    if (answer === 'away') throw new Away('away');
    if (answer === 'no') throw new Refused('Not your unit.', 'not_allowed', 403);
    return {} as never;
  });
  return { sent, panic: new Panic({ post: post as never }, () => 5, () => ({ lon: 24.94, lat: 60.17, at: '', accuracy_m: 5 })) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('calls at once with the own position and goes on sending it until ended', async () => {
  const { sent, panic } = phone([]);
  panic.call();
  await vi.advanceTimersByTimeAsync(0);
  expect(panic.state).toBe('on');
  await vi.advanceTimersByTimeAsync(6_100);
  expect(sent).toHaveLength(3);
  expect(sent[0]).toEqual({ on: true, lon: 24.94, lat: 60.17 });
  panic.end();
  await vi.advanceTimersByTimeAsync(0);
  expect([panic.state, sent.at(-1)]).toEqual(['off', { on: false }]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(sent).toHaveLength(4);
});

it('says that it is not through, and keeps trying', async () => {
  const { sent, panic } = phone(['away', 'away', 'ok']);
  panic.call();
  await vi.advanceTimersByTimeAsync(0);
  expect(panic.state).toBe('unsent');
  await vi.advanceTimersByTimeAsync(6_100);
  expect([panic.state, sent.length]).toEqual(['on', 3]);
});

it('shows the sentence of a refusal', async () => {
  const { panic } = phone(['no']);
  panic.call();
  await vi.advanceTimersByTimeAsync(0);
  expect([panic.state, panic.refusal]).toEqual(['unsent', 'Not your unit.']);
});

it('is not ended by a view from before the call, but by dispatch afterwards', async () => {
  const { panic } = phone([]);
  panic.seen(false);
  panic.call();
  await vi.advanceTimersByTimeAsync(0);
  panic.seen(false);
  expect(panic.state).toBe('on');
  panic.seen(true);
  panic.seen(false);
  expect(panic.state).toBe('off');
});

it('stands again on a page opened anew', async () => {
  const { sent, panic } = phone([]);
  panic.seen(true);
  expect(panic.state).toBe('on');
  await vi.advanceTimersByTimeAsync(3_100);
  expect(sent[0]!.on).toBe(true);
});

it('keeps trying to end when the end did not get through', async () => {
  const { sent, panic } = phone(['ok', 'away', 'ok']);
  panic.call();
  await vi.advanceTimersByTimeAsync(0);
  panic.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(panic.state).toBe('on');
  await vi.advanceTimersByTimeAsync(3_100);
  expect([panic.state, sent.map((body) => body.on)]).toEqual(['off', [true, false, false]]);
});
