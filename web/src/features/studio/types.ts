/** What the studio's API speaks. */
export type Side = 'a' | 'b';
export type Span = [number, number];

export interface Post {
  name: string;
  kind: string;
  lon: number;
  lat: number;
  /** Spans of hours of the week, from Monday 00:00; none is round the clock. */
  duty: Span[];
  unit: string;
  fixed: boolean;
  cost: number;
}

export interface Layout {
  name: string;
  posts: Post[];
}

export interface Choices {
  begin: string;
  end: string;
  types: string[];
  resolution: number;
  minutes: number;
  replications: number;
}

export interface Kind {
  code: string;
  name: string;
  letter: string;
  mode: string;
}

export interface Run {
  id: number;
  state: 'waiting' | 'running' | 'stopped' | 'done' | 'failed';
  done: number;
  total: number;
  fault: string;
  asked_at: string;
  ended_at: string | null;
}

export interface StudyRow {
  id: number;
  name: string;
  made_at: string;
  position: number;
  seed: number;
  digest: string;
  run: Run | null;
}

export interface Start {
  today: Layout;
  kinds: Kind[];
  choices: Choices;
  types: { code: string; name: string }[];
  may_run: boolean;
  studies: StudyRow[];
  bbox: [number, number, number, number] | null;
  attribution: string;
  time_zone: string;
}

/** Null where it cannot be said: a mean of no cases, an end without a limit. */
export interface Interval {
  mean: number | null;
  low: number | null;
  high: number | null;
  n: number;
}

export interface OfOne {
  covered: { share: number; low: number; high: number }[];
  travel_s: (number | null)[];
  posts: number;
  hours: number;
  cost: number;
}

export interface AreaRow {
  area: string;
  calls: number;
  a: number;
  b: number;
  mean: number;
  low: number;
  high: number;
  turn: '' | 'better' | 'worse' | 'same' | 'unclear';
}

/** Places beside each other that are mostly not reached: calls a week that are left, their share of all. */
export interface Gap {
  lon: number;
  lat: number;
  week: number;
  share: number;
  seconds: number | null;
  place: string;
}

export interface Figures {
  calls: number;
  weeks: number;
  enough: boolean;
  minutes: number[];
  target: number;
  a: OfOne;
  b: OfOne;
  difference: Interval[];
  areas: AreaRow[];
  verdict: 'better' | 'worse' | 'same' | 'unclear';
  sentences: string[];
  names: Record<string, string>;
  reach: [GeoJSON.Geometry | null, GeoJSON.Geometry | null];
  gaps: [Gap[], Gap[]];
  estimate: boolean;
}

/** A measure of the simulation: of A, of B, and B minus A. `form`: share, s (seconds) or h (hours). */
export interface Measure {
  code: string;
  form: 'share' | 's' | 'h';
  a: Interval;
  b: Interval;
  difference: Interval;
  turn: Figures['verdict'];
}

export interface Simulated {
  measures: Measure[];
  sentences: string[];
  areas: AreaRow[];
  names: Record<string, string>;
}

export interface Study extends StudyRow {
  a: Layout;
  b: Layout;
  choices: Choices;
  figures: Figures;
  simulated: Simulated | null;
}

export interface Need {
  cells: GeoJSON.FeatureCollection;
  /** Cells with `verdict` 1 for a hot spot, -1 for a cold one. */
  spots: GeoJSON.FeatureCollection;
  spots_enough: boolean;
  calls: number;
  weeks: number;
}

export interface Proposal {
  layout: Layout;
  share: number;
  bound: number;
  /** Names of the posts that moved, where few were to move. */
  moved?: string[];
}

/** What a budget of a week buys: an hour's costs by kind. */
export interface Budget {
  costs?: Record<string, number>;
  budget?: number;
}

/** An area after two posts were made one: seconds of the nearest post before and after, the difference's interval. */
export interface AreaFarther {
  area: string;
  name: string;
  enough: boolean;
  before: number;
  after: number;
  farther: number;
  low: number;
  high: number;
}

export interface Merger {
  layout: Layout;
  enough: boolean;
  name: string;
  place: string;
  sentences: string[];
  areas: AreaFarther[];
}
