/** Finding an incident type by what people call it, in either language. Pure. */
import type { IncidentType } from '../../shared/contract';

const fold = (text: string): string =>
  text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');

/** 0 no match; more is better: whole name, start of name, start of a word, inside, subsequence of starts. */
export function scoreOf(type: IncidentType, typed: string): number {
  const wanted = fold(typed.trim());
  if (!wanted) return 1;
  const names = [fold(type.name.en), fold(type.name.zh), type.code];
  if (names.includes(wanted)) return 100;
  if (names.some((name) => name.startsWith(wanted))) return 80;
  const words = fold(`${type.name.en} ${type.name.zh} ${type.words}`).split(/[\s,;，、/]+/u);
  if (words.includes(wanted)) return 70;
  if (words.some((word) => word.startsWith(wanted))) return 60;
  const parts = wanted.split(/\s+/u);
  if (parts.length > 1 && parts.every((part) => words.some((word) => word.startsWith(part)))) return 55;
  if (wanted.length > 1 && words.some((word) => word.includes(wanted))) return 40;
  return initials(type.name.en, wanted) ? 30 : 0;
}

/** "ebt" for "E-bike theft". */
const initials = (name: string, wanted: string): boolean =>
  wanted.length > 1 && fold(name).split(/[^\p{L}\d]+/u).map((word) => word[0] ?? '').join('').startsWith(wanted);

/** Types that match, best first; the more urgent first where equal. */
export function findTypes(types: Iterable<IncidentType>, typed: string, limit = 8): IncidentType[] {
  return [...types]
    .map((type) => ({ type, score: scoreOf(type, typed) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.type.priority - b.type.priority || a.type.name.en.localeCompare(b.type.name.en))
    .slice(0, limit)
    .map(({ type }) => type);
}
