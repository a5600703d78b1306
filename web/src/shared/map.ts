/** MapLibre GL under a strict content policy: its worker is a file of ours, its styles are set through the CSSOM. */
import 'maplibre-gl/dist/maplibre-gl.css';
import * as maplibre from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';

maplibre.setWorkerUrl(new URL(workerUrl, location.href).href);

export type MapLibre = maplibre.Map;
export { maplibre };

export interface MapChoice {
  container: HTMLElement;
  style: string | maplibre.StyleSpecification;
  bounds?: [number, number, number, number];
  attribution?: string;
  interactive?: boolean;
}

/** Whether this browser can draw the map at all. */
export function canDraw(): boolean {
  const canvas = document.createElement('canvas');
  return Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'));
}

/** Make a map: flat, north up, CJK by the system's own fonts. */
export function makeMap(choice: MapChoice): maplibre.Map {
  const map = new maplibre.Map({
    container: choice.container,
    style: choice.style,
    localIdeographFontFamily: "'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    ...(choice.bounds ? { bounds: choice.bounds, fitBoundsOptions: { padding: 24 } } : {}),
    attributionControl: choice.attribution ? { compact: false, customAttribution: choice.attribution } : false,
    interactive: choice.interactive ?? true,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    fadeDuration: 0,
    keyboard: true,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on('error', ({ error }) => console.warn('Map:', error.message)); // a tile that did not come is no fault of the page
  return map;
}

/** A font that the style itself uses, so that our labels ask for no glyphs that aren't there. */
export function fontOf(map: maplibre.Map): string[] | null {
  for (const layer of map.getStyle().layers) {
    if (layer.type !== 'symbol') continue;
    const font = layer.layout?.['text-font'];
    if (Array.isArray(font) && font.every((name) => typeof name === 'string')) return font as string[];
  }
  return null;
}
