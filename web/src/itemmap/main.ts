/**
 * Places of a page on the base map. Where an item was, in the order of its timeline: numbered, with a line between them.
 * Or posts and tasks as dots. Places, never persons.
 */
import './itemmap.css';
import { canDraw, makeMap, maplibre } from '../shared/map';
import { drawDots, type Box, type Dot } from './dots';

interface Point {
  lon: number;
  lat: number;
  what: string;
}
interface Me {
  style: { light: string; dark: string };
  city: { attribution: string; bbox: Box } | null;
}

const box = document.getElementById('itemmap');
const text = document.getElementById('itemmap-data')?.textContent;
if (box && text) void draw(box, JSON.parse(text) as Point[]);

const field = document.getElementById('dotmap');
const dots = document.getElementById('dotmap-data')?.textContent;
if (field && dots) void drawField(field, JSON.parse(dots) as Dot[]);

/** The base map in a box, in the page's theme; null where this browser cannot draw it, or it is not to be had. */
async function baseMap(box: HTMLElement): Promise<{ map: maplibre.Map; me: Me } | null> {
  const answer = canDraw() ? await fetch('/api/me').catch(() => null) : null;
  if (!answer?.ok) return null;
  const me = (await answer.json()) as Me;
  box.hidden = false;
  const said = document.documentElement.dataset['theme'];
  const dark = said ? said === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const map = makeMap({ container: box, style: dark ? me.style.dark : me.style.light, attribution: me.city?.attribution ?? '' });
  map.getCanvas().setAttribute('aria-label', box.dataset['mapLabel'] ?? '');
  return { map, me };
}

/** Put the base map in the place of the drawing that the server made. */
async function drawField(box: HTMLElement, dots: Dot[]): Promise<void> {
  const found = await baseMap(box);
  if (found === null) return;
  box.parentElement?.querySelector('svg')?.setAttribute('hidden', '');
  drawDots(found.map, dots, found.me.city?.bbox);
}

async function draw(box: HTMLElement, points: Point[]): Promise<void> {
  const map = (await baseMap(box))?.map;
  if (!map) {
    box.textContent = box.dataset['off'] ?? '';
    return;
  }
  const bounds = new maplibre.LngLatBounds();
  for (const point of points) bounds.extend([point.lon, point.lat]);
  map.fitBounds(bounds, { padding: 60, maxZoom: 15.5, animate: false });
  map.on('load', () => line(map, points));
  points.forEach((point, at) => mark(point, at + 1).addTo(map));
}

function mark(point: Point, number: number): maplibre.Marker {
  const pin = document.createElement('div');
  pin.className = `pin ${point.what}`;
  pin.textContent = String(number);
  return new maplibre.Marker({ element: pin }).setLngLat([point.lon, point.lat]);
}

function line(map: maplibre.Map, points: Point[]): void {
  const ink = getComputedStyle(document.documentElement).getPropertyValue('--enroute').trim();
  const coordinates = points.map(({ lon, lat }) => [lon, lat]);
  map.addSource('way', { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } } });
  map.addLayer({ id: 'way', type: 'line', source: 'way', paint: { 'line-color': ink, 'line-width': 2.5, 'line-dasharray': [2, 2] } });
}
