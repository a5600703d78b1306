/** Places of posts or tasks on the base map, by a shape for each state; the list on the page says the same in words. */
import { maplibre } from '../shared/map';

export interface Dot {
  lon: number;
  lat: number;
  what: 'held' | 'lapsing' | 'bare';
  title: string;
}

/** West, south, east, north. */
export type Box = [number, number, number, number];

const SQUARE = 15;

/**
 * Draw dots (in time, held), rings (lapses soon) and squares (overdue, without a post), each with its name on a click.
 * The map shows those that lie on it, in `within`.
 */
export function drawDots(map: maplibre.Map, dots: Dot[], within: Box = [-180, -90, 180, 90]): void {
  const [west, south, east, north] = within;
  const bounds = new maplibre.LngLatBounds();
  for (const { lon, lat } of dots) {
    if (lon >= west && lon <= east && lat >= south && lat <= north) bounds.extend([lon, lat]);
  }
  map.fitBounds(bounds, { padding: 48, maxZoom: 14.5, animate: false });
  map.on('load', () => layers(map, dots));
}

function layers(map: maplibre.Map, dots: Dot[]): void {
  const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const features = dots.map(({ lon, lat, what, title }) => ({
    type: 'Feature' as const,
    properties: { what, title },
    geometry: { type: 'Point' as const, coordinates: [lon, lat] },
  }));
  map.addSource('dots', { type: 'geojson', data: { type: 'FeatureCollection', features } });
  map.addImage('square', square(ink('--accent'), ink('--n0')));
  map.addLayer({
    id: 'dots-round', type: 'circle', source: 'dots', filter: ['!=', ['get', 'what'], 'bare'],
    paint: {
      'circle-radius': ['case', ['==', ['get', 'what'], 'held'], 4, 8],
      'circle-color': ink('--n9'),
      'circle-opacity': ['case', ['==', ['get', 'what'], 'held'], 1, 0],
      'circle-stroke-width': ['case', ['==', ['get', 'what'], 'held'], 1, 3],
      'circle-stroke-color': ['case', ['==', ['get', 'what'], 'held'], ink('--n0'), ink('--n9')],
    },
  }); // prettier-ignore
  map.addLayer({
    id: 'dots-square', type: 'symbol', source: 'dots', filter: ['==', ['get', 'what'], 'bare'],
    layout: { 'icon-image': 'square', 'icon-allow-overlap': true },
  }); // prettier-ignore
  for (const layer of ['dots-round', 'dots-square']) {
    map.on('click', layer, (event) => tell(map, event));
    map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'));
    map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''));
  }
}

function tell(map: maplibre.Map, event: maplibre.MapLayerMouseEvent): void {
  const titles = new Set((event.features ?? []).map((feature) => String(feature.properties['title'] ?? '')));
  const words = [...titles].filter(Boolean).slice(0, 6).join('\n');
  if (words) new maplibre.Popup({ className: 'said', closeButton: false }).setLngLat(event.lngLat).setText(words).addTo(map);
}

/** A filled square with a rim, as an image for the map. */
function square(fill: string, rim: string): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SQUARE;
  const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
  pen.fillStyle = rim;
  pen.fillRect(0, 0, SQUARE, SQUARE);
  pen.fillStyle = fill;
  pen.fillRect(2, 2, SQUARE - 4, SQUARE - 4);
  return pen.getImageData(0, 0, SQUARE, SQUARE);
}
