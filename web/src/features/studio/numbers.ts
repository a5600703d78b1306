/** Figures as people read them. Pure. */
import { spoken } from '../../shared/times';

/** "87 %". */
export const percent = (share: number | null): string => (share === null ? '–' : `${Math.round(100 * share)} %`);

/** Points of a hundred with their sign: "+6.1", "−0.4", "0.0". */
export function signed(share: number | null, factor = 100): string {
  if (share === null) return '–';
  const text = Math.abs(factor * share).toFixed(1);
  if (Number(text) === 0) return '0.0';
  return `${share < 0 ? '−' : '+'}${text}`;
}

/** A duration in words; nothing for none. */
export const time = (seconds: number | null, units: { s: string; min: string; h: string }): string =>
  seconds === null ? '' : spoken(seconds, units);

/** Where a value lies on a scale of a width. */
export const scaled = (value: number, most: number, width: number): number =>
  width / 2 + (Math.max(-most, Math.min(most, value)) / most) * (width / 2);
