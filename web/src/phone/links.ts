/** The link that opens the telephone's own navigation. No map service of ours or of anybody is asked. */

/** `geo:` where it is known (RFC 5870); Apple's maps on its own telephones. */
export function navigationLink(agent: string, to: { lon: number; lat: number }): string {
  const point = `${to.lat.toFixed(6)},${to.lon.toFixed(6)}`;
  return /iPhone|iPad|iPod/.test(agent) ? `maps://?daddr=${point}` : `geo:${point}?q=${point}`;
}
