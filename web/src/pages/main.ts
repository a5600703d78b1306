/** The little that Django pages do by script: ticks, choosing many rows, tables as cards, forgetting. Everything works without it. */
import "./pages.css";
import { forgetPersonal } from "../shared/personal";
import { asCards, becomesCards } from "./cards";
import { chooseMany } from "./many";
import { readTicks, wordsOf, writeTick } from "./tour";

for (const form of document.querySelectorAll('form[action$="/sign-out"]')) {
  form.addEventListener("submit", () => forgetPersonal(localStorage, sessionStorage));
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-many]")) chooseMany(form);
for (const table of document.querySelectorAll<HTMLTableElement>(".table-frame > table")) {
  if (becomesCards(table)) asCards(table);
}

// a line of pages that a phone moves sideways begins at the one that is open
for (const here of document.querySelectorAll<HTMLElement>("nav a[aria-current]")) {
  const line = here.closest("nav");
  if (line && line.scrollWidth > line.clientWidth) line.scrollLeft = here.offsetLeft - line.offsetLeft - 48;
}

const tour = document.getElementById("tour");
const progress = document.getElementById("tour-progress");

if (tour && progress) {
  const boxes = [...tour.querySelectorAll<HTMLInputElement>("input[data-step]")];
  const show = (): void => {
    progress.hidden = false;
    progress.textContent = wordsOf(progress.dataset.words ?? "{n}", boxes.filter((box) => box.checked).length);
  };
  const ticked = readTicks(localStorage);
  for (const box of boxes) {
    const step = box.dataset.step ?? "";
    box.checked = ticked.has(step);
    box.addEventListener("change", () => {
      writeTick(localStorage, step, box.checked);
      show();
    });
  }
  show();
}
