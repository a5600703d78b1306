/** Which incident types to offer first, and finding one by a word in either language. Pure. */
import type { IncidentType } from '../shared/contract';

/** Types whose names or other words contain the text; used ones first, then the less urgent:
 * what is settled on the spot is rarely a fire. */
export function offered(types: readonly IncidentType[], text: string, used: readonly string[] = []): IncidentType[] {
  const wanted = text.trim().toLowerCase();
  const found = types.filter((type) =>
    `${type.code} ${type.name.en} ${type.name.zh} ${type.words}`.toLowerCase().includes(wanted),
  );
  const rank = (type: IncidentType): number => {
    const at = used.indexOf(type.code);
    return at < 0 ? used.length : at;
  };
  return found.map((type, i) => ({ type, i })).sort((a, b) => rank(a.type) - rank(b.type) || b.type.priority - a.type.priority || a.i - b.i).map((x) => x.type);
}
