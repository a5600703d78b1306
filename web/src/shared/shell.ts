/** What a service worker does for a page that must open without a network: it keeps the page and its files.
 * Answers of the API are never kept here, and nothing of what a person entered: a new version clears neither. */

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

export interface Shell {
  /** Address of the page. */
  page: string;
  /** What the names of its caches begin with; those of an earlier version are deleted. */
  prefix: string;
  /** Further files that are kept as they are seen: the beginning of their address, a name, how many at most. */
  also: { begins: RegExp; name: string; most: number }[];
}

const PATIENCE_MS = 4_000;
const MOST_FILES = 60;

/** Keep a page and what it needs; to be called once by a worker. */
export function keepPage(options: Shell): void {
  const worker = self as unknown as Worker;
  const shell = `${options.prefix}shell-1`;
  const names = [shell, ...options.also.map((each) => `${options.prefix}${each.name}-1`)];
  worker.addEventListener('install', (event) => event.waitUntil(install(options.page, shell).then(() => worker.skipWaiting())));
  worker.addEventListener('activate', (event) => {
    event.waitUntil(forgetOld(options.prefix, names).then(() => worker.clients.claim()));
  });
  worker.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== 'GET' || url.origin !== location.origin) return;
    const also = options.also.find((each) => each.begins.test(url.pathname));
    if (event.request.mode === 'navigate' && url.pathname === options.page) event.respondWith(freshPage(event.request, options.page, shell));
    else if (url.pathname.startsWith('/static/')) event.respondWith(kept(event.request, shell, MOST_FILES));
    else if (also) event.respondWith(kept(event.request, `${options.prefix}${also.name}-1`, also.most));
  });
}

/** The page and the files that it names, so that already the second opening needs no network. */
async function install(page: string, name: string): Promise<void> {
  const shell = await caches.open(name);
  const answer = await fetch(page);
  if (!answer.ok || answer.redirected) return;
  const files = [...(await answer.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]!);
  await shell.put(page, answer);
  await Promise.all(files.map((file) => shell.add(file).catch(() => undefined)));
}

async function forgetOld(prefix: string, names: string[]): Promise<void> {
  const all = await caches.keys();
  await Promise.all(all.filter((name) => name.startsWith(prefix) && !names.includes(name)).map((name) => caches.delete(name)));
}

/** The page from the server; the kept one when the server is away or slow. A redirect to the sign-in is not kept. */
async function freshPage(request: Request, page: string, name: string): Promise<Response> {
  const shell = await caches.open(name);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && !answer.redirected) await shell.put(page, answer.clone());
    return answer;
  } catch (error) {
    const last = await shell.match(page);
    if (last) return last;
    throw error;
  }
}

/** The kept file at once, renewed behind; from the server when there is none. */
async function kept(request: Request, name: string, most: number): Promise<Response> {
  const shelf = await caches.open(name);
  const last = await shelf.match(request);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) {
      await shelf.put(request, answer.clone());
      await trim(shelf, most);
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
