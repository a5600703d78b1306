/** The fences in force: their names for the alarms, their borders for the map. */
import type { Entry, Fence } from '../../shared/contract';
import { desk } from './desk.svelte';

let rows = $state.raw<readonly Fence[]>([]);

export const fences = (): readonly Fence[] => rows;
export const fenceName = (id: number): string | undefined => rows.find((row) => row.id === id)?.name;

/** Ask for them; what is known stays when nobody answers. */
export async function askFences(): Promise<void> {
  rows = await desk.api.get<Fence[]>('/api/fences').catch(() => rows);
}

/** Ask again when one is put up or ended. */
export function heardFence({ verb }: Pick<Entry, 'verb'>): void {
  if (verb === 'positions.fence_put' || verb === 'positions.fence_ended') void askFences();
}
