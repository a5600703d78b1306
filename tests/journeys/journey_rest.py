"""When a page has come to rest: what it asked for is there, what it draws is drawn, no colour is on its way."""

from time import monotonic

from playwright.sync_api import Page, Request

STREAM = "/api/stream"  # stays open for as long as the page does
QUIET_MS, MOST_S = 120, 20
QUIET = """async ({quiet, most}) => {
  const begun = performance.now()
  let last = begun
  const changed = () => { last = performance.now() }
  const seen = new MutationObserver(changed)
  seen.observe(document, {subtree: true, childList: true, attributes: true, characterData: true})
  const moves = () => document.getAnimations().some(it =>
    it.playState === 'running' && it.effect?.getComputedTiming().endTime !== Infinity)
  const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)))
  await frame()
  while (performance.now() - begun < most) {
    if (moves() || document.fonts.status === 'loading' || document.querySelector('[aria-busy=true]')) changed()
    if (performance.now() - last >= quiet) break
    await new Promise(done => setTimeout(done, 20))
  }
  seen.disconnect()
  await frame()
  return performance.now() - begun < most
}"""


class Rest:
    """Watches a page from before it is opened; `wait` returns once it is at rest."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._asked: set[Request] = set()
        page.on("request", self._begins)
        page.on("requestfinished", self._ends)
        page.on("requestfailed", self._ends)

    def _begins(self, request: Request) -> None:
        if STREAM not in request.url:
            self._asked.add(request)

    def _ends(self, request: Request) -> None:
        self._asked.discard(request)

    def wait(self) -> None:
        """Wait until nothing is asked for and nothing has changed in the document for an eighth of a second."""
        until = monotonic() + MOST_S
        while True:
            quiet = self.page.evaluate(QUIET, {"quiet": QUIET_MS, "most": MOST_S * 1000})
            if quiet and not self._asked:
                return
            open_ = [request.url for request in self._asked]
            assert monotonic() < until, f"{self.page.url} does not come to rest: {open_ or 'it changes all the time'}"
