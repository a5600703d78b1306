/** The layers that the console puts on the base map: fences, reach, route, clusters, incidents, units. */
import type { LayerSpecification } from 'maplibre-gl';
import { fontOf, type MapLibre } from '../../shared/map';
import type { Inks } from './images';
import { registerLayers, registerSource } from './registerlayer';

export const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Number of open incidents from which they gather into clusters. */
export const CLUSTER_FROM = 250;

export const clustering = (many: boolean) => ({ cluster: many, clusterRadius: 34, clusterMaxZoom: 15 });

/** Size of the unit rings by zoom; smaller far out where there is a crowd of them. */
export const unitSize = (crowd: boolean): unknown =>
  ['interpolate', ['linear'], ['zoom'], 11, crowd ? 0.3 : 0.62, 14, crowd ? 0.5 : 0.92, 16, 0.92];

/** Number of units from which they are a crowd: far out each is a dot then, and a letter in its ring close by. */
export const CROWD_FROM = 200;
const CLOSE = 14;

/** Zooms at which units are dots, and at which they are letters in rings. */
export const unitZooms = (crowd: boolean): { dots: [number, number]; rings: [number, number] } =>
  crowd ? { dots: [0, CLOSE], rings: [CLOSE, 24] } : { dots: [23.9, 24], rings: [0, 24] };

const faded = ['case', ['==', ['get', 'old'], 1], 0.4, 1];

/** Add sources and layers to a freshly loaded style. */
export function addLayers(map: MapLibre, ink: Inks, many: boolean, register: boolean): void {
  map.addSource('register', registerSource(location.origin));
  for (const name of ['fences', 'reach', 'route', 'trail', 'chosen', 'units', 'unit']) map.addSource(name, { type: 'geojson', data: EMPTY });
  map.addSource('incidents', {
    type: 'geojson',
    data: EMPTY,
    ...clustering(many),
    clusterProperties: { rank: ['min', ['get', 'rank']] },
  });
  const font = fontOf(map);
  for (const layer of [...registerLayers(ink, font, register), ...layers(ink, font)]) map.addLayer(layer);
}

function layers(ink: Inks, font: string[] | null): LayerSpecification[] {
  const label = font ? { 'text-font': font, 'text-size': 11, 'text-optional': true } : {};
  const paint = { 'text-color': ink.ink, 'text-halo-color': ink.paper, 'text-halo-width': 1.6 };
  return [
    {
      id: 'fences', type: 'line', source: 'fences', layout: { 'line-join': 'round' },
      paint: { 'line-color': ink.quiet, 'line-width': 1.4, 'line-opacity': 0.9, 'line-dasharray': [1, 1.5] },
    },
    {
      id: 'fence-names', type: 'symbol', source: 'fences', minzoom: 12,
      layout: font ? { ...label, 'text-field': ['get', 'name'], 'symbol-placement': 'line', 'text-offset': [0, 0.9] } : {},
      paint: { ...paint, 'text-color': ink.quiet },
    },
    {
      id: 'reach-fill', type: 'fill', source: 'reach', filter: ['==', ['get', 'band'], 0],
      paint: { 'fill-color': ink.free, 'fill-opacity': 0.05 },
    },
    {
      id: 'reach-1', type: 'line', source: 'reach', filter: ['==', ['get', 'band'], 0],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ink.free, 'line-width': 1.5, 'line-opacity': 0.75 },
    },
    {
      id: 'reach-3', type: 'line', source: 'reach', filter: ['==', ['get', 'band'], 1],
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ink.free, 'line-width': 1.2, 'line-opacity': 0.6, 'line-dasharray': [3, 3] },
    },
    {
      id: 'route-case', type: 'line', source: 'route', layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ink.paper, 'line-width': 7, 'line-opacity': 0.7 },
    },
    {
      id: 'route', type: 'line', source: 'route', layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ink.enroute, 'line-width': 4, 'line-opacity': ['case', ['get', 'maybe'], 0.5, 0.9] },
    },
    {
      id: 'trail', type: 'line', source: 'trail', layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': ink.accent, 'line-width': 3, 'line-opacity': 0.7, 'line-dasharray': [1, 1.6] },
    },
    {
      id: 'chosen', type: 'circle', source: 'chosen', filter: ['!', ['get', 'draft']],
      paint: {
        'circle-radius': 17, 'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': ink.accent, 'circle-stroke-width': 2.2,
      },
    },
    {
      id: 'incidents', type: 'symbol', source: 'incidents', filter: ['!', ['has', 'point_count']],
      layout: {
        'icon-image': ['get', 'icon'],
        'icon-size': ['match', ['get', 'rank'], 1, 1, 2, 0.82, 0.66],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': ['-', 10, ['get', 'priority']],
        ...(font
          ? { ...label, 'text-field': ['step', ['zoom'], '', 15.5, ['get', 'number']], 'text-offset': [0, 1.25], 'text-anchor': 'top' }
          : {}),
      },
      paint,
    },
    {
      id: 'dots', type: 'circle', source: 'units',
      layout: { 'circle-sort-key': ['-', 10, ['get', 'order']] },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 2.6, 14, 5],
        'circle-color': [
          'match', ['get', 'tone'], 'alarm', ink.alarm, 'Available', ink.free, 'OnScene', ink.scene,
          'OutOfService', ink.hold, ink.enroute,
        ],
        'circle-stroke-color': ink.paper, 'circle-stroke-width': 1,
        'circle-opacity': faded, 'circle-stroke-opacity': faded,
      },
    },
    rings('units', font, label, paint),
    {
      id: 'unit-ring', type: 'circle', source: 'unit',
      paint: { 'circle-radius': 16, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ink.accent, 'circle-stroke-width': 2 },
    },
    rings('unit', font, label, paint),
    {
      id: 'clusters', type: 'symbol', source: 'incidents', filter: ['has', 'point_count'],
      layout: {
        'icon-image': ['concat', 'c|', ['to-string', ['get', 'rank']], '|', ['to-string', ['get', 'point_count_abbreviated']]],
        'icon-allow-overlap': true,
      },
    },
    {
      id: 'draft', type: 'circle', source: 'chosen', filter: ['get', 'draft'],
      paint: { 'circle-radius': 7, 'circle-color': ink.accent, 'circle-stroke-color': ink.paper, 'circle-stroke-width': 2.5 },
    },
  ] as LayerSpecification[];
}

/** Units as letters in their rings: all of them, or the chosen one with its call sign at every zoom. */
function rings(source: 'units' | 'unit', font: string[] | null, label: object, paint: object): unknown {
  const sign = source === 'unit' ? ['get', 'call_sign'] : ['step', ['zoom'], '', 14.5, ['get', 'call_sign']];
  return {
    id: source, type: 'symbol', source,
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-size': source === 'unit' ? 1 : unitSize(false),
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'symbol-sort-key': ['-', 10, ['get', 'order']],
      ...(font ? { ...label, 'text-field': sign, 'text-offset': [0, 1.2], 'text-anchor': 'top' } : {}),
    },
    paint: { ...paint, 'icon-opacity': faded },
  };
}
