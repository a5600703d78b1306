import { describe, expect, it } from 'vitest';
import { forgetPersonal, PERSONAL, seated } from './personal';

function shelf(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
}

describe('what is personal in a browser', () => {
  it('goes at sign-out from every shelf; entries not yet sent and settings stay', () => {
    const [a, b] = [shelf(), shelf()];
    for (const name of [...PERSONAL, 'maplebridge.outbox', 'maplebridge.layout']) for (const each of [a, b]) each.setItem(name, 'x');
    forgetPersonal(a, b);
    for (const each of [a, b]) {
      for (const name of PERSONAL) expect(each.getItem(name)).toBeNull();
      expect([each.getItem('maplebridge.outbox'), each.getItem('maplebridge.layout')]).toEqual(['x', 'x']);
    }
  });
  it('stays for the same person and goes when another signs in', () => {
    const window_ = shelf();
    expect(seated('user:1', window_)).toBe(false);
    window_.setItem('maplebridge.draft', 'Aino');
    expect(seated('user:1', window_)).toBe(false);
    expect(window_.getItem('maplebridge.draft')).toBe('Aino');
    expect(seated('user:2', window_)).toBe(true);
    expect(window_.getItem('maplebridge.draft')).toBeNull();
  });
});
