/** What the server gives the field client, and what the client keeps. Times are RFC 3339 UTC. */

export interface FormRow {
  code: string;
  version: string;
  hash: string;
  name: string;
  name_zh: string;
}

export interface TaskRow {
  id: number;
  title: string;
  instructions: string;
  form: string | null;
  area: string;
  state: 'offered' | 'accepted' | 'returned';
  reason: string;
  due_at: string | null;
  /** Instance ID of the submission that was returned and is to be changed. */
  edit: string | null;
}

export interface Work {
  me: { ref: string; name: string };
  forms: FormRow[];
  tasks: TaskRow[];
  /** The same tasks as forms read them (XML). */
  task_list: string;
  server_time: string;
}

/** A form as enketo-core takes it. */
export interface Prepared {
  code: string;
  version: string;
  form: string;
  model: string;
  /** Lists that the form reads; null is that of the worker's own tasks, which comes with the list of work. */
  external: { id: string; xml: string | null }[];
}

/** draft: being filled in; ready: waits to be sent; refused: the server said no; sent: only that it was. */
export type RecordState = 'draft' | 'ready' | 'refused' | 'sent';

export interface FieldRecord {
  /** Instance ID. */
  id: string;
  /** Who fills it in, as the server calls them; nobody else sends or sees it. */
  owner: string;
  code: string;
  version: string;
  name: string;
  name_zh: string;
  state: RecordState;
  xml: string;
  task: number | null;
  changed_at: string;
  refusal?: string;
  /** How often it was begun to be sent: from the second time on the server is asked first what has arrived. */
  tries?: number;
}

export interface KeptFile {
  record: string;
  name: string;
  blob: Blob;
}

export const keyOf = (form: { code: string; version: string }): string => `${form.code}/${form.version}`;
