import { expect, it } from 'vitest';
import { readTicks, wordsOf, writeTick } from './tour';

function store() {
  const kept = new Map<string, string>();
  return { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value) };
}

it('ticks and unticks, each step once', () => {
  const shelf = store();
  writeTick(shelf, 'map', true);
  writeTick(shelf, 'map', true);
  writeTick(shelf, 'send', true);
  writeTick(shelf, 'map', false);
  expect([...readTicks(shelf)]).toEqual(['send']);
});

it('reads nonsense as no tick', () => {
  const shelf = store();
  for (const nonsense of ['{', '"map"', '[1,2]', 'null']) {
    shelf.setItem('maplebridge.tour', nonsense);
    expect(readTicks(shelf).size).toBe(0);
  }
});

it('goes on when nothing can be stored', () => {
  const full = { getItem: () => null, setItem: () => { throw new Error('full'); } };
  expect(() => writeTick(full, 'map', true)).not.toThrow();
});

it('puts the count into the sentence', () => {
  expect(wordsOf('已尝试 {n} / 10', 3)).toBe('已尝试 3 / 10');
});
