import { Client, credentials, Metadata, type ClientDuplexStream } from '@grpc/grpc-js';
import { defined } from '../../../src/util/assert.js';
import { streamTypes, type Plain } from './schema.js';

/** What one watch has been told: its events one by one, however they came, and its end. */
export type WatchLog = readonly Plain[];

/** The watches of one run, on one stream. */
export class Watching {
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<Plain, Plain>;
  /** By the ids of the watches. */
  readonly #logs = new Map<string, Plain[]>();
  #answers: ((answer: Plain) => void)[] = [];
  #end: string | undefined;

  /** @param endpoint `host:port` */
  constructor(endpoint: string) {
    this.#client = new Client(endpoint, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    const { path, encode, decode } = streamTypes('Watch/Watch');
    this.#stream = this.#client.makeBidiStreamRequest(path, encode, decode, new Metadata());
    this.#stream.on('data', (answer: Plain) => this.#take(answer));
    this.#stream.on('error', ({ message }) => {
      this.#end = message;
      for (const answered of this.#answers.splice(0)) answered({ error: message });
    });
  }

  /** Sends a request that is answered at once: a creation, or a cancellation of a watch that is there. */
  ask(request: Plain): Promise<Plain> {
    if (this.#end !== undefined) return Promise.resolve({ error: this.#end });
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      this.#stream.write(request);
    });
  }

  has(id: string): boolean {
    return this.#logs.get(id)?.at(-1)?.['canceled'] === undefined && this.#logs.has(id);
  }

  get logs(): ReadonlyMap<string, WatchLog> {
    return this.#logs;
  }

  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  #take(answer: Plain): void {
    const { watchId = '0', created, canceled, events = [], ...rest } = answer;
    const id = String(watchId);
    if (created === true) {
      if (canceled !== true) this.#logs.set(id, this.#logs.get(id) ?? []);
      defined(this.#answers.shift(), 'somebody who waits for a creation')(answer);
      return;
    }
    const log = defined(this.#logs.get(id), `watch ${id}`);
    log.push(...(events as Plain[]));
    if (canceled !== true) return;
    const asked = rest['compactRevision'] === undefined;
    log.push({ canceled, ...(asked ? {} : { compactRevision: rest['compactRevision'] }) });
    if (asked) defined(this.#answers.shift(), 'somebody who waits for the end of a watch')(answer);
  }
}
