/** The API client: session cookie with CSRF, refusals as sentences, "away" told apart from "refused". */

/** The server answered and said no; `message` is its sentence. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    sentence: string,
    readonly code: string,
    readonly status: number,
    readonly fields: { field: string; message: string }[] = [],
  ) {
    super(sentence);
  }
}

/** The server did not answer: no network, a stop, a proxy without a back end. What was sent may be sent again. */
export class Away extends Error {
  override readonly name = 'Away';
}

export type Fetch = (input: string, init: RequestInit) => Promise<Response>;
export type Query = Record<string, string | number | boolean | null | undefined>;

export interface SendOptions {
  key?: string;
  signal?: AbortSignal;
}

/** Address with its query; null and undefined values are left out. */
export function address(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  if (pairs.length === 0) return path;
  return `${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

/** Value of a cookie, or an empty string. Over TLS its name begins with `__Host-`. */
export function cookie(name: string, all: string = document.cookie): string {
  const found = all.split('; ').find((pair) => pair.startsWith(`${name}=`) || pair.startsWith(`__Host-${name}=`));
  return found ? decodeURIComponent(found.slice(found.indexOf('=') + 1)) : '';
}

/** Make a client. `fetcher` and `csrf` are replaceable for tests. Timeout in ms. */
export function client(
  fetcher: Fetch = (input, init) => fetch(input, init),
  csrf: () => string = () => cookie('csrftoken'),
  timeout = 15_000,
) {
  async function ask<T>(method: string, path: string, body: unknown, options: SendOptions): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (method !== 'GET') headers['X-CSRFToken'] = csrf();
    if (options.key) headers['Idempotency-Key'] = options.key;
    const init: RequestInit = { method, headers, credentials: 'same-origin' };
    if (body instanceof FormData) init.body = body;
    else if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(body);
    }
    const limit = AbortSignal.timeout(timeout);
    init.signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    let response: Response;
    try {
      response = await fetcher(path, init);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw new Away('away');
    }
    if ([502, 503, 504].includes(response.status)) throw new Away('away');
    if (!response.ok) throw await refusal(response);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  return {
    get: <T>(path: string, query: Query = {}, options: SendOptions = {}): Promise<T> =>
      ask<T>('GET', address(path, query), undefined, options),
    post: <T>(path: string, body: unknown = {}, options: SendOptions = {}): Promise<T> =>
      ask<T>('POST', path, body, options),
  };
}

async function refusal(response: Response): Promise<Refused> {
  const text = await response.text();
  try {
    const said = JSON.parse(text) as { refused?: string; code?: string; fields?: Refused['fields'] };
    if (said.refused) return new Refused(said.refused, said.code ?? '', response.status, said.fields ?? []);
  } catch {
    // not JSON: a page of a proxy, or of a fault
  }
  return new Refused('', `http_${response.status}`, response.status);
}

export type Client = ReturnType<typeof client>;

/** A fresh idempotency key. */
export const newKey = (): string =>
  typeof crypto.randomUUID === 'function'
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
