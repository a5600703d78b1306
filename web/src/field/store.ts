/** What the phone keeps: records and their files, forms, the last list of work. A new version of the client clears none of it. */
import Dexie, { type Table } from 'dexie';
import { keyOf, type FieldRecord, type KeptFile, type Prepared, type Work } from './types';

export const MOST_SENT = 30;

interface KeptForm {
  key: string;
  hash: string;
  form: Prepared;
}

export class Store extends Dexie {
  records!: Table<FieldRecord, string>;
  files!: Table<KeptFile, [string, string]>;
  forms!: Table<KeptForm, string>;
  notes!: Table<{ key: string; value: unknown }, string>;

  constructor(name = 'maplebridge-field') {
    super(name);
    this.version(1).stores({ records: 'id, owner, state', files: '[record+name], record', forms: 'key', notes: 'key' });
  }

  /** Records of one person, those changed last first. */
  async recordsOf(owner: string): Promise<FieldRecord[]> {
    const rows = await this.records.where('owner').equals(owner).toArray();
    return rows.sort((a, b) => (a.changed_at < b.changed_at ? 1 : -1));
  }

  /** How many unsent records of others wait on this phone for them to sign in. */
  async othersUnsent(owner: string): Promise<number> {
    return (await this.records.toArray()).filter((row) => row.owner !== owner && row.state !== 'sent').length;
  }

  filesOf(record: string): Promise<KeptFile[]> {
    return this.files.where('record').equals(record).toArray();
  }

  async fileOf(record: string, name: string): Promise<Blob | undefined> {
    return (await this.files.get([record, name]))?.blob;
  }

  /** Forget a record with its files. */
  async drop(id: string): Promise<void> {
    await this.transaction('rw', this.records, this.files, async () => {
      await this.files.where('record').equals(id).delete();
      await this.records.delete(id);
    });
  }

  /** Remember only that a record was sent: its words and files leave the phone. */
  async settle(id: string, at: string): Promise<void> {
    await this.transaction('rw', this.records, this.files, async () => {
      await this.files.where('record').equals(id).delete();
      await this.records.update(id, { state: 'sent', xml: '', changed_at: at });
      const sent = (await this.records.where('state').equals('sent').toArray()).sort((a, b) => (a.changed_at < b.changed_at ? 1 : -1));
      await this.records.bulkDelete(sent.slice(MOST_SENT).map((row) => row.id));
    });
  }

  async keepForm(hash: string, form: Prepared): Promise<void> {
    await this.forms.put({ key: keyOf(form), hash, form });
  }

  async lastWork(): Promise<Work | undefined> {
    return (await this.notes.get('work'))?.value as Work | undefined;
  }

  async keepWork(value: Work): Promise<void> {
    await this.notes.put({ key: 'work', value });
  }

  /** A name for this phone that says nothing of it, for the question `deviceid`. */
  async device(): Promise<string> {
    const known = (await this.notes.get('device'))?.value as string | undefined;
    if (known) return known;
    const value = `browser:${Array.from(crypto.getRandomValues(new Uint8Array(6)), (b) => b.toString(16).padStart(2, '0')).join('')}`;
    await this.notes.put({ key: 'device', value });
    return value;
  }
}
