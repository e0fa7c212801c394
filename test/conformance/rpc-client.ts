import type { Client, ServiceError } from '@grpc/grpc-js';
import { toBigInt, type WireInteger } from '../../src/util/integer.js';
import { asBytes, rawClient } from '../support/raw-client.js';

interface Encoder<Properties> {
  encode(message: Properties): { finish(): Uint8Array };
}
interface Decoder {
  decode(bytes: Uint8Array): unknown;
}

export interface Codecs<Properties> {
  readonly request: Encoder<Properties>;
  readonly response: Decoder;
}

/** A call or a stream, with its outcome. */
export interface UnderWay {
  readonly end: Promise<unknown>;
  /** The answers of a stream so far. */
  readonly answers: readonly unknown[];
  readonly cancel: () => void;
}

/** Deadline of a call, in ms. */
const LIMIT_MS = 15_000;

/** Plain gRPC, with answers in a comparable form. */
export class RpcClient {
  readonly #client: Client;

  constructor(endpoint: string) {
    this.#client = rawClient(endpoint);
  }

  close(): void {
    this.#client.close();
  }

  async call<Properties>(path: string, codecs: Codecs<Properties>, request: Properties): Promise<unknown> {
    return await this.begin(path, codecs, request).end;
  }

  begin<Properties>(path: string, codecs: Codecs<Properties>, request: Properties): UnderWay {
    const body = Buffer.from(codecs.request.encode(request).finish());
    const deadline = Date.now() + LIMIT_MS;
    let cancel = (): void => undefined;
    const end = new Promise((resolve) => {
      const call = this.#client.makeUnaryRequest(path, asBytes, asBytes, body, { deadline }, (error, answer) => {
        resolve(error === null && answer !== undefined ? plain(codecs.response.decode(answer)) : failure(error));
      });
      cancel = () => call.cancel();
    });
    return { end, answers: [], cancel };
  }

  /** A bidirectional stream; all requests are sent at once. */
  exchange<Properties>(path: string, codecs: Codecs<Properties>, requests: readonly Properties[]): Promise<unknown> {
    const call = this.#client.makeBidiStreamRequest(path, asBytes, asBytes, { deadline: Date.now() + LIMIT_MS });
    const answers: unknown[] = [];
    call.on('data', (bytes: Buffer) => answers.push(plain(codecs.response.decode(bytes))));
    for (const request of requests) call.write(Buffer.from(codecs.request.encode(request).finish()));
    call.end();
    return ended(call, () => answers);
  }

  /** A stream of answers. */
  listen<Properties>(path: string, codecs: Codecs<Properties>, request: Properties): UnderWay {
    const body = Buffer.from(codecs.request.encode(request).finish());
    const call = this.#client.makeServerStreamRequest(path, asBytes, asBytes, body, {
      deadline: Date.now() + LIMIT_MS,
    });
    const answers: unknown[] = [];
    call.on('data', (bytes: Buffer) => answers.push(plain(codecs.response.decode(bytes))));
    return { end: ended(call, () => answers), answers, cancel: () => call.cancel() };
  }
}

interface Ending {
  on(event: 'error', callback: (error: ServiceError) => void): unknown;
  on(event: 'end', callback: () => void): unknown;
}

function ended(call: Ending, answers: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    call.on('error', (error) => resolve({ answers: answers(), ...failure(error) }));
    call.on('end', () => resolve({ answers: answers() }));
  });
}

function failure(error: ServiceError | null): { readonly code: number | undefined; readonly details: string } {
  return { code: error?.code, details: error?.details ?? 'no answer' };
}

/** Fields that differ between clusters. */
const OWN = new Set(['clusterId', 'memberId', 'raftTerm']);

/** The content of a message: bytes as text, 64-bit numbers in full, without zeros, which may be sent or omitted. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.length === 0 ? undefined : Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(plain);
  if (typeof value !== 'object' || value === null) return value === 0 || value === false ? undefined : value;
  if ('unsigned' in value) {
    const integer = toBigInt(value as WireInteger);
    return integer === 0n ? undefined : String(integer);
  }
  const names = Object.keys(value).filter((name) => !OWN.has(name));
  return Object.fromEntries(names.sort().map((name) => [name, plain((value as Record<string, unknown>)[name])]));
}
