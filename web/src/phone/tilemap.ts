/** The same way over the streets of our own base map. Loaded only when there is a job to go to. */
import type { Feature, FeatureCollection } from 'geojson';
import { canDraw, makeMap, maplibre } from '../shared/map';
import type { Point } from './way';

export interface Way {
  to: Point;
  here: Point | null;
  route: readonly [number, number][];
}

export interface TileMap {
  show(way: Way): void;
  remove(): void;
}

/** Draw into a box; `ready` once the streets are there. Null where this browser can't. */
export function tileMap(container: HTMLElement, style: string, ready: () => void): TileMap | null {
  if (!canDraw()) return null;
  const map = makeMap({ container, style, interactive: false });
  const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const job = new maplibre.Marker({ element: diamond(ink('--alarm'), ink('--n0')) });
  let way: Way | null = null;
  let loaded = false;

  function draw(): void {
    if (!way || !loaded) return;
    const { to, here, route } = way;
    source('way')?.setData(line(route.length > 1 ? route : here ? [[here.lon, here.lat], [to.lon, to.lat]] : []));
    source('here')?.setData(point(here));
    job.setLngLat([to.lon, to.lat]).addTo(map);
    const bounds = new maplibre.LngLatBounds([to.lon, to.lat], [to.lon, to.lat]);
    for (const [lon, lat] of route) bounds.extend([lon, lat]);
    if (here) bounds.extend([here.lon, here.lat]);
    map.fitBounds(bounds, { padding: 36, maxZoom: 16.5, animate: false });
  }
  const source = (name: string): maplibre.GeoJSONSource | undefined => map.getSource<maplibre.GeoJSONSource>(name);

  map.on('load', () => {
    map.addSource('way', { type: 'geojson', data: line([]) });
    map.addSource('here', { type: 'geojson', data: point(null) });
    const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
    map.addLayer({ id: 'way-edge', type: 'line', source: 'way', layout: round, paint: { 'line-color': ink('--n0'), 'line-width': 9 } });
    map.addLayer({ id: 'way', type: 'line', source: 'way', layout: round, paint: { 'line-color': ink('--enroute'), 'line-width': 5 } });
    map.addLayer({ id: 'here', type: 'circle', source: 'here', paint: {
      'circle-radius': 7, 'circle-color': ink('--n0'), 'circle-stroke-width': 4, 'circle-stroke-color': ink('--enroute'),
    } });
    loaded = true;
    ready();
    map.resize();
    draw();
    requestAnimationFrame(() => {
      map.resize();
      draw();
    });
  });

  return {
    show(next) {
      way = next;
      draw();
    },
    remove: () => map.remove(),
  };
}

function line(coordinates: readonly [number, number][]): Feature {
  return { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: coordinates.map((c) => [...c]) } };
}

function point(at: Point | null): FeatureCollection {
  const features: Feature[] = at
    ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } }]
    : [];
  return { type: 'FeatureCollection', features };
}

function diamond(fill: string, edge: string): HTMLElement {
  const frame = document.createElement('div');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '-14 -14 28 28');
  svg.setAttribute('width', '28');
  svg.setAttribute('height', '28');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M0-12 12 0 0 12-12 0z');
  path.setAttribute('fill', fill);
  path.setAttribute('stroke', edge);
  path.setAttribute('stroke-width', '2.5');
  svg.append(path);
  frame.append(svg);
  return frame;
}
