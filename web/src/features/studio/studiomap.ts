/** The studio's map: posts that can be dragged, need, hot spots, reach and gaps below them. */
import { EMPTY } from '../places/layers';
import { inks } from '../places/images';
import { makeMap, maplibre, type MapLibre } from '../../shared/map';
import { keyed } from './posts';
import type { Gap, Layout, Need } from './types';

export interface Hands {
  pick: (index: number) => void;
  move: (index: number, lon: number, lat: number) => void;
  point: (lon: number, lat: number) => void;
  label: (index: number) => string;
  letter: (kind: string) => string;
}

export interface Choice {
  container: HTMLElement;
  style: string;
  bounds: [number, number, number, number] | null;
  attribution: string;
  hands: Hands;
}

export interface Shapes {
  need: Need | null;
  spots: GeoJSON.FeatureCollection | null;
  reach: GeoJSON.Geometry | null;
  other: GeoJSON.Geometry | null;
  gaps: Gap[];
  others: Layout | null;
}

interface Mark {
  marker: maplibre.Marker;
  element: HTMLButtonElement;
}

const SOURCES = ['need', 'spots', 'reach', 'other', 'gaps', 'others'] as const;

export class StudioMap {
  readonly map: MapLibre;
  private marks: Mark[] = [];
  private shapes: Shapes | null = null;
  private dressed = false;

  constructor(private readonly choice: Choice) {
    this.map = makeMap({
      container: choice.container, style: choice.style, attribution: choice.attribution,
      ...(choice.bounds ? { bounds: choice.bounds } : {}),
    });
    this.map.on('click', (event) => choice.hands.point(event.lngLat.lng, event.lngLat.lat));
    this.map.on('style.load', () => this.dress());
  }

  remove(): void {
    this.map.remove();
  }

  /** Another style; what is drawn on it is drawn again. */
  restyle(style: string): void {
    this.dressed = false;
    this.map.setStyle(style);
  }

  fit(): void {
    if (this.choice.bounds) this.map.fitBounds(this.choice.bounds, { padding: 24, animate: false });
  }

  /** See to it that a place is in sight. */
  show(lon: number, lat: number): void {
    if (!this.map.getBounds().contains([lon, lat])) this.map.easeTo({ center: [lon, lat] });
  }

  /** The posts of the layout in hand, one of them picked. */
  posts(layout: Layout, picked: number | null): void {
    while (this.marks.length > layout.posts.length) this.marks.pop()!.marker.remove();
    layout.posts.forEach((post, index) => {
      const mark = (this.marks[index] ??= this.mark(index));
      mark.element.textContent = this.choice.hands.letter(post.kind);
      mark.element.setAttribute('aria-label', this.choice.hands.label(index));
      mark.element.setAttribute('aria-pressed', String(index === picked));
      mark.element.classList.toggle('fixed', post.fixed);
      mark.marker.setLngLat([post.lon, post.lat]).setDraggable(!post.fixed).addTo(this.map);
    });
  }

  private mark(index: number): Mark {
    const element = document.createElement('button');
    element.type = 'button';
    element.className = 'post-mark';
    const marker = new maplibre.Marker({ element, draggable: true });
    const { hands } = this.choice;
    element.addEventListener('click', (event) => {
      event.stopPropagation();
      hands.pick(index);
    });
    element.addEventListener('keydown', (event) => {
      const { lng, lat } = marker.getLngLat();
      const place = keyed({ lon: lng, lat }, event.key, event.shiftKey);
      if (!place || !marker.isDraggable()) return;
      event.preventDefault();
      event.stopPropagation();
      hands.move(index, ...place);
    });
    marker.on('dragend', () => {
      const { lng, lat } = marker.getLngLat();
      hands.move(index, lng, lat);
      hands.pick(index);
    });
    return { marker, element };
  }

  /** What lies below the posts. */
  draw(shapes: Shapes): void {
    this.shapes = shapes;
    if (!this.dressed) return;
    const set = (name: (typeof SOURCES)[number], data: GeoJSON.GeoJSON) => (this.map.getSource(name) as maplibre.GeoJSONSource | undefined)?.setData(data);
    const shape = (geometry: GeoJSON.Geometry | null): GeoJSON.GeoJSON => (geometry ? { type: 'Feature', properties: {}, geometry } : EMPTY);
    set('need', shapes.need?.cells ?? EMPTY);
    set('spots', shapes.spots ?? EMPTY);
    this.shade();
    set('reach', shape(shapes.reach));
    set('other', shape(shapes.other));
    set('gaps', points(shapes.gaps.map((gap) => [gap.lon, gap.lat, gap.week])));
    set('others', points((shapes.others?.posts ?? []).map((post) => [post.lon, post.lat, 1])));
  }

  private dress(): void {
    const ink = inks();
    const top = this.map.getStyle().layers.find((layer) => layer.type === 'symbol')?.id;
    for (const name of SOURCES) this.map.addSource(name, { type: 'geojson', data: EMPTY });
    const add = (layer: maplibre.LayerSpecification) => this.map.addLayer(layer, top);
    add({
      id: 'need', type: 'fill', source: 'need', filter: ['==', ['get', 'enough'], true],
      paint: { 'fill-color': ink.enroute, 'fill-opacity': 0.1 },
    });
    add({
      id: 'need-few', type: 'line', source: 'need', filter: ['==', ['get', 'enough'], false],
      paint: { 'line-color': ink.quiet, 'line-width': 0.8, 'line-opacity': 0.55, 'line-dasharray': [2, 3] },
    });
    add({ id: 'spots', type: 'fill', source: 'spots', filter: ['==', ['get', 'verdict'], 1], paint: { 'fill-color': ink.alarm, 'fill-opacity': 0.14 } });
    add({ id: 'spots-line', type: 'line', source: 'spots', filter: ['==', ['get', 'verdict'], 1], paint: { 'line-color': ink.alarm, 'line-width': 2 } });
    add({
      id: 'other', type: 'line', source: 'other', layout: { 'line-join': 'round' },
      paint: { 'line-color': ink.ink, 'line-width': 1.1, 'line-opacity': 0.6, 'line-dasharray': [3, 3] },
    });
    add({ id: 'reach', type: 'line', source: 'reach', layout: { 'line-join': 'round' }, paint: { 'line-color': ink.free, 'line-width': 1.8 } });
    add({
      id: 'gaps', type: 'circle', source: 'gaps',
      paint: { 'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 0, 6, 10, 26], 'circle-opacity': 0, 'circle-stroke-color': ink.late, 'circle-stroke-width': 2 },
    });
    add({
      id: 'others', type: 'circle', source: 'others',
      paint: { 'circle-radius': 5, 'circle-color': ink.paper, 'circle-stroke-color': ink.quiet, 'circle-stroke-width': 1.5 },
    });
    this.dressed = true;
    if (this.shapes) this.draw(this.shapes);
  }

  /** Shade need by calls per square kilometre, the densest cell the darkest. */
  private shade(): void {
    const densities = (this.shapes?.need?.cells.features ?? []).map((cell) => Number(cell.properties?.['density'] ?? 0));
    this.map.setPaintProperty('need', 'fill-opacity', ['interpolate', ['linear'], ['get', 'density'], 0, 0.05, Math.max(...densities, 1e-6), 0.45]);
  }
}

const points = (rows: number[][]): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: rows.map(([lon, lat, n]) => ({ type: 'Feature', properties: { n }, geometry: { type: 'Point', coordinates: [lon!, lat!] } })),
});
