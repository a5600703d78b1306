/** What becomes of a text that was read. Pure. */

/** So long the same code before the camera counts once. */
const AGAIN_MS = 4000;

/** The number in a scanned text: of our own sticker the code, else the text as it is, on one line. */
export function numberIn(text: string): string {
  const bare = text.replace(/\p{Cc}+/gu, ' ').trim().slice(0, 400);
  const ours = /^https?:\/\/[^\s?#]+\/property(?:\/accept)?\?code=([A-Za-z0-9%-]{4,40})$/.exec(bare);
  return ours?.[1] ? decodeURIComponent(ours[1]) : bare;
}

/** Whether a number is news at `now` (ms); remembers it. */
export function fresh(seen: Map<string, number>, number: string, now: number): boolean {
  const last = seen.get(number);
  seen.set(number, now);
  return last === undefined || now - last > AGAIN_MS;
}

/** A list with one more line; each number once. */
export function appended(list: string, number: string): string {
  const lines = list.split('\n').map((line) => line.trim()).filter(Boolean);
  return (lines.includes(number) ? lines : [...lines, number]).join('\n') + '\n';
}
