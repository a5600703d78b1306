import { describe, expect, it, vi } from 'vitest';
import { address, Away, client, cookie, Refused, type Fetch } from './api';

const answer = (status: number, body: unknown) => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

describe('the API client', () => {
  it('sends the CSRF token and the idempotency key with a write', async () => {
    const fetcher = vi.fn<Fetch>().mockResolvedValue(answer(201, { id: 1 }));
    await client(fetcher, () => 'token').post('/api/incidents', { type: 'noise' }, { key: 'k' });
    const init = fetcher.mock.calls[0]?.[1];
    expect(init?.headers).toMatchObject({ 'X-CSRFToken': 'token', 'Idempotency-Key': 'k', 'Content-Type': 'application/json' });
    expect(init?.body).toBe('{"type":"noise"}');
  });

  it('gives a refusal its sentence, code and fields', async () => {
    const said = { refused: 'Unknown type.', code: 'bad_input', fields: [{ field: 'type', message: 'Choose one.' }] };
    const error = await client(async () => answer(422, said), () => '').post('/x').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ message: 'Unknown type.', code: 'bad_input', status: 422, fields: said.fields });
  });

  it.each([502, 503, 504])('takes %i from a proxy for "away"', async (status) => {
    await expect(client(async () => answer(status, '<html>'), () => '').get('/x')).rejects.toBeInstanceOf(Away);
  });

  it('takes a network failure for "away", and a page of a fault for a refusal without a sentence', async () => {
    await expect(client(() => Promise.reject(new TypeError('failed')), () => '').get('/x')).rejects.toBeInstanceOf(Away);
    await expect(client(async () => answer(500, '<h1>'), () => '').get('/x')).rejects.toMatchObject({ code: 'http_500', message: '' });
  });

  it('leaves empty values out of an address, and reads a cookie', () => {
    expect(address('/a', { q: 'é x', none: null, no: undefined, n: 0 })).toBe('/a?q=%C3%A9+x&n=0');
    expect(cookie('csrftoken', 'a=1; csrftoken=b%3D; c=2')).toBe('b=');
    expect(cookie('csrftoken', 'a=1; __Host-csrftoken=d; c=2')).toBe('d');
    expect(cookie('missing', 'a=1')).toBe('');
  });
});
