import { expect, it } from 'vitest';
import { greyOf } from './readers';
import { readGrey } from './zxing';

it('makes black, white, a colour and nothing grey', () => {
  const rgba = new Uint8ClampedArray([0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 0]);
  expect([...greyOf(rgba)]).toEqual([0, 255, 76, 255]);
});

it('finds nothing in an empty picture, and says so without an error', () => {
  expect(readGrey(new Uint8ClampedArray(200 * 200).fill(255), 200, 200)).toBeNull();
});
