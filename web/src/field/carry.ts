/** Unsent records as one file, and back: for a phone that is handed in, or a network that stays away. */
import type { Store } from './store';
import type { FieldRecord } from './types';

const MARK = 'maplebridge-field-records';

interface Carried {
  kind: typeof MARK;
  version: 1;
  owner: string;
  records: (FieldRecord & { files: { name: string; type: string; base64: string }[] })[];
}

export class NotReadable extends Error {}
export class OfAnother extends Error {}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

function blobOf(base64: string, type: string): Blob {
  return new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type });
}

/** Everything of this person that is not sent, as JSON. */
export async function pack(store: Store, owner: string): Promise<string> {
  const unsent = (await store.recordsOf(owner)).filter((row) => row.state !== 'sent');
  const records = [];
  for (const record of unsent) {
    const files = [];
    for (const file of await store.filesOf(record.id)) {
      files.push({ name: file.name, type: file.blob.type, base64: await base64Of(file.blob) });
    }
    records.push({ ...record, files });
  }
  return JSON.stringify({ kind: MARK, version: 1, owner, records } satisfies Carried);
}

/** Take records from such a file; one that is here already stays as it is here. Resolves to how many came. */
export async function unpack(store: Store, owner: string, text: string): Promise<number> {
  const carried = read(text);
  if (carried.owner !== owner) throw new OfAnother();
  let came = 0;
  for (const { files, ...record } of carried.records) {
    if (record.owner !== owner || (await store.records.get(record.id))) continue;
    await store.transaction('rw', store.records, store.files, async () => {
      await store.files.bulkPut(files.map((f) => ({ record: record.id, name: f.name, blob: blobOf(f.base64, f.type) })));
      await store.records.put(record);
    });
    came += 1;
  }
  return came;
}

function read(text: string): Carried {
  try {
    const carried = JSON.parse(text) as Carried;
    if (carried.kind === MARK && carried.version === 1 && Array.isArray(carried.records)) return carried;
  } catch {
    // not JSON: said below
  }
  throw new NotReadable();
}
