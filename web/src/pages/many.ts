/** Choosing many rows of a table: all at once, a stretch with Shift, how many; and only the fields that the step asks for. */
export function chooseMany(form: HTMLFormElement): void {
  const boxes = [...form.querySelectorAll<HTMLInputElement>('tbody input[type="checkbox"]')];
  const all = form.querySelector<HTMLInputElement>('[data-all]');
  const said = form.querySelector<HTMLElement>('[data-chosen]');
  const what = form.querySelector<HTMLSelectElement>('select[name="what"]');
  let last = -1;

  const count = (): void => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (all) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    if (said) said.textContent = (said.dataset.chosen ?? '{n}').replace('{n}', String(chosen));
  };
  const ask = (): void => {
    for (const field of form.querySelectorAll<HTMLElement>('[data-for]')) {
      field.hidden = !(field.dataset.for ?? '').split(' ').includes(what?.value ?? '');
    }
  };

  boxes.forEach((box, at) => {
    box.addEventListener('click', (event) => {
      if (event.shiftKey && last >= 0) {
        for (const each of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) each.checked = box.checked;
      }
      last = at;
    });
  });
  if (all) {
    all.hidden = false;
    all.addEventListener('change', () => {
      for (const box of boxes) box.checked = all.checked;
    });
  }
  form.addEventListener('change', count);
  form.addEventListener('click', ({ target }) => {
    if (target !== all) count(); // a stretch chosen with Shift changes boxes without telling; "all" tells by itself
  });
  what?.addEventListener('change', ask);
  count();
  ask();
}
