import type { Client, ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import { poll } from './poll.js';
import { toMetadata } from './raw-client.js';

const { WatchRequest, WatchResponse } = etcdserverpb;
export type WatchRequest = etcdserverpb.WatchRequest.$Properties;
export type WatchResponse = ReturnType<typeof WatchResponse.decode>;

/** A watch request; text is latin1. */
export interface Creation extends Omit<etcdserverpb.WatchCreateRequest.$Properties, 'key' | 'rangeEnd'> {
  readonly key: string;
  readonly rangeEnd?: string;
}

/** A bare Watch stream: it sends exactly the test's requests, and records all responses. */
export class WatchCall {
  readonly responses: WatchResponse[] = [];
  /** Its outcome. */
  readonly status: Promise<{ readonly code: number; readonly details: string }>;
  ended = false;
  readonly #call: ClientDuplexStream<WatchRequest, WatchResponse>;
  #taken = 0;

  constructor(client: Client, metadata: Readonly<Record<string, string>> = {}) {
    this.#call = client.makeBidiStreamRequest(
      '/etcdserverpb.Watch/Watch',
      (request: WatchRequest) => Buffer.from(WatchRequest.encode(request).finish()),
      (body: Buffer) => WatchResponse.decode(body),
      toMetadata(metadata),
    );
    this.#call.on('data', (response: WatchResponse) => this.responses.push(response));
    this.#call.on('error', (_error: ServiceError) => undefined);
    this.status = new Promise((resolve) => {
      this.#call.on('status', ({ code, details }) => {
        this.ended = true;
        resolve({ code, details });
      });
    });
  }

  create({ key, rangeEnd = '', ...more }: Creation): void {
    const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
    this.send({ createRequest: { key: bytes(key), rangeEnd: bytes(rangeEnd), ...more } });
  }

  /** Creates a watch, and waits for the answer. */
  async created(creation: Creation): Promise<WatchResponse> {
    this.create(creation);
    return await this.next();
  }

  /** Returns false if the client's buffer is full. */
  send(request: WatchRequest): boolean {
    return this.#call.write(request);
  }

  /** Ends the client's side. */
  halfClose(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }

  /** Stops reading until `letGo`. */
  hold(): void {
    this.#call.pause();
  }

  letGo(): void {
    this.#call.resume();
  }

  /** The next response, in the order of arrival. */
  async next(): Promise<WatchResponse> {
    const at = this.#taken++;
    return await poll(`response ${at} of a watch`, () => this.responses[at]);
  }

  /** Waits until this many events have arrived. */
  async events(count: number, limitMs?: number): Promise<readonly TextEvent[]> {
    const found = (): readonly TextEvent[] => this.responses.slice(this.#taken).flatMap(textEvents);
    await poll(`${count} events of a watch`, () => (found().length >= count ? true : undefined), limitMs);
    const events = found();
    this.#taken = this.responses.length;
    return events;
  }
}

/** An event in short: `put k=v @7`, with the previous version if it was sent. */
export type TextEvent = string;

export function textEvents(response: WatchResponse): readonly TextEvent[] {
  return response.events.map(({ type, kv, prevKv }) => {
    const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
    const what = (type ?? 0) === 0 ? `put ${text(kv?.key)}=${text(kv?.value)}` : `delete ${text(kv?.key)}`;
    const before = prevKv ? `, was ${text(prevKv.value)} @${clampInteger(prevKv.modRevision)}` : '';
    return `${what} @${clampInteger(kv?.modRevision)}${before}`;
  });
}
