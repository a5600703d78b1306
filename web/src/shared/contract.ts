/** The shapes that the API speaks. Times are RFC 3339 UTC; ids are integers. */
export type Names = { en: string; zh: string };

export type IncidentState =
  | 'Active'
  | 'ResourcesAssigned'
  | 'ResourcesEnroute'
  | 'ResourcesOnscene'
  | 'Closed'
  | 'Cancelled'
  | 'ReOpened';

export interface IncidentRow {
  id: number;
  number: string;
  type: string;
  family: string;
  name: Names;
  /** 0 most urgent, 10 least. */
  priority: number;
  state: IncidentState;
  held: boolean;
  lon: number;
  lat: number;
  address: string;
  area: string;
  reported_at: string;
  target_s: number;
  assigned_at: string | null;
  enroute_at: string | null;
  onscene_at: string | null;
  closed_at: string | null;
  disposition: string;
  units: number[];
  source: string;
  invented: boolean;
  merged_into?: number | null;
}

export type UnitState = 'Available' | 'Assigned' | 'EnRoute' | 'OnScene' | 'OutOfService';

/** "silent": nothing is heard of a lone worker; "lost": still nothing, long after. */
export type UnitAlarm = '' | 'status' | 'welfare' | 'panic' | 'silent' | 'lost';

export interface UnitRow {
  id: number;
  call_sign: string;
  kind: string;
  letter: string;
  mode: string;
  moves: boolean;
  skills: string[];
  status: UnitState;
  secondary: string;
  since_at: string;
  timer_at: string | null;
  alarm: UnitAlarm;
  incident_id: number | null;
  lon: number;
  lat: number;
  position_at: string | null;
  on_shift: boolean;
  shift_ends_at: string | null;
  area: string;
  /** Charge of its device as a share of 1, how exact its fix is; absent in a replay. */
  battery?: number | null;
  accuracy_m?: number | null;
  /** Seconds of silence after which an alarm is raised, for whoever works alone. */
  lone_s?: number | null;
}

/** A stolen item that was checked somewhere; no person is in it. */
export interface StolenSeen {
  id: number;
  at: string;
  late: boolean;
  item: { id: number; kind: string; maker: string; model: string; colour: string; codes: string[] };
  incident: number | null;
  dealer: { id: number; name: string; address: string } | null;
  reader: { id: number; name: string } | null;
  channel: string;
  lon: number;
  lat: number;
  what_to_do: string[];
  answer: string;
}

/** A fence around a place that tells of units. */
export interface Fence {
  id: number;
  name: string;
  geometry: GeoJSON.Geometry | null;
}

export interface Board {
  position: number;
  at: string;
  incidents: IncidentRow[];
  units: UnitRow[];
}

export interface Entry {
  position: number;
  verb: string;
  subject: string;
  case?: string;
  at: string;
  entered_at: string;
  facts: Record<string, unknown>;
}

export type PositionSample = [unit_id: number, lon: number, lat: number, at: string];

export interface Me {
  /** Who this is in the journal: `user:ID`. */
  ref: string;
  name: string;
  role: string;
  permissions: string[];
  area: Names | null; // the one that this person works in
  language: string;
  unit_ids: number[];
  city: { name: string; bbox: [number, number, number, number]; attribution: string; time_zone: string } | null;
  style: { light: string; dark: string };
  demo: boolean;
  position: number;
  server_time: string;
}

export interface Report {
  id: number;
  source: string;
  reported_at: string;
  narrative: string;
  language: string;
  caller: string | null;
  phone: string | null;
  has_caller: boolean;
  incident_id: number;
}

export interface Intervals {
  answer_s: number | null;
  process_s: number | null;
  turnout_s: number | null;
  travel_s: number | null;
  scene_s: number | null;
  total_s: number | null;
}

export interface Assignment {
  unit_id: number;
  call_sign: string;
  assigned_at: string;
  accepted_at: string | null;
  enroute_at: string | null;
  onscene_at: string | null;
  cleared_at: string | null;
  eta_s: number | null;
  outcome: string;
  override_reason: string;
}

export interface PremiseNote {
  id: number;
  kind: string;
  text: string;
  reason: string;
  expires_at: string | null;
  distance_m: number;
}

export interface IncidentDetail extends IncidentRow {
  withheld: boolean;
  priority_reason: string;
  closed_at_post: boolean;
  reports: Report[];
  notes: { at: string; author: string; text: string }[];
  attachments: { id: number; name: string; media_type: string; size: number; url: string }[];
  links: { kind: string; id: number; number: string; name: string | Names }[];
  merged: { id: number; number: string }[];
  merged_into: number | null;
  premise_notes: PremiseNote[];
  history: { id: number; number: string; name: string | Names; closed_at: string; disposition: string; distance_m: number }[];
  intervals: Intervals;
  assignments: Assignment[];
}

export interface TimelineEntry {
  position: number;
  at: string;
  entered_at: string;
  actor: string;
  verb: string;
  sentence: string;
}

export interface Duplicate {
  id: number;
  number: string;
  score: number;
  why: string;
}

export interface NewIncident {
  type: string;
  lon?: number;
  lat?: number;
  address?: string;
  narrative: string;
  priority?: number;
  priority_reason?: string;
  caller?: string;
  phone?: string;
  language?: string;
  source?: string;
  at?: string;
  answered_at?: string;
}

export interface Created {
  id: number;
  number: string;
  area: string;
  duplicates: Duplicate[];
}

export interface Checked {
  duplicates: Duplicate[];
  premise_notes: PremiseNote[];
  area: string | { code: string; name: string } | null;
  address: string;
}

export interface IncidentType {
  code: string;
  family: string;
  name: Names;
  words: string;
  priority: number;
  target_s: number;
}

export interface Disposition {
  code: string;
  name: string | Names;
}

export interface Recommendation {
  unit_id: number;
  call_sign: string;
  kind: string;
  letter: string;
  eta_s: number;
  distance_m: number;
  why: string;
  busy: boolean;
  free_in_s: number | null;
  estimate: boolean;
  plan: boolean;
  rank: number;
  /** The less urgent job that a busy unit would leave, and seconds until arrival when taken off now. */
  preempt?: { incident_id: number; number: string; eta_s: number } | null;
}

export interface Found {
  kind: string;
  name: string;
  detail: string;
  lon: number;
  lat: number;
  id?: number | null; // of an address of the register
}

export interface Reach {
  at: string;
  estimate: boolean;
  bands: { seconds: number; share: number; geometry: GeoJSON.MultiPolygon }[];
}

export interface Route {
  seconds: number;
  metres: number;
  coordinates: [number, number][];
}

export interface Job {
  unit: UnitRow;
  incident: IncidentDetail | null;
  next: UnitState[];
  eta_s: number | null;
  route: [number, number][];
}

export const OPEN_STATES: readonly IncidentState[] =
  ['Active', 'ResourcesAssigned', 'ResourcesEnroute', 'ResourcesOnscene', 'ReOpened'];

/** Whether an incident in this state still needs somebody. */
export const isOpen = (row: Pick<IncidentRow, 'state' | 'merged_into'>): boolean =>
  !row.merged_into && OPEN_STATES.includes(row.state);
