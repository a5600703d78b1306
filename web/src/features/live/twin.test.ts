import { describe, expect, it } from 'vitest';
import { Twin, type Channel, type Message, type Shared } from './twin';

/** Two ends of one channel, delivering at once. */
function pair(): [Channel, Channel] {
  const ends: Channel[] = [];
  for (const i of [0, 1]) {
    ends.push({ onmessage: null, close: () => undefined, postMessage: (data: Message) => ends[1 - i]?.onmessage?.({ data }) });
  }
  return ends as [Channel, Channel];
}

const state = (over: Partial<Shared> = {}): Shared => ({
  selectedId: null, selectedUnit: null, filter: 'all', order: 'urgency', reach: true, addresses: false, addressId: null, theme: 'dark', language: 'en',
  ask: { n: 0, what: 'fit' }, draftPoint: null, picking: false, ...over,
});

describe('two windows of one desk', () => {
  it('tell each other what changed, and only that', () => {
    const [a, b] = pair();
    const heard: Partial<Shared>[] = [];
    const first = new Twin(a, () => undefined);
    new Twin(b, (news) => heard.push(news));
    first.tell(state());
    first.tell(state({ selectedId: 17 }));
    first.tell(state({ selectedId: 17 }));
    expect(heard.slice(1)).toEqual([{ selectedId: 17 }]);
  });

  it('do not echo what they heard', () => {
    const [a, b] = pair();
    const echoes: Partial<Shared>[] = [];
    const first = new Twin(a, (news) => echoes.push(news));
    const second = new Twin(b, (news) => second.tell(state({ ...news })));
    first.tell(state({ selectedId: 17 }));
    expect(echoes).toEqual([]);
  });

  it('bring a window that opens later up to date', () => {
    const [a, b] = pair();
    const heard: Partial<Shared>[] = [];
    new Twin(a, () => undefined).tell(state({ selectedId: 5, filter: 'overdue' }));
    new Twin(b, (news) => heard.push(news));
    expect(heard).toMatchObject([{ selectedId: 5, filter: 'overdue' }]);
  });

  it('hand a click on the map to the window that asked for it', () => {
    const [a, b] = pair();
    const picked: unknown[] = [];
    new Twin(a, () => undefined, (point) => picked.push(point));
    new Twin(b, () => undefined).pick({ lon: 24.9, lat: 60.1 });
    expect(picked).toEqual([{ lon: 24.9, lat: 60.1 }]);
  });
});
