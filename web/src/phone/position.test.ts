import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Refused } from '../shared/api';
import { Position } from './position.svelte';

const T0 = Date.parse('2026-05-04T12:00:00Z');

function setUp(statuses: (number | Refused)[] = []) {
  const kept = new Map<string, string>();
  const store = { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) };
  const sent: { address: string; at: string[] }[] = [];
  const asked: string[] = [];
  let clock = T0;
  const client = { post: async (path: string) => (asked.push(path), { address: `/p/token${asked.length}` }) };
  const send = async (address: string, body: string) => {
    const next = statuses.shift() ?? 200;
    sent.push({ address, at: (JSON.parse(body) as { at: string }[]).map((sample) => sample.at) });
    return next as number;
  };
  const make = () => new Position(client as never, () => new Date(clock).toISOString(), store, send);
  const move = async (position: Position, n: number) => {
    clock += 10_000;
    position.found({ longitude: 24.9 + n / 1000, latitude: 60.1, accuracy: 5, speed: null, heading: null });
    await new Promise((done) => setTimeout(done));
  };
  return { make, move, sent, asked };
}

describe('own position', () => {
  beforeAll(() => vi.stubGlobal('navigator', {}));
  it('goes to an address that is asked for once', async () => {
    const { make, move, sent, asked } = setUp();
    const position = make();
    position.follow(7);
    await move(position, 1);
    await move(position, 2);
    expect(asked).toEqual(['/api/units/7/tracker']);
    expect(sent.map((each) => [each.address, each.at.length])).toEqual([['/p/token1', 1], ['/p/token1', 1]]);
  });
  it('is kept while the server is away, also over a restart, and then goes as one batch in order', async () => {
    const { make, move, sent } = setUp([0, 503, 0]);
    const position = make();
    position.follow(7);
    for (const n of [1, 2, 3]) await move(position, n);
    const again = make();
    await again.flush();
    expect(sent.at(-1)!.at).toHaveLength(3);
    expect([...sent.at(-1)!.at].sort()).toEqual(sent.at(-1)!.at);
    await again.flush();
    expect(sent).toHaveLength(4);
  });
  it('asks for another address when its own is no longer known', async () => {
    const { make, move, sent, asked } = setUp([404]);
    const position = make();
    position.follow(7);
    await move(position, 1);
    expect(asked).toHaveLength(2);
    expect(sent.at(-1)!.address).toBe('/p/token2');
  });
  it('forgets what was kept of another unit', async () => {
    const { make, move, sent } = setUp([0]);
    const position = make();
    position.follow(7);
    await move(position, 1);
    position.follow(null);
    position.follow(8);
    await position.flush();
    expect(sent).toHaveLength(1);
  });
});
