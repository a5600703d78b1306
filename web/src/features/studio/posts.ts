/** What is done to posts: moved, added, given hours. Pure. */
import type { Kind, Layout, Post, Span } from './types';

const METRES_PER_DEGREE = 111_320;
export const STEP_M = 25;
export const LEAP_M = 250;

/** A place moved by metres to the east and to the north. */
export function moved(lon: number, lat: number, east: number, north: number): [number, number] {
  const shrink = Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  return [round(lon + east / (METRES_PER_DEGREE * shrink)), round(lat + north / METRES_PER_DEGREE)];
}

/** Degrees to a tenth of a metre. */
export const round = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0],
};

/** Where an arrow key takes a place; null for any other key. */
export function keyed(place: { lon: number; lat: number }, key: string, leap: boolean): [number, number] | null {
  const way = ARROWS[key];
  if (!way) return null;
  const metres = leap ? LEAP_M : STEP_M;
  return moved(place.lon, place.lat, way[0] * metres, way[1] * metres);
}

/** A name that no post of the layout has: the kind's letter and a number. */
export function freshName(layout: Layout, letter: string): string {
  const taken = new Set(layout.posts.map((post) => post.name));
  for (let number = 1; ; number++) if (!taken.has(`${letter}${number}`)) return `${letter}${number}`;
}

/** A new post of a kind. */
export const freshPost = (layout: Layout, kind: Kind, lon: number, lat: number): Post => ({
  name: freshName(layout, kind.letter), kind: kind.code, lon: round(lon), lat: round(lat), duty: [], unit: '', fixed: false, cost: 1,
});

export type Pattern = 'all' | 'day' | 'evening' | 'night' | 'own';

const everyDay = (begin: number, end: number): Span[] =>
  Array.from({ length: 7 }, (_, day): Span => [day * 24 + begin, day * 24 + end]);

/** Hours of duty by the name of a pattern. Nights go round midnight, so the week begins and ends with half of one. */
export const PATTERNS: Record<Exclude<Pattern, 'own'>, Span[]> = {
  all: [],
  day: everyDay(8, 20),
  evening: everyDay(16, 24),
  night: [[0, 8], ...Array.from({ length: 6 }, (_, day): Span => [day * 24 + 20, day * 24 + 32]), [164, 168]],
};

/** The pattern of a post's hours; `own` where it has none of these. */
export function patternOf(duty: readonly Span[]): Pattern {
  const text = JSON.stringify(duty);
  const found = Object.entries(PATTERNS).find(([, spans]) => JSON.stringify(spans) === text);
  return (found?.[0] as Pattern | undefined) ?? 'own';
}

/** Hours of duty in a week. */
export const hoursOf = (duty: readonly Span[]): number =>
  duty.length === 0 ? 168 : duty.reduce((sum, [begin, end]) => sum + end - begin, 0);

/** A layout of its own, so that a change of one is none of the other. */
export const copy = (layout: Layout, name: string = layout.name): Layout => ({
  name, posts: layout.posts.map((post) => ({ ...post, duty: post.duty.map(([begin, end]): Span => [begin, end]) })),
});

/** Kinds and how many of each, as words: "3 M, 2 P". */
export function summary(layout: Layout, kinds: readonly Kind[]): string {
  const count = new Map<string, number>();
  for (const post of layout.posts) count.set(post.kind, (count.get(post.kind) ?? 0) + 1);
  return kinds.filter((kind) => count.has(kind.code)).map((kind) => `${count.get(kind.code)} ${kind.letter}`).join(' · ');
}
