import { describe, expect, it } from 'vitest';
import { type } from '../testing';
import { coordinates } from './place';
import { findTypes, scoreOf } from './typesearch';

describe('finding a type by what people call it', () => {
  const types = [
    type(),
    type({ code: 'ebike_theft', name: { en: 'Theft of an e-bike', zh: '电动自行车被盗' }, words: 'e-bike scooter stolen 偷车', priority: 5 }),
    type({ code: 'theft', name: { en: 'Theft', zh: '盗窃' }, words: 'stolen 偷', priority: 6 }),
    type({ code: 'café', name: { en: 'Café dispute', zh: '纠纷' }, words: '', priority: 7 }),
  ];
  const found = (typed: string) => findTypes(types, typed).map((t) => t.code);

  it.each<[string, string]>([
    ['theft', 'theft'], ['e-b', 'ebike_theft'], ['噪', 'noise'], ['电动', 'ebike_theft'], ['stolen', 'ebike_theft'],
    ['loud mus', 'noise'], ['toae', 'ebike_theft'], ['cafe', 'café'], ['zaosh', 'noise'],
  ])('"%s" is %s first', (typed, code) => {
    expect(found(typed)[0]).toBe(code);
  });
  it('offers nothing for what nothing is called', () => {
    expect(found('xyzzy')).toEqual([]);
    expect(scoreOf(type(), 'xyzzy')).toBe(0);
  });
});

describe('coordinates typed by hand', () => {
  const bbox = [24.9, 60.1, 25, 60.2] as const;
  it.each<[string, [number, number] | null]>([
    ['24.94, 60.17', [24.94, 60.17]], ['60.17 24.94', [24.94, 60.17]], ['24.94;60.17', [24.94, 60.17]],
    ['Bulevardi 14', null], ['24.94', null], ['200, 100', null], ['14, 20', [14, 20]],
  ])('%s', (text, expected) => {
    const place = coordinates(text, bbox);
    expect(place && [place.lon, place.lat]).toEqual(expected);
  });
});
