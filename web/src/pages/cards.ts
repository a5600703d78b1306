/** Tables on a phone: each row a card whose values stand beside the names of their columns. Without it they scroll sideways. */

const NARROW_ENOUGH = 3; // columns that a phone shows beside one another
const OWN_KIND = '.figures, .month, .board, .journal, .matrix'; // these have a form of their own on a phone
const ROLES: readonly [string, string][] = [
  ['thead, tbody, tfoot', 'rowgroup'],
  ['tr', 'row'],
  ['td', 'cell'],
  ['thead th', 'columnheader'],
  [':is(tbody, tfoot) th', 'rowheader'],
];

/** Whether a table is shown as cards on a phone: it has a head, more columns than fit, and no form of its own. */
export function becomesCards(table: HTMLTableElement): boolean {
  const columns = table.tHead?.rows[0]?.cells.length ?? 0;
  return columns > NARROW_ENOUGH && !table.matches(OWN_KIND) && !table.querySelector('[colspan], [rowspan]');
}

/** Give each cell the name of its column, and the roles that a table loses to some readers when its rows are blocks. */
export function asCards(table: HTMLTableElement): void {
  const names = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
  table.classList.add('as-cards');
  table.setAttribute('role', 'table');
  for (const [where, role] of ROLES) for (const part of table.querySelectorAll(where)) part.setAttribute('role', role);
  for (const all of table.querySelectorAll<HTMLElement>('thead th > input[aria-label]')) {
    all.parentElement?.setAttribute('data-label', all.getAttribute('aria-label') ?? '');
  }
  for (const row of table.querySelectorAll<HTMLTableRowElement>(':is(tbody, tfoot) > tr')) nameCells(row, names);
}

/** The first cell that is no tick is the card's heading and needs no name. */
function nameCells(row: HTMLTableRowElement, names: readonly string[]): void {
  const cells = [...row.cells];
  const heading = row.querySelector('th') ?? cells.find((cell) => !cell.querySelector('input[type=checkbox]'));
  cells.forEach((cell, n) => {
    const tick = cell.querySelector('input[type=checkbox]') !== null;
    cell.classList.toggle('card-tick', tick);
    cell.classList.toggle('card-heading', cell === heading);
    if (!tick && cell !== heading) cell.dataset.label = names[n] ?? '';
  });
}
