/** The small face of the form engine: load a form with or without a draft, take its parts. Behind it stands enketo-core. */
import events from 'enketo-core/src/js/event';
import { Form } from 'enketo-core/src/js/form';
import { setFilling, type CoreForm } from './enketo/filling';
import { t as words } from './enketo/translator';
import { t } from './i18n/words';
import type { Prepared } from './types';

/** What was filled in before. `taken` says that the server has it: then it is changed, under a new instance ID. */
export interface Draft {
  xml: string;
  taken: boolean;
}

export interface Options {
  /** The form's name in the language in use: the form itself holds but one. */
  title: string;
  language: 'en' | 'zh';
  device: string;
  owner: string;
  /** The task that is worked on: chosen already in a form that asks for it. */
  task: number | null;
  keep: (record: string, name: string, blob: Blob) => Promise<void>;
  find: (record: string, name: string) => Promise<Blob | undefined>;
  /** Told that an answer has changed, and that a file is being put away or has been. */
  changed: () => void;
  /** Told that a file could not be kept. */
  failed: (error: unknown) => void;
}

/** A form that is being filled in. */
export interface Open {
  /** Instance ID of this record. */
  readonly id: string;
  /** Instance ID of the one that it replaces, or "". */
  readonly replaces: string;
  /** The answers as they stand, also those of questions that are not asked at present. */
  draft(): string;
  /** The answers as they are sent: XML without what is not asked. */
  parts(): { id: string; xml: string };
  /** Whether a file is still being put away. */
  readonly busy: boolean;
  /** Whether everything is filled in as it must be, once every file is put away; shows what is not. */
  check(): Promise<boolean>;
  close(): void;
}

const parser = new DOMParser();
const TYPED = new Set(['text', 'number', 'tel', 'url', 'email']);
const PAUSE_MS = 1_200;

/** Show a form in `target`, filled in with the draft. Throws where the form does not work in a browser. */
export function load(target: HTMLElement, prepared: Prepared, draft: Draft | null, options: Options): Open {
  const fragment = document.createRange().createContextualFragment(prepared.form);
  target.replaceChildren(fragment);
  const html = target.querySelector<HTMLFormElement>('form.or');
  if (!html) throw new Error('The form has no questions.');
  html.addEventListener('submit', (event) => event.preventDefault());
  say(html);
  const title = html.querySelector('#form-title');
  if (title && options.title) title.textContent = options.title;
  const core = coreOf(html, prepared, draft, options);
  const id = (): string => core.instanceID;
  const files = new Files(options);
  setFilling({
    core: () => core,
    keep: (name, blob) => options.keep(id(), name, blob),
    find: (name) => options.find(id(), name),
    during: (work) => files.during(work),
  });
  const faults = core.init();
  if (faults.length > 0) throw new Error(faults.join(' '));
  label(html);
  if (options.task !== null) choose(html, String(options.task));
  html.addEventListener('addrepeat', () => label(html));
  html.addEventListener('removerepeat', options.changed);
  html.addEventListener('xforms-value-changed', options.changed);
  return opened(target, core, html, takeTyped(html), files);
}

/** Files that questions are putting away: made smaller, drawn, written to the phone's database. */
class Files {
  readonly #works = new Set<Promise<boolean>>();

  constructor(private readonly told: Pick<Options, 'changed' | 'failed'>) {}

  get busy(): boolean {
    return this.#works.size > 0;
  }

  during(work: Promise<void>): void {
    const each = work.then(
      () => true,
      (error: unknown) => {
        this.told.failed(error);
        return false;
      },
    );
    this.#works.add(each);
    this.told.changed();
    void each.then((kept) => {
      this.#works.delete(each);
      if (kept) this.told.changed();
    });
  }

  /** Wait until none is under way; whether all could be kept. */
  async away(): Promise<boolean> {
    return (await Promise.all(this.#works)).every(Boolean);
  }
}

function coreOf(html: HTMLFormElement, prepared: Prepared, draft: Draft | null, options: Options): CoreForm {
  const core = new Form(
    html,
    {
      modelStr: prepared.model,
      instanceStr: draft?.xml ?? null,
      submitted: draft?.taken ?? false,
      external: prepared.external.map((each) => ({ id: each.id, xml: parser.parseFromString(each.xml ?? '<root/>', 'text/xml') })),
      session: { deviceid: options.device, username: options.owner },
    },
    { language: languageIn(html, options.language) },
  ) as unknown as CoreForm;
  const { $ } = core.view;
  const attr = $.attr.bind($);
  // enketo-core sets an inline handler, which the security policy forbids; `submit` is held back above
  $.attr = (name, value) => (name === 'onsubmit' ? $ : value === undefined ? (attr as (n: string) => unknown)(name) : attr(name, value));
  return core;
}

/** Take what is typed after a pause, too: enketo-core takes it when a field is left, and a phone may die before.
 * Gives the function that takes what is pending now. */
function takeTyped(html: HTMLFormElement): () => void {
  let pending: HTMLElement | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const take = (): void => {
    clearTimeout(timer);
    pending?.dispatchEvent(new Event('change', { bubbles: true }));
    pending = null;
  };
  html.addEventListener('input', ({ target: field }) => {
    if (!(field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && TYPED.has(field.type)))) return;
    if (pending !== field) take();
    pending = field;
    clearTimeout(timer);
    timer = setTimeout(take, PAUSE_MS);
  });
  html.addEventListener('change', ({ target: field }) => field === pending && (pending = null));
  return take;
}

function opened(target: HTMLElement, core: CoreForm, html: HTMLFormElement, take: () => void, files: Files): Open {
  return {
    get id() {
      return core.instanceID;
    },
    get replaces() {
      return core.deprecatedID;
    },
    draft: () => {
      take();
      return core.getDataStr();
    },
    parts: () => {
      html.dispatchEvent(events.BeforeSave());
      return { id: core.instanceID, xml: core.getDataStr({ irrelevant: false }) };
    },
    get busy() {
      return files.busy;
    },
    check: async () => (await files.away()) && core.validate(),
    close: () => {
      take();
      core.resetView();
      target.replaceChildren();
      setFilling(null);
    },
  };
}

/** The form's own tag for the language in use: "zh" finds "zh-Hans"; its default where it does not have it. */
function languageIn(html: HTMLFormElement, language: string): string {
  const tags = Array.from(html.querySelectorAll<HTMLOptionElement>('#form-languages option'), (option) => option.value);
  return tags.find((tag) => tag.toLowerCase().startsWith(language)) ?? '';
}

/** The engine's own sentences in the language in use. */
function say(html: HTMLFormElement): void {
  for (const element of html.querySelectorAll<HTMLElement>('[data-i18n]')) {
    element.textContent = words(element.dataset['i18n'] ?? '');
  }
}

/** Choose the task in the question of that name, where the form has one and nothing is chosen yet. */
function choose(html: HTMLFormElement, task: string): void {
  const field = Array.from(html.querySelectorAll('select')).find((each) => /^\/[^/]+\/task$/.test(each.name));
  if (!field || field.value || !Array.from(field.options).some((option) => option.value === task)) return;
  field.value = task;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Words on the buttons that repeat a group. */
function label(html: HTMLFormElement): void {
  for (const add of html.querySelectorAll('.add-repeat-btn')) add.textContent = t('add_group');
  for (const remove of html.querySelectorAll('.repeat-buttons .remove')) remove.textContent = t('remove_group');
}
