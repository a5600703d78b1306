/** Keeps the phone's shell (page, script, style, icons, map styles and tiles seen) so that it opens without a network.
 * Answers of the API are never kept here: what may be remembered stands in `saved.ts`. */

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(name: 'install' | 'activate', listen: (event: Lasting) => void): void;
  addEventListener(name: 'fetch', listen: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = self as unknown as Worker;
const SHELL = 'maplebridge-unit-shell-1';
const MAP = 'maplebridge-unit-map-1';
const PAGE = '/unit';
const PATIENCE_MS = 4_000;
const MOST_TILES = 400;
const MOST_FILES = 60;

worker.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => worker.skipWaiting())));

/** The page and the files that it names, so that already the second opening needs no network. */
async function keepShell(): Promise<void> {
  const shell = await caches.open(SHELL);
  const answer = await fetch(PAGE);
  if (!answer.ok || answer.redirected) return;
  const files = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]!);
  await shell.put(PAGE, answer);
  await Promise.all(files.map((file) => shell.add(file).catch(() => undefined)));
}

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith('maplebridge-unit-') && name !== SHELL && name !== MAP)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin) return;
  if (event.request.mode === 'navigate' && url.pathname === PAGE) event.respondWith(freshPage(event.request));
  else if (url.pathname.startsWith('/static/')) event.respondWith(kept(event.request, SHELL));
  else if (url.pathname.startsWith('/map/')) event.respondWith(kept(event.request, MAP));
});

/** The page from the server; the kept one when the server is away or slow. A redirect to the sign-in is not kept. */
async function freshPage(request: Request): Promise<Response> {
  const shell = await caches.open(SHELL);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && !answer.redirected) await shell.put(PAGE, answer.clone());
    return answer;
  } catch (error) {
    const last = await shell.match(PAGE);
    if (last) return last;
    throw error;
  }
}

/** The kept file at once, renewed behind; from the server when there is none. */
async function kept(request: Request, name: string): Promise<Response> {
  const shelf = await caches.open(name);
  const last = await shelf.match(request);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) {
      await shelf.put(request, answer.clone());
      await trim(shelf, name === MAP ? MOST_TILES : MOST_FILES);
    }
    return answer;
  });
  if (!last) return fresh;
  fresh.catch(() => undefined);
  return last;
}

/** Keep the newest only: a telephone's storage is small. */
async function trim(shelf: Cache, most: number): Promise<void> {
  const keys = await shelf.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => shelf.delete(key)));
}

export {};
