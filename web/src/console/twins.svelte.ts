/** This window's part in the two-window mode: what it tells, and what it takes from the other. */
import { desk } from '../features/live/desk.svelte';
import { Twin, type Channel, type Shared } from '../features/live/twin';
import { language, speak } from '../shared/i18n/index.svelte';
import { setTheme, theme, type Theme } from '../shared/theme.svelte';

/** Keep in step with other windows of this desk; call while a component is set up. */
export function joinTwin(): void {
  if (typeof BroadcastChannel === 'undefined') return;
  const twin = new Twin(new BroadcastChannel('maplebridge.desk') as Channel, take, (point) => desk.pick?.(point));
  let lent = false;

  function take(state: Partial<Shared>): void {
    if (state.selectedId !== undefined) desk.selectedId = state.selectedId;
    if (state.selectedId !== undefined && desk.pane === 'map') desk.right = 'incident'; // its ring takes the address's place
    if (state.selectedUnit !== undefined) desk.selectedUnit = state.selectedUnit;
    if (state.filter) desk.filter = state.filter as typeof desk.filter;
    if (state.order) desk.order = state.order as typeof desk.order;
    if (state.reach !== undefined) desk.reach = state.reach;
    if (state.addresses !== undefined) desk.showAddresses(state.addresses);
    if (state.addressId) desk.openAddress(state.addressId);
    else if (state.addressId === null) desk.addressId = null;
    if (state.draftPoint !== undefined) desk.draftPoint = state.draftPoint;
    if (state.ask) desk.ask = state.ask as typeof desk.ask;
    if (state.theme && state.theme !== theme()) setTheme(state.theme as Theme);
    if (state.language && state.language !== language()) speak(state.language as 'en' | 'zh');
    if (state.picking !== undefined && desk.pane === 'map') {
      lent = state.picking;
      desk.pick = state.picking ? (point) => twin.pick(point) : null;
    }
  }

  $effect(() => {
    twin.tell({
      selectedId: desk.selectedId,
      selectedUnit: desk.selectedUnit,
      filter: desk.filter,
      order: desk.order,
      reach: desk.reach,
      addresses: desk.addresses,
      addressId: desk.addressId,
      theme: theme(),
      language: language(),
      ask: desk.ask,
      draftPoint: desk.draftPoint,
      picking: desk.pick !== null && !lent,
    });
  });
  $effect(() => () => twin.close());
}
