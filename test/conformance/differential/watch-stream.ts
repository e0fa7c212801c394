import { Metadata, type Client, type ClientDuplexStream } from '@grpc/grpc-js';
import { poll } from '../../support/poll.js';
import { rawClient } from '../../support/raw-client.js';
import { methodOf, type Plain } from './schema.js';
import type { System } from './system.js';

/** The events of a stream by watch: the order between watches is unspecified. */
export type Told = Readonly<Record<string, readonly unknown[]>>;

interface Response extends Plain {
  readonly watchId?: string;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compactRevision?: string;
  readonly events?: readonly Event[];
}

interface Event extends Plain {
  readonly type?: string;
  readonly kv?: { readonly modRevision?: string };
}

/** One stream of Watch to one system. */
export class WatchStream {
  readonly #system: System;
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Plain, Response>;
  readonly #responses: Response[] = [];
  #end: string | undefined;

  constructor(system: System) {
    this.#system = system;
    this.#client = rawClient(system.endpoint);
    const { path, codecs } = methodOf('Watch/Watch');
    this.#call = this.#client.makeBidiStreamRequest(
      path,
      (request: Plain) => Buffer.from(codecs.request.encode(request).finish()),
      (body: Buffer) => system.relative(codecs.response.decode(body)) as Response,
      new Metadata(),
    );
    this.#call.on('data', (response: Response) => this.#responses.push(response));
    this.#call.on('error', ({ message }) => (this.#end = message));
  }

  /**
   * Resolves once it is answered, so that both systems see later steps after it.
   * @param options.isCompacted whether it begins before the compacted revision, and so ends at once
   */
  async create(request: Plain, { isCompacted }: { readonly isCompacted: boolean }): Promise<void> {
    const created = (): readonly Response[] => this.#responses.filter((response) => response.created);
    const before = created().length;
    this.#call.write({ createRequest: this.#system.absolute(request) });
    await this.#until('a watch to be created', () => created().length > before);
    const { watchId, canceled } = created()[before] ?? {};
    if (isCompacted && !canceled) await this.#until('a watch to end', () => this.endedAsCompacted(watchId ?? '0'));
  }

  /** In etcd the id of such a watch stays in use until it is cancelled; in raftkv it is free. */
  endedAsCompacted(watchId: string): boolean {
    const ofThis = this.#responses.filter((response) => (response.watchId ?? '0') === watchId);
    return ofThis.some(({ canceled, compactRevision }) => canceled && compactRevision !== undefined);
  }

  /** The same. A missing watch is ignored, without an answer. */
  async cancel(watchId: string): Promise<void> {
    const ofThis = (): readonly Response[] =>
      this.#responses.filter((response) => (response.watchId ?? '0') === watchId);
    const canceled = (): number => ofThis().filter((response) => response.canceled).length;
    const before = canceled();
    const isThere = ofThis().filter(({ created }) => created).length > before;
    this.#call.write({ cancelRequest: { watchId } });
    if (isThere) await this.#until('a watch to be cancelled', () => canceled() > before);
  }

  /**
   * The division of events into responses, and their header revisions, depend on timing.
   * @param compacted revisions at which the store was compacted, whose deletions etcd may have lost
   */
  told(compacted: ReadonlySet<string>): Told {
    const told: Record<string, unknown[]> = {};
    for (const { watchId = '0', events = [], ...rest } of this.#responses) {
      const list = (told[watchId] ??= []);
      if (events.length === 0) list.push(rest);
      list.push(...events.filter(({ type, kv }) => type !== 'DELETE' || !compacted.has(kv?.modRevision ?? '')));
    }
    if (this.#end !== undefined) told['end'] = [this.#end];
    return told;
  }

  close(): void {
    this.#call.cancel();
    this.#client.close();
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    await poll(`${this.#system.name}: ${what}`, () => holds() || this.#end !== undefined || undefined);
  }
}
