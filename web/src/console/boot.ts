/** Stands before the console's own script, by itself: says so when that script or a part of it can't be had. */
function failed(): void {
  const words = document.querySelector<HTMLTemplateElement>('#console-failed');
  const desk = document.getElementById('console');
  if (!words || !desk?.querySelector('.boot')) return;
  desk.replaceChildren(words.content.cloneNode(true));
  desk.querySelector('button')?.addEventListener('click', () => location.reload());
}

// A module script whose own imports answer 404 fires "error" at its element; such events do not bubble, so: captured.
window.addEventListener(
  'error',
  (event) => {
    if (event.target instanceof HTMLScriptElement) failed();
  },
  true,
);
window.addEventListener('vite:preloadError', failed);

export {};
