/** Sends what is ready, oldest first, each once: a retry asks what has arrived and sends the rest. */
import { Away, Refused, type Client } from '../shared/api';
import type { Store } from './store';
import type { FieldRecord, KeptFile } from './types';

/** Bytes of files in one sending; the server takes 20 MB. */
export const BATCH_BYTES = 8 * 1024 * 1024;
/** Answers after which the same is sent again later: signed out, another person, at work on it, too often. */
const LATER = new Set([401, 403, 423, 429]);

interface Arrived {
  complete: boolean;
  files: Record<string, string>;
}

/** Divide files into sendings of at most `most` bytes each; a larger one goes alone. One sending at least. */
export function batches<T extends { blob: { size: number } }>(files: T[], most = BATCH_BYTES): T[][] {
  const made: T[][] = [[]];
  let size = 0;
  for (const file of files) {
    const last = made[made.length - 1]!;
    if (last.length > 0 && size + file.blob.size > most) {
      made.push([file]);
      size = file.blob.size;
    } else {
      last.push(file);
      size += file.blob.size;
    }
  }
  return made;
}

/** The body of one sending. */
function bodyOf(record: FieldRecord, files: KeptFile[]): FormData {
  const body = new FormData();
  body.append('xml_submission_file', new Blob([record.xml], { type: 'text/xml' }), 'submission.xml');
  body.append('owner', record.owner);
  if (record.task !== null) body.append('task', String(record.task));
  for (const file of files) body.append(file.name, file.blob, file.name);
  return body;
}

export class Sender {
  #sending = false;

  constructor(
    private readonly store: Store,
    private readonly client: Pick<Client, 'get' | 'post'>,
    private readonly now: () => string = () => new Date().toISOString(),
  ) {}

  /** Send what this person has ready until the server is away. Resolves to how many it took. */
  async flush(owner: string): Promise<number> {
    if (this.#sending || !owner) return 0;
    this.#sending = true;
    let taken = 0;
    try {
      const ready = (await this.store.recordsOf(owner)).filter((row) => row.state === 'ready').reverse();
      for (const record of ready) {
        const outcome = await this.#deliver(record);
        if (outcome === 'later') break;
        if (outcome === 'taken') taken += 1;
      }
    } finally {
      this.#sending = false;
    }
    return taken;
  }

  async #deliver(record: FieldRecord): Promise<'taken' | 'refused' | 'later'> {
    try {
      const tries = record.tries ?? 0;
      await this.store.records.update(record.id, { tries: tries + 1 });
      const arrived = tries > 0 ? await this.#arrived(record.id) : null;
      if (!arrived?.complete) await this.#send(record, arrived);
    } catch (error) {
      if (error instanceof Away) return 'later';
      if (!(error instanceof Refused)) throw error;
      if (LATER.has(error.status) || error.status >= 500) return 'later';
      await this.store.records.update(record.id, { state: 'refused', refusal: error.message || error.code });
      return 'refused';
    }
    await this.store.settle(record.id, this.now());
    return 'taken';
  }

  async #send(record: FieldRecord, arrived: Arrived | null): Promise<void> {
    const named = (await this.store.filesOf(record.id)).filter((file) => record.xml.includes(`>${file.name}<`));
    const lacking = named.filter((file) => !(file.name in (arrived?.files ?? {})));
    for (const files of batches(lacking)) {
      await this.client.post('/field/submissions', bodyOf(record, files));
    }
  }

  #arrived(instance: string): Promise<Arrived> {
    return this.client.get<Arrived>('/field/submissions/arrived', { instance });
  }
}
