/** Which steps of the tour have been tried; kept in this browser alone. */
const KEY = "maplebridge.tour";

type Store = Pick<Storage, "getItem" | "setItem">;

/** Read the codes of the ticked steps; anything unreadable counts as none. */
export function readTicks(store: Store): Set<string> {
  try {
    const found: unknown = JSON.parse(store.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(found) ? found.filter((code) => typeof code === "string") : []);
  } catch {
    return new Set();
  }
}

/** Tick or untick one step. A full or forbidden store is no reason to fail. */
export function writeTick(store: Store, step: string, ticked: boolean): void {
  const ticks = readTicks(store);
  if (ticked) ticks.add(step);
  else ticks.delete(step);
  try {
    store.setItem(KEY, JSON.stringify([...ticks].sort()));
  } catch {
    // private mode without storage: the tick lasts as long as the page
  }
}

/** Put the count into the sentence that the page brought in the reader's language. */
export function wordsOf(sentence: string, count: number): string {
  return sentence.replace("{n}", String(count));
}
