/** Photos wait in the phone's own database until they are sent; they are made smaller first. */
import Dexie, { type Table } from 'dexie';
import type { Client } from '../shared/api';
import { Refused } from '../shared/api';
import { shrink } from '../shared/pictures';

export const MOST_BYTES = 10 * 1024 * 1024;
const KINDS = /^(image\/(jpeg|png|webp|heic|heif)|application\/pdf)$/;

export interface Waiting {
  id?: number;
  incident_id: number;
  name: string;
  /** Who took it; only they send it. */
  owner?: string;
  blob: Blob;
}

export type Fault = 'photo_big' | 'photo_bad';

/** What is wrong with a file before it is kept; null when nothing. */
export function faultOf(file: Pick<File, 'type' | 'size'>): Fault | null {
  if (!KINDS.test(file.type)) return 'photo_bad';
  return file.size > MOST_BYTES ? 'photo_big' : null;
}

class Shelf extends Dexie {
  waiting!: Table<Waiting, number>;
  constructor() {
    super('maplebridge-phone');
    this.version(1).stores({ waiting: '++id, incident_id' });
  }
}

/** The waiting photos. `changed` is told how many; `refused` the sentence of one that the server did not take. */
export class Photos {
  readonly #shelf = new Shelf();
  #sending = false;

  constructor(
    private readonly client: Pick<Client, 'post'>,
    private readonly changed: (count: number) => void,
    private readonly refused: (name: string, sentence: string) => void,
    private readonly owner: () => string = () => '',
  ) {}

  async keep(incident_id: number, file: File): Promise<void> {
    const blob = await shrink(file);
    const name = blob === file ? file.name : file.name.replace(/\.\w+$/, '') + '.jpg';
    await this.#shelf.waiting.add({ incident_id, name, owner: this.owner(), blob });
    await this.count();
    await this.flush();
  }

  async count(): Promise<void> {
    this.changed((await this.#own()).length);
  }

  async #own(): Promise<Waiting[]> {
    return (await this.#shelf.waiting.orderBy('id').toArray()).filter((photo) => (photo.owner ?? '') === this.owner());
  }

  /** Send what waits, oldest first, until the server is away. */
  async flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (const photo of await this.#own()) {
        const form = new FormData();
        form.append('file', photo.blob, photo.name);
        try {
          await this.client.post(`/api/incidents/${photo.incident_id}/attachments`, form);
        } catch (error) {
          if (!(error instanceof Refused) || error.status === 401) return;
          this.refused(photo.name, error.message || error.code);
        }
        await this.#shelf.waiting.delete(photo.id!);
        await this.count();
      }
    } finally {
      this.#sending = false;
    }
  }
}
