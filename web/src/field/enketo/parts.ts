/** What our own questions have in common: an answer given by a program, a button, a name for a file. */
import type { CoreForm } from './filling';

/** Put a value into the answers, as a field that was typed into does, and say that it changed. */
export async function answer(form: CoreForm, field: HTMLInputElement, value: string, type: string): Promise<void> {
  const index = form.input.getIndex(field);
  form.model.node(form.input.getName(field), index).setVal(value, type);
  await form.validateInput(field);
  field.dispatchEvent(new CustomEvent('xforms-value-changed', { bubbles: true, detail: { repeatIndex: index } }));
}

/** Name the file that a question holds in the answers, or none. */
export async function hold(form: CoreForm, field: HTMLInputElement, name: string): Promise<void> {
  if (name) field.dataset['loadedFileName'] = name;
  else delete field.dataset['loadedFileName'];
  await answer(form, field, name, 'binary');
}

export function button(words: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'small';
  made.textContent = words;
  made.addEventListener('click', press);
  return made;
}

/** Words in the place of the browser's own button for files, which stays for the keyboard and is read aloud. */
export function prompt(field: HTMLInputElement, words: string): void {
  const made = document.createElement('span');
  made.className = 'small pick';
  made.textContent = words;
  field.classList.add('hidden-but-read');
  field.after(made);
}

/** A name that no other file of this phone has today. */
export function fileName(ending: string): string {
  return `${Date.now().toString(36)}-${Math.floor(Math.random() * 1e6).toString(36)}.${ending.toLowerCase()}`;
}
