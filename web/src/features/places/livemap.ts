/** The live map: keeps sources in step with the board by differences, and answers clicks. No framework in here. */
import type { GeoJSONSource, MapLayerMouseEvent } from 'maplibre-gl';
import type { Fence, IncidentRow, Reach, UnitRow } from '../../shared/contract';
import { makeMap, maplibre, type MapLibre } from '../../shared/map';
import { Feed } from './feed';
import { addLayers, CLUSTER_FROM, clustering, CROWD_FROM, EMPTY, unitSize, unitZooms } from './layers';
import { imageFor, inks, RATIO } from './images';
import { BUILDINGS_FROM, REGISTER_LAYERS } from './registerlayer';
import { incidentMark, showsIncident, showsUnit, unitMark, type Mark } from './marks';

export interface Tables {
  incidents: ReadonlyMap<number, IncidentRow>;
  units: ReadonlyMap<number, UnitRow>;
}

export interface Hands {
  incident(id: number): void;
  unit(id: number): void;
  address(id: number): void;
  /** The map came to rest somewhere else. */
  moved(): void;
  /** A click anywhere; true when it was wanted and shall not choose what lies under it. */
  point(lon: number, lat: number): boolean;
}

export interface MapOptions {
  container: HTMLElement;
  style: string;
  bounds?: [number, number, number, number];
  attribution: string;
  tables: () => Tables;
  now: () => number;
  hands: Hands;
  ready?: () => void;
}

type Overlay = 'fences' | 'reach' | 'route' | 'chosen' | 'trail';
const UNITS: ReadonlySet<string> = new Set(['unit', 'units', 'dots']);
const CLICKED = [...UNITS, 'incidents', 'clusters', 'register-doors', 'register-cells'];

export class LiveMap {
  readonly map: MapLibre;
  readonly #o: MapOptions;
  readonly #incidents = new Feed(() => this.#source('incidents'), (id) => this.#incidentMark(id));
  readonly #units = new Feed(() => this.#source('units'), (id) => this.#unitMark(id));
  #unit: number | null = null;
  #unitShown = ''; // what the map was last told of it
  #many = false;
  #ready = false;
  #register = false;
  #overlays: Record<Overlay, GeoJSON.FeatureCollection> = {
    fences: EMPTY, reach: EMPTY, route: EMPTY, chosen: EMPTY, trail: EMPTY,
  };

  constructor(options: MapOptions) {
    this.#o = options;
    this.map = makeMap(options);
    this.map.on('style.load', () => this.#dress());
    this.map.setMissingStyleImageResolver((id) => this.#image(id));
    this.map.on('moveend', () => this.#o.hands.moved());
    this.map.on('click', (event) => this.#clicked(event));
    for (const layer of CLICKED) {
      this.map.on('mouseenter', layer, () => (this.map.getCanvas().style.cursor = 'pointer'));
      this.map.on('mouseleave', layer, () => (this.map.getCanvas().style.cursor = ''));
    }
  }

  /** Another base style, such as the dark one; our layers follow. */
  restyle(style: string): void {
    this.#ready = false;
    this.map.setStyle(style, { diff: false });
  }

  /** Take changes of the board; `all` for everything anew. */
  update(changes: { all: boolean; incidents: Iterable<number>; units: Iterable<number>; moved: Iterable<number> }): void {
    if (!this.#ready) return;
    if (changes.all) return this.redraw();
    this.#incidents.change(changes.incidents);
    this.#units.change(changes.units);
    this.#units.change(changes.moved);
    this.unit(this.#unit);
    this.#gather();
  }

  redraw(): void {
    if (!this.#ready) return;
    const { incidents, units } = this.#o.tables();
    const now = this.#o.now();
    this.#incidents.all([...incidents.values()].filter(showsIncident).map((row) => incidentMark(row, now)));
    const crowd = units.size >= CROWD_FROM;
    const { dots, rings } = unitZooms(crowd);
    this.map.setLayerZoomRange('dots', ...dots);
    this.map.setLayerZoomRange('units', ...rings);
    this.map.setLayoutProperty('units', 'icon-size', unitSize(crowd) as never);
    this.#units.all([...units.values()].filter(showsUnit).map((unit) => unitMark(unit, now)));
    this.unit(this.#unit);
    this.#gather();
  }

  /** Rings and looks change as time passes, without any entry. */
  age(): void {
    const { incidents, units } = this.#o.tables();
    this.update({ all: false, incidents: incidents.keys(), units: units.keys(), moved: [] });
  }

  /** The chosen unit is shown in full above the others; null for none. */
  unit(id: number | null): void {
    this.#unit = id;
    if (!this.#ready) return;
    const mark = id === null ? null : this.#unitMark(id);
    const shown = JSON.stringify(mark);
    if (shown === this.#unitShown) return; // whatever is set, the whole map is drawn anew
    this.#unitShown = shown;
    this.#source('unit')?.setData({ type: 'FeatureCollection', features: mark ? [mark] : [] });
  }

  /** Where the chosen unit has been. */
  trail(coordinates: [number, number][]): void {
    this.#overlay('trail', coordinates.length > 1
      ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } }]
      : []);
  }

  /** Go along with a point: the map keeps it in its middle. */
  follow(point: { lon: number; lat: number }): void {
    if (Number.isFinite(point.lon)) this.map.easeTo({ center: [point.lon, point.lat], duration: calm() ? 0 : 500 });
  }

  reach(reach: Reach | null): void {
    const bands = reach?.bands ?? [];
    this.#overlay('reach', bands.map((band, i) => ({ type: 'Feature', properties: { band: i }, geometry: band.geometry })));
  }

  /** Put the register's addresses on the map, or take them off. */
  register(shown: boolean): void {
    this.#register = shown;
    if (!this.#ready) return;
    for (const layer of REGISTER_LAYERS) this.map.setLayoutProperty(layer, 'visibility', shown ? 'visible' : 'none');
  }

  /** Borders that tell of units, with their names. */
  fences(fences: readonly Fence[]): void {
    this.#overlay('fences', fences.flatMap(({ name, geometry }) =>
      geometry ? [{ type: 'Feature' as const, properties: { name }, geometry }] : []));
  }

  route(coordinates: [number, number][] | null, maybe = false): void {
    this.#overlay('route', coordinates && coordinates.length > 1
      ? [{ type: 'Feature', properties: { maybe }, geometry: { type: 'LineString', coordinates } }]
      : []);
  }

  chosen(point: { lon: number; lat: number } | null, draft: { lon: number; lat: number } | null): void {
    const feature = (p: { lon: number; lat: number }, isDraft: boolean): GeoJSON.Feature => ({
      type: 'Feature', properties: { draft: isDraft }, geometry: { type: 'Point', coordinates: [p.lon, p.lat] },
    });
    this.#overlay('chosen', [
      ...(point && Number.isFinite(point.lon) ? [feature(point, false)] : []),
      ...(draft ? [feature(draft, true)] : []),
    ]);
  }

  /** Show all incidents and units. */
  fit(): void {
    const bounds = new maplibre.LngLatBounds();
    const { incidents, units } = this.#o.tables();
    for (const row of incidents.values()) if (showsIncident(row)) bounds.extend([row.lon, row.lat]);
    for (const unit of units.values()) if (showsUnit(unit)) bounds.extend([unit.lon, unit.lat]);
    if (!bounds.isEmpty()) this.map.fitBounds(bounds, { padding: 48, maxZoom: 16, animate: false });
  }

  /** Bring a point into view; nothing moves when it is already well inside. */
  show(point: { lon: number; lat: number }, always = false, zoom = 14.5): void {
    if (!Number.isFinite(point.lon)) return;
    const { x, y } = this.map.project([point.lon, point.lat]);
    const { clientWidth: w, clientHeight: h } = this.map.getContainer();
    const inside = x > 60 && y > 60 && x < w - 60 && y < h - 60;
    if (inside && !always) return;
    this.map.easeTo({ center: [point.lon, point.lat], zoom: Math.max(this.map.getZoom(), zoom), duration: calm() ? 0 : 250 });
  }

  remove(): void {
    this.map.remove();
  }

  #source(name: string): GeoJSONSource | undefined {
    return this.map.getSource<GeoJSONSource>(name);
  }

  #dress(): void {
    this.#many = this.#o.tables().incidents.size > CLUSTER_FROM;
    addLayers(this.map, inks(), this.#many, this.#register);
    this.#ready = true;
    this.#unitShown = '';
    this.redraw();
    for (const name of Object.keys(this.#overlays) as Overlay[]) this.#source(name)?.setData(this.#overlays[name]);
    this.#o.ready?.();
  }

  #image(name: string): void {
    const image = imageFor(name, inks());
    if (image && !this.map.hasImage(name)) this.map.addImage(name, image, { pixelRatio: RATIO });
  }

  #overlay(name: Overlay, features: GeoJSON.Feature[]): void {
    this.#overlays[name] = { type: 'FeatureCollection', features };
    if (this.#ready) this.#source(name)?.setData(this.#overlays[name]);
  }

  #incidentMark(id: number): Mark | null {
    const row = this.#o.tables().incidents.get(id);
    return showsIncident(row) ? incidentMark(row, this.#o.now()) : null;
  }

  #unitMark(id: number): Mark | null {
    const unit = this.#o.tables().units.get(id);
    return showsUnit(unit) ? unitMark(unit, this.#o.now()) : null;
  }

  /** Gather into clusters when there are many, spread again when there are few. */
  #gather(): void {
    const many = this.#incidents.size > (this.#many ? CLUSTER_FROM * 0.8 : CLUSTER_FROM);
    if (many === this.#many) return;
    this.#many = many;
    this.#source('incidents')?.setClusterOptions(clustering(many));
  }

  #clicked(event: MapLayerMouseEvent): void {
    if (this.#o.hands.point(event.lngLat.lng, event.lngLat.lat) || !this.#ready) return;
    const { x, y } = event.point;
    const box: [[number, number], [number, number]] = [[x - 6, y - 6], [x + 6, y + 6]];
    const [hit] = this.map.queryRenderedFeatures(box, { layers: CLICKED });
    if (!hit) return;
    if (hit.layer.id === 'clusters') void this.#open(hit);
    else if (UNITS.has(hit.layer.id)) this.#o.hands.unit(Number(hit.id));
    else if (hit.layer.id === 'register-doors') this.#o.hands.address(Number(hit.properties['id']));
    else if (hit.layer.id === 'register-cells') this.#closer(event.lngLat);
    else this.#o.hands.incident(Number(hit.id));
  }

  /** From a count of addresses on toward its buildings. */
  #closer(centre: { lng: number; lat: number }): void {
    const zoom = Math.min(BUILDINGS_FROM + 0.5, this.map.getZoom() + 2.5);
    this.map.easeTo({ center: [centre.lng, centre.lat], zoom, duration: calm() ? 0 : 250 });
  }

  async #open(cluster: GeoJSON.Feature): Promise<void> {
    const zoom = await this.#source('incidents')?.getClusterExpansionZoom(Number(cluster.properties?.['cluster_id']));
    const [lon, lat] = (cluster.geometry as GeoJSON.Point).coordinates;
    if (zoom !== undefined && lon !== undefined && lat !== undefined) {
      this.map.easeTo({ center: [lon, lat], zoom: zoom + 0.2, duration: calm() ? 0 : 250 });
    }
  }
}

const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
