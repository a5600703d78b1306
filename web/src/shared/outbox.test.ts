import { describe, expect, it, vi } from 'vitest';
import { Away, Refused } from './api';
import { ASK_AFTER, MOST_TRIES, Outbox, type OutboxOptions } from './outbox';
import { isOrder } from '../features/live/orders';

const shelf = () => {
  const kept = new Map<string, string>();
  return { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) };
};

type Post = (path: string, body: unknown, options: { key?: string }) => Promise<unknown>;
const make = (post: Post, on = shelf()) => new Outbox({ shelf: on, client: { post: post as never } });

describe('the outbox', () => {
  it('sends at once while the server is there', async () => {
    const post = vi.fn<Post>().mockResolvedValue({ id: 1 });
    const outbox = make(post);
    expect(await outbox.send('/a', { x: 1 }, 'a', 'k1')).toEqual({ sent: true, answer: { id: 1 } });
    expect(post).toHaveBeenCalledWith('/a', { x: 1 }, { key: 'k1' });
    expect(outbox.kept).toEqual([]);
  });

  it('keeps while the server is away, and sends in order under the same key on return', async () => {
    let away = true;
    const sent: (string | undefined)[] = [];
    const outbox = make(async (_path, _body, options) => {
      if (away) throw new Away('away');
      sent.push(options.key);
    });
    for (const key of ['k1', 'k2', 'k3']) expect(await outbox.send('/a', {}, key, key)).toEqual({ sent: false });
    away = false;
    expect(await outbox.flush()).toBe(3);
    expect(sent).toEqual(['k1', 'k2', 'k3']);
    expect(outbox.kept).toEqual([]);
  });

  it('does not let a later entry overtake a kept one', async () => {
    const post = vi.fn<Post>().mockRejectedValueOnce(new Away('away')).mockResolvedValue({});
    const outbox = make(post);
    await outbox.send('/first', {}, 'first', 'k1');
    await outbox.send('/second', {}, 'second', 'k2');
    expect(post).toHaveBeenCalledTimes(1);
    await outbox.flush();
    expect(post.mock.calls.map(([path]) => path)).toEqual(['/first', '/first', '/second']);
  });

  it('keeps what was refused on return with the sentence, and goes on with the rest', async () => {
    let away = true;
    const outbox = make(async (path) => {
      if (away) throw new Away('away');
      if (path === '/no') throw new Refused('The incident is closed.', 'closed', 409);
    });
    await outbox.send('/no', {}, 'a', 'k1');
    await outbox.send('/yes', {}, 'b', 'k2');
    away = false;
    expect(await outbox.flush()).toBe(1);
    expect(outbox.kept).toMatchObject([{ key: 'k1', refusal: 'The incident is closed.' }]);
    outbox.drop('k1');
    expect(outbox.kept).toEqual([]);
  });

  it('throws a refusal to the one who asked, and keeps nothing', async () => {
    const outbox = make(() => Promise.reject(new Refused('No.', 'no', 409)));
    await expect(outbox.send('/a', {}, 'a')).rejects.toThrow('No.');
    expect(outbox.kept).toEqual([]);
  });

  it('survives a reload of the page, and unreadable storage', async () => {
    const on = shelf();
    await make(() => Promise.reject(new Away('away')), on).send('/a', {}, 'a', 'k1');
    expect(make(() => Promise.resolve({}), on).kept).toHaveLength(1);
    on.setItem('outbox', '{broken');
    expect(make(() => Promise.resolve({}), on).kept).toEqual([]);
  });
});

describe('entries are bound to who made them', () => {
  const away: Post = () => Promise.reject(new Away('away'));
  const as = (owner: string, post: Post, on: ReturnType<typeof shelf>, more: Partial<OutboxOptions> = {}) =>
    new Outbox({ shelf: on, client: { post: post as never }, owner: () => owner, ...more });

  it('another person sees only how many there are, and sends none', async () => {
    const on = shelf();
    await as('user:1', away, on).send('/a', {}, 'a', 'k1');
    const post = vi.fn<Post>().mockResolvedValue({});
    const other = as('user:2', post, on);
    expect([other.kept, other.others, await other.flush()]).toEqual([[], 1, 0]);
    expect((await other.send('/b', {}, 'b')).sent).toBe(true);
    expect(as('', post, on).kept).toEqual([]);
    expect(await as('user:1', post, on).flush()).toBe(1);
    expect(other.others).toBe(0);
  });

  it('nothing goes when the server says that somebody else is signed in, or says nothing', async () => {
    const on = shelf();
    await as('user:1', away, on).send('/a', {}, 'a', 'k1');
    const post = vi.fn<Post>().mockResolvedValue({});
    expect(await as('user:1', post, on, { who: () => Promise.resolve('user:2') }).flush()).toBe(0);
    expect(await as('user:1', post, on, { who: () => Promise.reject(new Away('away')) }).flush()).toBe(0);
    expect(post).not.toHaveBeenCalled();
    expect(await as('user:1', post, on, { who: () => Promise.resolve('user:1') }).flush()).toBe(1);
  });
});

describe('a fault of the server', () => {
  it('counts as away for a few tries, then as refused', async () => {
    const on = shelf();
    await make(() => Promise.reject(new Away('away')), on).send('/a', {}, 'a', 'k1');
    const outbox = make(() => Promise.reject(new Refused('', 'http_500', 500)), on);
    for (let n = 1; n < MOST_TRIES; n++) {
      await outbox.flush();
      expect(outbox.kept[0]?.refusal).toBeUndefined();
    }
    await outbox.flush();
    expect(outbox.kept[0]?.refusal).toBe('http_500');
  });
});

describe('orders that grew old', () => {
  const T0 = Date.parse('2026-05-04T12:00:00Z');
  let clock = T0;
  const orders = (post: Post, on: ReturnType<typeof shelf>) =>
    new Outbox({ shelf: on, client: { post: post as never }, order: (item) => isOrder(item.path), now: () => new Date(clock).toISOString() });

  it('are asked for again with the orders behind them, while the rest goes', async () => {
    const on = shelf();
    clock = T0;
    const sent: string[] = [];
    let away = true;
    const outbox = orders(async (path) => {
      if (away) throw new Away('away');
      sent.push(path);
    }, on);
    await outbox.send('/api/incidents/1/assignments', {}, 'send', 'k1');
    clock += ASK_AFTER;
    await outbox.send('/api/incidents/1/stand_down', {}, 'down', 'k2');
    await outbox.send('/api/incidents/1/notes', {}, 'note', 'k3');
    clock += 1;
    away = false;
    expect(await outbox.flush()).toBe(1);
    expect(sent).toEqual(['/api/incidents/1/notes']);
    expect(outbox.kept.map((item) => item.asking)).toEqual([true, true]);
    outbox.drop('k1');
    outbox.release('k2');
    expect(await outbox.flush()).toBe(1);
    expect(sent.at(-1)).toBe('/api/incidents/1/stand_down');
  });

  it('go by themselves within the minute', async () => {
    const on = shelf();
    clock = T0;
    let away = true;
    const outbox = orders(async () => {
      if (away) throw new Away('away');
    }, on);
    await outbox.send('/api/incidents/1/close', {}, 'close', 'k1');
    clock += ASK_AFTER;
    away = false;
    expect(await outbox.flush()).toBe(1);
  });

  it('are those that move units or end incidents', () => {
    for (const act of ['assignments', 'stand_down', 'swap', 'close', 'cancel']) expect(isOrder(`/api/incidents/7/${act}`)).toBe(true);
    for (const path of ['/api/incidents', '/api/incidents/7/notes', '/api/incidents/7/priority']) expect(isOrder(path)).toBe(false);
  });
});
