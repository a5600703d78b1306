import { describe, expect, it } from 'vitest';
import { Feed } from './feed';
import type { Diff, Mark } from './marks';

const mark = (id: number, lon: number): Mark => ({
  type: 'Feature', id, geometry: { type: 'Point', coordinates: [lon, 60] }, properties: {},
});
const turn = () => new Promise((done) => setTimeout(done));

function setUp() {
  const lons = new Map([[1, 24], [2, 25]]);
  const sent: Diff[] = [];
  const wholes: number[] = [];
  let free: () => void = () => undefined;
  const sink = {
    updateData: (diff: Diff) => (sent.push(diff), new Promise<void>((done) => (free = done))),
    setData: (data: GeoJSON.FeatureCollection) => wholes.push(data.features.length),
  };
  const feed = new Feed(() => sink, (id) => (lons.has(id) ? mark(id, lons.get(id)!) : null));
  feed.all([...lons].map(([id, lon]) => mark(id, lon)));
  return { lons, sent, wholes, feed, free: () => free() };
}

describe('a source of the map', () => {
  it('is told one update at a time, and of what changed meanwhile once, as it is then', async () => {
    const { lons, sent, feed, free } = setUp();
    for (let n = 1; n <= 50; n++) {
      lons.set(1, 24 + n / 100);
      feed.change([1]);
    }
    expect(sent).toHaveLength(1);
    expect(sent[0]!.update[0]!.newGeometry!.coordinates[0]).toBe(24.01);
    free();
    await turn();
    expect(sent).toHaveLength(2);
    expect(sent[1]!.update[0]!.newGeometry!.coordinates[0]).toBe(24.5);
    free();
    await turn();
    expect(sent).toHaveLength(2);
  });
  it('is told nothing of what looks as before, and of what is gone', async () => {
    const { lons, sent, feed } = setUp();
    feed.change([1]);
    expect(sent).toHaveLength(0);
    lons.delete(2);
    await turn();
    feed.change([2]);
    expect(sent[0]!.remove).toEqual([2]);
  });
  it('begins anew with everything, whatever was under way', async () => {
    const { lons, sent, wholes, feed, free } = setUp();
    lons.set(1, 30);
    feed.change([1]);
    feed.all([mark(1, 30)]);
    free();
    await turn();
    lons.set(1, 31);
    feed.change([1]);
    expect(wholes).toEqual([2, 1]);
    expect(sent.map((diff) => diff.update[0]!.newGeometry!.coordinates[0])).toEqual([30, 31]);
  });
});
