import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from './contract';
import { backoff, Stream, type Source, type StreamState } from './stream';

class FakeSource implements Source {
  static opened: FakeSource[] = [];
  listeners = new Map<string, (event: MessageEvent<string>) => void>();
  onerror: ((event: Event) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    FakeSource.opened.push(this);
  }
  addEventListener(name: string, listener: (event: MessageEvent<string>) => void) {
    this.listeners.set(name, listener);
  }
  close() {
    this.closed = true;
  }
  say(name: string, data: unknown) {
    this.listeners.get(name)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }
}

const entry = (position: number): Entry => ({ position, verb: 'x.y', subject: 'unit:1', at: '', entered_at: '', facts: {} });
const last = () => FakeSource.opened.at(-1) as FakeSource;

function begin(position = 10) {
  const heard: number[] = [];
  const states: StreamState[] = [];
  const reset = vi.fn();
  const stream = new Stream(
    position,
    { entry: (e) => heard.push(e.position), positions: () => undefined, reset, state: (s) => states.push(s) },
    { open: (url) => new FakeSource(url), silence: 8000 },
  );
  stream.start();
  return { stream, heard, states, reset };
}

describe('the live stream', () => {
  beforeEach(() => {
    FakeSource.opened = [];
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('starts after the position of the board', () => {
    begin(10);
    expect(last().url).toBe('/api/stream?after=10');
  });

  it('leaves out entries that it already had', () => {
    const { heard } = begin(10);
    for (const position of [10, 11, 11, 12, 9]) last().say('entry', entry(position));
    expect(heard).toEqual([11, 12]);
  });

  it('resumes after the last entry when the connection breaks, without a gap or a double', () => {
    const { heard, states } = begin(10);
    last().say('entry', entry(11));
    last().onerror?.(new Event('error'));
    expect(states.at(-1)).toBe('away');
    vi.advanceTimersByTime(600);
    expect(last().url).toBe('/api/stream?after=11');
    for (const position of [11, 12, 13]) last().say('entry', entry(position));
    expect(heard).toEqual([11, 12, 13]);
    expect(states.at(-1)).toBe('live');
  });

  it('takes silence for a break, since the server speaks every two seconds', () => {
    const { states } = begin();
    last().say('tick', { at: '', position: 10 });
    vi.advanceTimersByTime(7999);
    expect(states.at(-1)).toBe('live');
    vi.advanceTimersByTime(2);
    expect(states.at(-1)).toBe('away');
    expect(FakeSource.opened[0]?.closed).toBe(true);
  });

  it('says how old its last word is', () => {
    const { stream } = begin();
    last().say('tick', { at: '', position: 10 });
    vi.advanceTimersByTime(3000);
    expect(stream.age).toBe(3000);
  });

  it('stops at a reset and goes on from the new board', () => {
    const { stream, reset } = begin(10);
    last().say('reset', {});
    expect(reset).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.opened).toHaveLength(1);
    stream.resumeAt(99);
    expect(last().url).toBe('/api/stream?after=99');
  });

  it('ignores what a closed connection still says', () => {
    const { heard } = begin(10);
    const old = last();
    old.onerror?.(new Event('error'));
    vi.advanceTimersByTime(600);
    old.say('entry', entry(11));
    expect(heard).toEqual([]);
  });

  it('tries again at once when nudged while away', () => {
    const { stream } = begin();
    last().onerror?.(new Event('error'));
    stream.nudge();
    expect(FakeSource.opened).toHaveLength(2);
    stream.nudge();
    expect(FakeSource.opened).toHaveLength(2);
  });

  it('waits longer each time, never beyond eight seconds', () => {
    expect([0, 1, 2, 3, 4, 9].map((n) => backoff(n, 0))).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
    expect(backoff(4, 1)).toBe(6000);
  });
});
