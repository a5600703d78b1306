import { describe, expect, it, vi } from 'vitest';
import { Away, Refused } from './api';
import { Outbox } from './outbox';

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
