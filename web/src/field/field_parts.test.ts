import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { Away, Refused } from '../shared/api';
import { NotReadable, OfAnother, pack, unpack } from './carry';
import { en } from './i18n/en';
import { zh } from './i18n/zh';
import { batches, Sender } from './sender';
import { MOST_SENT, Store } from './store';
import type { FieldRecord } from './types';

const ME = 'user:7';
let store: Store;
let count = 0;

beforeEach(() => {
  store = new Store(`test-${(count += 1)}`);
});

const at = (minute: number): string => new Date(Date.UTC(2026, 4, 4, 12, minute)).toISOString();

const record = (id: string, over: Partial<FieldRecord> = {}): FieldRecord => ({
  id, owner: ME, code: 'visit', version: '1', name: 'Visit', name_zh: '走访', state: 'ready', task: null,
  xml: `<data><photo>${id}.jpg</photo></data>`, changed_at: at(0), ...over,
});

const photo = (id: string, size = 10) => ({ record: id, name: `${id}.jpg`, blob: new Blob(['x'.repeat(size)], { type: 'image/jpeg' }) });

/** A server that keeps what arrives, and can be told to cut the answer off. */
class Server {
  taken: Record<string, Record<string, number>> = {};
  owners: string[] = [];
  asked = 0;
  post = async (_path: string, body?: unknown): Promise<never> => {
    const form = body as FormData;
    const instance = (await (form.get('xml_submission_file') as Blob).text()).match(/>(\w+)\.jpg</)![1]!;
    const fault = this.before(instance, form);
    const held = (this.taken[instance] ??= {});
    for (const [name, value] of form) if (name.endsWith('.jpg')) held[name] = (held[name] ?? 0) + (value as Blob).size;
    this.owners.push(String(form.get('owner')));
    if (fault) throw fault;
    this.after();
    return {} as never;
  };
  get = async (_path: string, query?: Record<string, unknown>): Promise<never> => {
    this.asked += 1;
    const files = this.taken[String(query?.['instance'])] ?? {};
    return { complete: `${query?.['instance']}.jpg` in files, files } as never;
  };
  before: (instance: string, form: FormData) => Error | undefined = () => undefined;
  after: () => void = () => undefined;
}

const states = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await store.records.toArray()).map((row) => [row.id, row.state]));

describe('the sender', () => {
  it('sends oldest first, each once with its files, and forgets their words', async () => {
    const server = new Server();
    await store.records.bulkPut([record('b', { changed_at: at(2) }), record('a', { changed_at: at(1) })]);
    await store.files.bulkPut([photo('a'), photo('b')]);
    expect(await new Sender(store, server as never).flush(ME)).toBe(2);
    expect(Object.keys(server.taken)).toEqual(['a', 'b']);
    expect(await states()).toEqual({ a: 'sent', b: 'sent' });
    expect((await store.records.get('a'))!.xml).toBe('');
    expect(await store.files.count()).toBe(0);
    expect(await new Sender(store, server as never).flush(ME)).toBe(0);
  });

  it('asks after a cut what has arrived, and sends nothing twice', async () => {
    const server = new Server();
    await store.records.put(record('a'));
    await store.files.put(photo('a'));
    server.after = () => {
      throw new Away('away');
    };
    expect(await new Sender(store, server as never).flush(ME)).toBe(0);
    expect(await states()).toEqual({ a: 'ready' });
    server.after = () => undefined;
    expect(await new Sender(store, server as never).flush(ME)).toBe(1);
    expect([server.asked, server.taken['a']!['a.jpg']]).toEqual([1, 10]);
  });

  it('keeps what is refused with the sentence, and goes on with the next', async () => {
    const server = new Server();
    server.before = (instance) => (instance === 'a' ? new Refused('Draft.', 'cannot_receive', 409) : undefined);
    await store.records.bulkPut([record('a', { changed_at: at(1) }), record('b', { changed_at: at(2) })]);
    await new Sender(store, server as never).flush(ME);
    expect(await states()).toEqual({ a: 'refused', b: 'sent' });
    expect(await store.records.get('a')).toMatchObject({ refusal: 'Draft.', xml: '<data><photo>a.jpg</photo></data>' });
  });

  it.each([401, 403, 423, 429, 500])('waits with everything on %i', async (status) => {
    const server = new Server();
    server.before = () => new Refused('', 'x', status);
    await store.records.bulkPut([record('a'), record('b')]);
    await new Sender(store, server as never).flush(ME);
    expect(await states()).toEqual({ a: 'ready', b: 'ready' });
  });

  it('sends neither drafts nor what another filled in, nor a photo that was taken back', async () => {
    const server = new Server();
    await store.records.bulkPut([record('a'), record('d', { state: 'draft' }), record('o', { owner: 'user:8' })]);
    await store.files.bulkPut([photo('a'), { ...photo('a'), name: 'old.jpg' }]);
    await new Sender(store, server as never).flush(ME);
    expect(server.taken).toEqual({ a: { 'a.jpg': 10 } });
    expect(server.owners).toEqual([ME]);
    expect(await store.othersUnsent(ME)).toBe(1);
  });

  it('divides files into sendings that the server takes', () => {
    const sizes = (made: { blob: { size: number } }[][]) => made.map((batch) => batch.map((file) => file.blob.size));
    const of = (...all: number[]) => all.map((size) => ({ blob: { size } }));
    expect(sizes(batches(of(), 10))).toEqual([[]]);
    expect(sizes(batches(of(4, 4, 4), 10))).toEqual([[4, 4], [4]]);
    expect(sizes(batches(of(12, 1), 10))).toEqual([[12], [1]]);
  });
});

describe('what the phone keeps', () => {
  it('remembers a limited number of what was sent', async () => {
    await store.records.bulkPut(Array.from({ length: MOST_SENT + 5 }, (_, n) => record(`r${n}`, { changed_at: at(n) })));
    for (let n = 0; n < MOST_SENT + 5; n += 1) await store.settle(`r${n}`, at(n));
    expect(await store.records.count()).toBe(MOST_SENT);
    expect(await store.records.get('r0')).toBeUndefined();
  });

  it('carries unsent records with their files to another phone, each once', async () => {
    await store.records.bulkPut([record('a'), record('s', { state: 'sent' }), record('d', { state: 'draft' })]);
    await store.files.put(photo('a', 100_000));
    const text = await pack(store, ME);
    const other = new Store(`other-${count}`);
    expect(await unpack(other, ME, text)).toBe(2);
    expect(await unpack(other, ME, text)).toBe(0);
    expect((await other.records.toArray()).map((row) => row.id).sort()).toEqual(['a', 'd']);
    expect(await (await other.fileOf('a', 'a.jpg'))!.text()).toBe('x'.repeat(100_000));
    await expect(unpack(other, 'user:8', text)).rejects.toThrow(OfAnother);
    await expect(unpack(other, ME, 'not a file of ours')).rejects.toThrow(NotReadable);
  });

  it('gives the phone one name for good', async () => {
    expect(await store.device()).toBe(await store.device());
    expect(await store.device()).toMatch(/^browser:[0-9a-f]{12}$/);
  });
});

describe('the words', () => {
  it('are the same keys with the same places in both languages', () => {
    const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
    for (const [key, text] of Object.entries(en)) expect(places(zh[key as keyof typeof en])).toEqual(places(text));
  });
});
