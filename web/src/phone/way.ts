/** The way to the job as a drawing: route, own place, the job, a scale. North is up. Pure; needs no map tiles. */

export interface Point {
  lon: number;
  lat: number;
}

export interface Drawing {
  width: number;
  height: number;
  line: string;
  straight: boolean;
  here: [number, number] | null;
  to: [number, number];
  scale: { metres: number; px: number };
}

const METRES_PER_DEGREE = 111_320;
const STEPS = [20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Fit everything into `width` x `height` px, equirectangular around the job; at least 120 m across. */
export function drawn(
  { to, here, route }: { to: Point; here: Point | null; route: readonly [number, number][] },
  width = 400,
  height = 220,
  margin = 34,
): Drawing {
  const squeeze = Math.cos((to.lat * Math.PI) / 180);
  const flat = (lon: number, lat: number): [number, number] => [
    (lon - to.lon) * squeeze * METRES_PER_DEGREE,
    (to.lat - lat) * METRES_PER_DEGREE,
  ];
  const way = route.length > 1 ? route.map(([lon, lat]) => flat(lon, lat)) : [];
  const start = here ? flat(here.lon, here.lat) : null;
  const straight = way.length === 0 && start !== null;
  const points = [flat(to.lon, to.lat), ...(start ? [start] : []), ...way];
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const per_px = Math.max((right - left) / (width - 2 * margin), (bottom - top) / (height - 2 * margin), 120 / width);
  const place = ([x, y]: [number, number]): [number, number] => [
    round(width / 2 + (x - (left + right) / 2) / per_px),
    round(height / 2 + (y - (top + bottom) / 2) / per_px),
  ];
  const line = straight && start ? [start, flat(to.lon, to.lat)] : way;
  const metres = STEPS.find((step) => step / per_px >= 50) ?? 5000;
  return {
    width,
    height,
    line: line.map((p, i) => `${i === 0 ? 'M' : 'L'}${place(p).join(' ')}`).join(''),
    straight,
    here: start ? place(start) : way[0] ? place(way[0]) : null,
    to: place(flat(to.lon, to.lat)),
    scale: { metres, px: round(metres / per_px) },
  };
}

const round = (n: number): number => Math.round(n * 10) / 10;
