/** The server's time, second by second. One timer for the whole page. */

const state = $state({ ms: Date.now() });
let skew = () => 0;

/** Ms since the epoch by the server's clock; reading it follows each second. */
export const now = (): number => state.ms;

/** Start the second hand. `offset` gives the server's clock less this machine's, in ms. Returns how to stop. */
export function run(offset: () => number): () => void {
  skew = offset;
  state.ms = Date.now() + skew();
  const timer = setInterval(() => (state.ms = Date.now() + skew()), 1000);
  return () => clearInterval(timer);
}
