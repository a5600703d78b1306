/** The one form that is being filled in now: enketo-core's questions reach its store of files through here. */

/** What is used of enketo-core's Form. */
export interface CoreForm {
  init(): string[];
  resetView(): HTMLElement;
  validate(): Promise<boolean>;
  validateInput(field: Element): Promise<unknown>;
  getDataStr(include?: { irrelevant?: boolean }): string;
  readonly instanceID: string;
  readonly deprecatedID: string;
  view: { html: HTMLFormElement; $: { attr(name: string, value: string): unknown } };
  input: { getIndex(field: Element): number; getName(field: Element): string };
  model: { node(path: string, index: number): { setVal(value: string, type: string): unknown }; getStr(): string };
}

export interface Filling {
  core(): CoreForm;
  keep(name: string, blob: Blob): Promise<void>;
  find(name: string): Promise<Blob | undefined>;
  /** A question puts a file away: until that has ended nothing says that all is saved, and the form is not finished. */
  during(work: Promise<void>): void;
}

let now: Filling | null = null;

/** Begin or end filling in. */
export function setFilling(next: Filling | null): void {
  now = next;
}

export function filling(): Filling {
  if (!now) throw new Error('no form is open');
  return now;
}
