/** Map symbols drawn on canvas: incidents as shapes by family, units as letters in a status ring, clusters. */

export interface Inks {
  paper: string;
  ink: string;
  quiet: string;
  free: string;
  enroute: string;
  scene: string;
  hold: string;
  late: string;
  alarm: string;
  accent: string;
}

/** The tokens in use, read from the document. */
export function inks(): Inks {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return {
    paper: of('--n0'), ink: of('--n9'), quiet: of('--n6'), free: of('--free'), enroute: of('--enroute'),
    scene: of('--scene'), hold: of('--hold'), late: of('--late'), alarm: of('--alarm'), accent: of('--accent'),
  };
}

const SIZE = 28;
export const RATIO = 2;

function canvas(size = SIZE): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = element.height = size * RATIO;
  const context = element.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.scale(RATIO, RATIO);
  context.translate(size / 2, size / 2);
  return context;
}

const done = (context: CanvasRenderingContext2D): ImageData =>
  context.getImageData(0, 0, context.canvas.width, context.canvas.height);

type Path = readonly (readonly [number, number])[];

const polygon = (corners: number, turn = 0, radius = 9): Path =>
  Array.from({ length: corners }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / corners;
    return [radius * Math.sin(angle), -radius * Math.cos(angle)] as const;
  });

/** Shapes by family: told apart without colour. SVG of the queue uses the same points. */
export const SHAPES: Readonly<Record<string, Path>> = {
  violence: polygon(4),
  order: polygon(3, 0, 10),
  property: [[-7, -7], [7, -7], [7, 7], [-7, 7]],
  traffic: polygon(6, Math.PI / 6),
  hazard: polygon(3, Math.PI, 10),
  welfare: [[-3, -8.5], [3, -8.5], [3, -3], [8.5, -3], [8.5, 3], [3, 3], [3, 8.5], [-3, 8.5], [-3, 3], [-8.5, 3], [-8.5, -3], [-3, -3]],
  alarm: Array.from({ length: 10 }, (_, i) => {
    const radius = i % 2 ? 4.6 : 10;
    return [radius * Math.sin((i * Math.PI) / 5), -radius * Math.cos((i * Math.PI) / 5)] as const;
  }),
  emergency: polygon(8, Math.PI / 8),
  service: polygon(24, 0, 8),
};

export const shapeOf = (family: string): Path => SHAPES[family] ?? SHAPES['service'] ?? [];

function trace(context: CanvasRenderingContext2D, path: Path): void {
  context.beginPath();
  path.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}

/** Incident: `rank` 1 to 3 is its colour; held ones are hollow; overdue ones wear a ring. */
export function incidentImage(ink: Inks, family: string, rank: number, look: string): ImageData {
  const context = canvas();
  const colour = rank === 1 ? ink.alarm : rank === 2 ? ink.late : ink.quiet;
  if (look === 'late') {
    context.beginPath();
    context.arc(0, 0, 12.6, 0, 2 * Math.PI);
    context.strokeStyle = ink.alarm;
    context.lineWidth = 1.8;
    context.stroke();
    context.scale(0.82, 0.82);
  }
  trace(context, shapeOf(family));
  context.lineJoin = 'round';
  context.strokeStyle = ink.paper;
  context.lineWidth = 4;
  context.stroke();
  context.fillStyle = look === 'held' ? ink.paper : colour;
  context.fill();
  if (look === 'held') {
    context.strokeStyle = colour;
    context.lineWidth = 2;
    context.stroke();
  }
  return done(context);
}

/** Unit: its letter in a ring; dashed is en route, thick is on scene, dotted is out of service; alarm is filled. */
export function unitImage(ink: Inks, letter: string, status: string, alarm: boolean): ImageData {
  const context = canvas();
  const colour: Record<string, string> = {
    Available: ink.free, Assigned: ink.enroute, EnRoute: ink.enroute, OnScene: ink.scene, OutOfService: ink.hold,
  };
  context.beginPath();
  context.arc(0, 0, 9.6, 0, 2 * Math.PI);
  context.fillStyle = alarm ? ink.alarm : ink.paper;
  context.fill();
  context.strokeStyle = alarm ? ink.alarm : (colour[status] ?? ink.hold);
  context.lineWidth = status === 'OnScene' ? 4 : 2.4;
  if (status === 'EnRoute') context.setLineDash([11, 4]);
  if (status === 'Assigned') context.setLineDash([4, 3]);
  if (status === 'OutOfService') context.setLineDash([1.6, 3]);
  context.stroke();
  write(context, letter, alarm ? ink.paper : ink.ink, 11);
  return done(context);
}

/** Doors of the register by what is there, in half units of the canvas: told apart by shape, not by colour. */
export const DOORS: Readonly<Record<string, Path>> = {
  home: [[0, -6], [6, -0.5], [4.5, -0.5], [4.5, 5], [-4.5, 5], [-4.5, -0.5], [-6, -0.5]],
  trade: [[-5, -5], [5, -5], [5, 5], [-5, 5]],
  guests: [[-6, -4.5], [-3.6, -4.5], [-3.6, 0], [6, 0], [6, 5], [3.6, 5], [3.6, 2.6], [-3.6, 2.6], [-3.6, 5], [-6, 5]],
  charging: [[1.5, -6.5], [-4.5, 1], [-0.8, 1], [-1.8, 6.5], [4.5, -1.2], [0.8, -1.2]],
  public: [[0, -6.5], [6, -2], [6, 5], [3, 5], [3, -0.5], [1.2, -0.5], [1.2, 5], [-1.2, 5], [-1.2, -0.5], [-3, -0.5], [-3, 5], [-6, 5], [-6, -2]],
  empty: polygon(16, 0, 4),
  other: polygon(12, 0, 3.2),
};

const USES: Readonly<Record<string, string>> = {
  house: 'home', flat: 'home', dormitory: 'home', rental: 'home', shop: 'trade', business: 'trade', workshop: 'trade',
  lodging: 'guests', charging: 'charging', public: 'public', empty: 'empty',
};

/** The door that stands for a use of premises. */
export const doorOf = (use: string): string => USES[use] ?? 'other';

/** A door: dark on the map's ground; that of empty premises is hollow. */
export function doorImage(ink: Inks, use: string): ImageData {
  const context = canvas(16);
  const door = doorOf(use);
  trace(context, DOORS[door] ?? []);
  context.lineJoin = 'round';
  context.strokeStyle = ink.paper;
  context.lineWidth = 2.6;
  context.stroke();
  context.fillStyle = door === 'empty' ? ink.paper : ink.quiet;
  context.fill();
  if (door === 'empty') {
    context.strokeStyle = ink.quiet;
    context.lineWidth = 1.4;
    context.stroke();
  }
  return done(context);
}

/** Cluster: how many, in a disc whose ring is the most urgent one's colour. */
export function clusterImage(ink: Inks, rank: number, count: string): ImageData {
  const context = canvas(34);
  context.beginPath();
  context.arc(0, 0, 13.5, 0, 2 * Math.PI);
  context.fillStyle = ink.paper;
  context.fill();
  context.strokeStyle = rank === 1 ? ink.alarm : rank === 2 ? ink.late : ink.quiet;
  context.lineWidth = rank === 1 ? 3 : 2;
  context.stroke();
  write(context, count, ink.ink, count.length > 3 ? 9.5 : 11);
  return done(context);
}

function write(context: CanvasRenderingContext2D, text: string, colour: string, size: number): void {
  context.setLineDash([]);
  context.font = `700 ${size}px system-ui, 'Noto Sans', sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.fillStyle = colour;
  context.fillText(text, 0, size * 0.36);
}

/** Draw the image that a name asks for: `i|family|rank|look`, `u|letter|status|alarm`, `c|rank|count`, `d|use`. */
export function imageFor(name: string, ink: Inks): ImageData | null {
  const [kind, a = '', b = '', c = ''] = name.split('|');
  if (kind === 'i') return incidentImage(ink, a, Number(b), c);
  if (kind === 'u') return unitImage(ink, a, b, c === '1');
  if (kind === 'd') return doorImage(ink, a);
  return kind === 'c' ? clusterImage(ink, Number(a), b) : null;
}
