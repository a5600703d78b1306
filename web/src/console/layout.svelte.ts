/** Sizes of the panels, remembered in this browser. */
const SHELF = 'maplebridge.layout';

export interface Sizes {
  queue: number;
  incident: number;
  units: number;
}

export const LIMITS: Record<keyof Sizes, { min: number; max: number }> = {
  queue: { min: 260, max: 620 },
  incident: { min: 320, max: 720 },
  units: { min: 44, max: 420 },
};

const DEFAULTS: Sizes = { queue: 336, incident: 384, units: 104 };

/** A size within its limits, or its default where unreadable. */
export function within(panel: keyof Sizes, size: unknown): number {
  const { min, max } = LIMITS[panel];
  return typeof size === 'number' && Number.isFinite(size) ? Math.round(Math.min(max, Math.max(min, size))) : DEFAULTS[panel];
}

function kept(): Sizes {
  let said: Partial<Sizes> = {};
  try {
    said = JSON.parse(localStorage.getItem(SHELF) ?? '{}') as Partial<Sizes>;
  } catch {
    // the defaults do
  }
  return { queue: within('queue', said.queue), incident: within('incident', said.incident), units: within('units', said.units) };
}

export const sizes = $state<Sizes>(kept());

export function resize(panel: keyof Sizes, size: number): void {
  sizes[panel] = within(panel, size);
  localStorage.setItem(SHELF, JSON.stringify(sizes));
}
