/** The state of the field client: who, which forms and tasks, what is kept on this phone, how the connection stands. */
import { Away, client, Refused } from '../shared/api';
import { language } from '../shared/i18n/index.svelte';
import { Sender } from './sender';
import { Store } from './store';
import { keyOf, type FieldRecord, type FormRow, type Prepared, type TaskRow, type Work } from './types';

const AGAIN_MS = 30_000;
/** Ms that a sending with photos may take on a weak connection. */
const SENDING_MS = 120_000;

/** What is being filled in: a form, with the record to go on with or the one to change, for a task or for none. */
export interface Sheet {
  form: FormRow;
  prepared: Prepared;
  draft: { xml: string; taken: boolean } | null;
  task: number | null;
}

/** Bring the pictures that a form shows onto the phone, into the cache from which `worker.ts` answers. */
async function keepPictures({ form }: Prepared): Promise<void> {
  if (!('caches' in window)) return;
  const shelf = await caches.open('maplebridge-field-media-1');
  const named = new Set(Array.from(form.matchAll(/ src="(\/field\/forms\/[^"]+)"/g), (found) => found[1]!));
  await Promise.all(Array.from(named, (where) => shelf.add(where).catch(() => undefined)));
}

export class Field {
  work = $state<Work | null>(null);
  records = $state<FieldRecord[]>([]);
  others = $state(0);
  /** Keys of the forms that are on this phone. */
  here = $state<Set<string>>(new Set());
  online = $state(true);
  signed_out = $state(false);
  not_allowed = $state(false);
  opened = $state(false);
  safe = $state(true);
  sheet = $state.raw<Sheet | null>(null);
  said = $state('');
  device = '';

  readonly api = client();
  readonly store = new Store();
  readonly #sender = new Sender(this.store, { get: this.api.get, post: client(undefined, undefined, SENDING_MS).post });

  owner = $derived(this.work?.me.ref ?? '');
  drafts = $derived(this.records.filter((row) => row.state === 'draft'));
  waiting = $derived(this.records.filter((row) => row.state === 'ready'));
  refused = $derived(this.records.filter((row) => row.state === 'refused'));
  sent = $derived(this.records.filter((row) => row.state === 'sent'));
  unsent = $derived(this.waiting.length + this.refused.length);

  /** Open from what is kept, then from the server. */
  async open(): Promise<void> {
    this.device = await this.store.device();
    this.work = (await this.store.lastWork()) ?? null;
    await this.look();
    if (this.work) this.opened = true;
    addEventListener('online', () => void this.wake());
    addEventListener('offline', () => (this.online = false));
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void this.wake());
    setInterval(() => void (this.unsent > 0 || !this.online ? this.wake() : undefined), AGAIN_MS);
    this.safe = await (navigator.storage?.persist?.() ?? Promise.resolve(false)).catch(() => false);
    await this.wake();
    this.opened = true;
    await this.follow(new URLSearchParams(location.search));
  }

  /** The connection may be back: fetch what is new and send what waits. */
  async wake(): Promise<void> {
    await this.refresh();
    await this.flush();
  }

  /** Read again what is kept on this phone. */
  async look(): Promise<void> {
    this.records = this.owner ? await this.store.recordsOf(this.owner) : [];
    this.others = await this.store.othersUnsent(this.owner);
    this.here = new Set((await this.store.forms.toCollection().primaryKeys()) as string[]);
  }

  async refresh(): Promise<void> {
    try {
      const work = await this.api.get<Work>('/field/work');
      if (this.work && this.work.me.ref !== work.me.ref) this.sheet = null;
      this.work = work;
      [this.online, this.signed_out, this.not_allowed] = [true, false, false];
      await this.store.keepWork(work);
      await this.#fetchForms(work.forms);
    } catch (error) {
      this.#failed(error);
    }
    await this.look();
  }

  /** Bring every form that is offered onto the phone, and let those go that nothing needs any more. */
  async #fetchForms(forms: FormRow[]): Promise<void> {
    for (const form of forms) {
      const kept = await this.store.forms.get(keyOf(form));
      if (kept?.hash === form.hash) continue;
      const where = `/field/forms/${encodeURIComponent(form.code)}/${encodeURIComponent(form.version)}`;
      const prepared = await this.api.get<Prepared>(where);
      await this.store.keepForm(form.hash, prepared);
      await keepPictures(prepared);
    }
    const wanted = new Set([...forms, ...(await this.store.records.where('state').anyOf('draft', 'refused').toArray())].map(keyOf));
    const old = ((await this.store.forms.toCollection().primaryKeys()) as string[]).filter((key) => !wanted.has(key));
    await this.store.forms.bulkDelete(old);
  }

  async flush(): Promise<void> {
    const send = async (): Promise<void> => {
      if ((await this.#sender.flush(this.owner)) > 0) void this.refresh();
    };
    if (navigator.locks) await navigator.locks.request('field-outbox', send);
    else await send();
    await this.look();
  }

  /** The form of a row with the tasks of now, from the phone; null when it is not there. */
  async prepared(form: { code: string; version: string }): Promise<Prepared | null> {
    const kept = (await this.store.forms.get(keyOf(form)))?.form;
    const tasks = this.work?.task_list ?? null;
    return kept ? { ...kept, external: kept.external.map((each) => ({ id: each.id, xml: each.xml ?? tasks })) } : null;
  }

  /** Begin a new record. */
  async begin(form: FormRow, task: TaskRow | null = null): Promise<boolean> {
    const prepared = await this.prepared(form);
    if (prepared) this.sheet = { form, prepared, draft: null, task: task?.id ?? null };
    return prepared !== null;
  }

  /** Go on with a record that is on this phone. */
  async resume(record: FieldRecord): Promise<boolean> {
    const prepared = await this.prepared(record);
    const { code, version, name, name_zh, task, xml } = record;
    if (prepared) this.sheet = { form: { code, version, name, name_zh, hash: '' }, prepared, draft: { xml, taken: false }, task };
    return prepared !== null;
  }

  /** Change what the server has: fetch it with its files. Resolves to false where that is not possible now. */
  async change(instance: string, task: number | null): Promise<boolean> {
    try {
      const where = '/field/submissions/sent';
      const back = await this.api.get<{ form: string; version: string; xml: string; files: Record<string, string> }>(where, { instance });
      for (const name of Object.keys(back.files)) await this.#fetchFile(instance, name);
      const row = this.work?.forms.find((form) => form.code === back.form && form.version === back.version);
      const form = row ?? { code: back.form, version: back.version, name: back.form, name_zh: '', hash: '' };
      const prepared = await this.prepared(form);
      if (prepared) this.sheet = { form, prepared, draft: { xml: back.xml, taken: true }, task };
      return prepared !== null;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  async #fetchFile(instance: string, name: string): Promise<void> {
    const where = `/field/submissions/sent/files/${encodeURIComponent(name)}?instance=${encodeURIComponent(instance)}`;
    const answer = await fetch(where);
    if (answer.ok) await this.store.files.put({ record: instance, name, blob: await answer.blob() });
  }

  /** What a link asks for: `?edit=INSTANCE`, `?form=CODE`, `?task=ID`. */
  async follow(asked: URLSearchParams): Promise<void> {
    const task = this.work?.tasks.find((each) => each.id === Number(asked.get('task'))) ?? null;
    const form = this.work?.forms.find((each) => each.code === (asked.get('form') ?? task?.form));
    const edit = asked.get('edit');
    if (edit) {
      const of = this.work?.tasks.find((each) => each.edit === edit);
      await this.change(edit, of?.id ?? null);
    } else if (form) await this.begin(form, task);
  }

  name(row: { name: string; name_zh: string }): string {
    return language() === 'zh' && row.name_zh ? row.name_zh : row.name;
  }

  #failed(error: unknown): void {
    if (error instanceof Refused && error.status === 401) this.signed_out = true;
    else if (error instanceof Refused && error.status === 403) this.not_allowed = true;
    else if (error instanceof Away) this.online = false;
    else if (error instanceof Refused) this.said = error.message || error.code;
    else throw error;
  }
}
