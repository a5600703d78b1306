/** A track on the map: its line, its stops, and the mark of where the unit is. */
import { makeMap, maplibre, type MapLibre } from '../shared/map';
import { linesOf, type TrackData } from './playback';

const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function dark(): boolean {
  const said = document.documentElement.dataset['theme'];
  return said ? said === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Draw into a box; gives what moves the mark. */
export function drawTrack(container: HTMLElement, data: TrackData, label: string): (place: [number, number]) => void {
  const map = makeMap({ container, style: data.styles[dark() ? 'dark' : 'light'], attribution: data.attribution });
  map.getCanvas().setAttribute('aria-label', label);
  map.on('load', () => dress(map, data));
  const dot = document.createElement('div');
  dot.className = 'here';
  const mark = new maplibre.Marker({ element: dot });
  return (place) => void mark.setLngLat(place).addTo(map);
}

function dress(map: MapLibre, data: TrackData): void {
  const fixes = data.fixes.filter((fix) => !fix[4]);
  const line = { type: 'MultiLineString' as const, coordinates: linesOf(fixes, data.gaps) };
  const stops = { type: 'MultiPoint' as const, coordinates: data.stops.map((stop) => [stop.lon, stop.lat]) };
  map.addSource('line', { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: line } });
  map.addSource('stops', { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: stops } });
  map.addLayer({
    id: 'line', type: 'line', source: 'line', layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': ink('--enroute'), 'line-width': 3.5 },
  });
  map.addLayer({
    id: 'stops', type: 'circle', source: 'stops',
    paint: { 'circle-radius': 7, 'circle-color': ink('--n0'), 'circle-stroke-color': ink('--scene'), 'circle-stroke-width': 3 },
  });
  const bounds = new maplibre.LngLatBounds();
  for (const [, lon, lat] of fixes) bounds.extend([lon, lat]);
  map.fitBounds(bounds, { padding: 40, maxZoom: 16.5, animate: false });
}
