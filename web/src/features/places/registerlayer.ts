/** The register's layer: how many addresses lie where from afar, each building by its use close by, its number closer. */
import type { FilterSpecification, LayerSpecification, VectorSourceSpecification } from 'maplibre-gl';
import type { Inks } from './images';

/** Zoom from which the tiles hold buildings instead of counts (as `queries/tiles.py` draws them). */
export const BUILDINGS_FROM = 15;

export const REGISTER_LAYERS = ['register-cells', 'register-counts', 'register-doors'] as const;

/** The tiles, from this very server, with the session of who works here. */
export const registerSource = (origin: string): VectorSourceSpecification => ({
  type: 'vector', tiles: [`${origin}/register/tiles/{z}/{x}/{y}.mvt`], minzoom: 4, maxzoom: 16,
});

const counted: FilterSpecification = ['has', 'addresses'];

/** A number short enough for a disc: 987, 12k. */
const short = ['case', ['>=', ['get', 'addresses'], 10_000], ['concat', ['to-string', ['round', ['/', ['get', 'addresses'], 1000]]], 'k'], ['to-string', ['get', 'addresses']]];

/** The layers, shown or not. */
export function registerLayers(ink: Inks, font: string[] | null, shown: boolean): LayerSpecification[] {
  const base = { source: 'register', 'source-layer': 'register' } as const;
  const visibility = shown ? 'visible' : 'none';
  const text = font ? { 'text-font': font, 'text-size': 11 } : {};
  const paint = { 'text-color': ink.ink, 'text-halo-color': ink.paper, 'text-halo-width': 1.6 };
  return [
    {
      ...base, id: 'register-cells', type: 'circle', maxzoom: BUILDINGS_FROM, filter: counted, layout: { visibility },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'addresses']], 1, 9, 10, 13, 30, 18, 300, 32],
        'circle-color': ink.quiet, 'circle-opacity': 0.14, 'circle-stroke-color': ink.quiet, 'circle-stroke-opacity': 0.55,
        'circle-stroke-width': 1,
      },
    },
    {
      ...base, id: 'register-counts', type: 'symbol', maxzoom: BUILDINGS_FROM, filter: counted,
      layout: { visibility, ...(font ? { ...text, 'text-field': short, 'text-allow-overlap': false } : {}) }, paint,
    },
    {
      ...base, id: 'register-doors', type: 'symbol', minzoom: BUILDINGS_FROM, filter: ['has', 'id'],
      layout: {
        visibility,
        'icon-image': ['concat', 'd|', ['coalesce', ['get', 'use'], '']],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 15, 0.55, 17, 1],
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        ...(font
          ? { ...text, 'text-field': ['step', ['zoom'], '', 16, ['get', 'number']], 'text-offset': [0, 0.75], 'text-anchor': 'top', 'text-optional': true }
          : {}),
      },
      paint,
    },
  ] as LayerSpecification[];
}
