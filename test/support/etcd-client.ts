import type { ChannelCredentials, Client, ServiceError } from '@grpc/grpc-js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import { rawClient, toMetadata } from './raw-client.js';

/**
 * A bare client: one connection to one member, no retries, and each answer unchanged, errors included. It sends exactly
 * the requests of the test.
 */
export type Answer<Response> =
  | { readonly kind: 'ok'; readonly response: Response }
  | { readonly kind: 'error'; readonly code: number; readonly details: string };

/** The codecs of a method's messages. */
export interface Codecs<Properties, Message> {
  readonly request: { encode(message: Properties): { finish(): Uint8Array } };
  readonly response: { decode(bytes: Uint8Array): Message };
}

export interface CallOptions {
  /** Deadline of the call, in ms. Default 5,000. */
  readonly timeoutMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface GetOptions extends CallOptions {
  readonly serializable?: boolean;
  readonly level?: 'default' | 'consistent' | 'stale';
  readonly maxStalenessMs?: number;
}

const LEVELS = {
  default: etcdserverpb.ReadLevel.DEFAULT,
  consistent: etcdserverpb.ReadLevel.CONSISTENT,
  stale: etcdserverpb.ReadLevel.STALE,
};

export class EtcdClient {
  readonly endpoint: string;
  readonly #client: Client;
  #token: string | undefined;

  /**
   * @param endpoint `host:port`
   * @param secrets default: no TLS
   */
  constructor(endpoint: string, secrets?: ChannelCredentials) {
    this.endpoint = endpoint;
    // Reconnects soon after a member restarts.
    const options = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 300 };
    this.#client = rawClient(endpoint, options, secrets);
  }

  close(): void {
    this.#client.close();
  }

  /** @returns a token of the user. @throws Error if the member refuses */
  async authenticate(name: string, password: string): Promise<string> {
    const codecs = { request: etcdserverpb.AuthenticateRequest, response: etcdserverpb.AuthenticateResponse };
    return expectOk(await this.call('/etcdserverpb.Auth/Authenticate', codecs, { name, password })).token;
  }

  /** Sends a token with every later call. */
  useToken(token: string): void {
    this.#token = token;
  }

  /** One unary call of any method. */
  call<Properties, Message>(
    path: string,
    codecs: Codecs<Properties, Message>,
    request: Properties,
    options: CallOptions = {},
  ): Promise<Answer<Message>> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        path,
        (message: Properties) => Buffer.from(codecs.request.encode(message).finish()),
        (bytes: Buffer) => codecs.response.decode(bytes),
        request,
        toMetadata({ ...(this.#token !== undefined && { token: this.#token }), ...options.metadata }),
        { deadline: Date.now() + (options.timeoutMs ?? 5000) },
        (error: ServiceError | null, response?: Message) => {
          if (error !== null) resolve({ kind: 'error', code: error.code, details: error.details });
          else resolve({ kind: 'ok', response: defined(response, 'the response') });
        },
      );
    });
  }

  put(key: string, value: string, options?: CallOptions): Promise<Answer<etcdserverpb.PutResponse>> {
    const codecs = { request: etcdserverpb.PutRequest, response: etcdserverpb.PutResponse };
    return this.call('/etcdserverpb.KV/Put', codecs, { key: bytes(key), value: bytes(value) }, options);
  }

  get(key: string, options: GetOptions = {}): Promise<Answer<etcdserverpb.RangeResponse>> {
    return this.range({ key: bytes(key), ...readFields(options) }, options);
  }

  range(
    request: etcdserverpb.RangeRequest.$Properties,
    options?: CallOptions,
  ): Promise<Answer<etcdserverpb.RangeResponse>> {
    const codecs = { request: etcdserverpb.RangeRequest, response: etcdserverpb.RangeResponse };
    return this.call('/etcdserverpb.KV/Range', codecs, request, options);
  }

  delete(key: string, options?: CallOptions): Promise<Answer<etcdserverpb.DeleteRangeResponse>> {
    const codecs = { request: etcdserverpb.DeleteRangeRequest, response: etcdserverpb.DeleteRangeResponse };
    return this.call('/etcdserverpb.KV/DeleteRange', codecs, { key: bytes(key) }, options);
  }

  /** Puts the value if the key has the expected one; null expects the key to be absent. */
  putIf(
    change: { readonly key: string; readonly expected: string | null; readonly value: string },
    options?: CallOptions,
  ): Promise<Answer<etcdserverpb.TxnResponse>> {
    const key = bytes(change.key);
    const { CompareTarget } = etcdserverpb.Compare;
    const compare =
      change.expected === null
        ? { key, target: CompareTarget.VERSION, version: 0 }
        : { key, target: CompareTarget.VALUE, value: bytes(change.expected) };
    const request = { compare: [compare], success: [{ requestPut: { key, value: bytes(change.value) } }] };
    const codecs = { request: etcdserverpb.TxnRequest, response: etcdserverpb.TxnResponse };
    return this.call('/etcdserverpb.KV/Txn', codecs, request, options);
  }

  compact(revision: number, options?: CallOptions): Promise<Answer<etcdserverpb.CompactionResponse>> {
    const codecs = { request: etcdserverpb.CompactionRequest, response: etcdserverpb.CompactionResponse };
    return this.call('/etcdserverpb.KV/Compact', codecs, { revision }, options);
  }

  status(options?: CallOptions): Promise<Answer<etcdserverpb.StatusResponse>> {
    const codecs = { request: etcdserverpb.StatusRequest, response: etcdserverpb.StatusResponse };
    return this.call('/etcdserverpb.Maintenance/Status', codecs, {}, options);
  }

  /** @param revision 0 for the current one */
  hashKv(revision: number, options?: CallOptions): Promise<Answer<etcdserverpb.HashKVResponse>> {
    const codecs = { request: etcdserverpb.HashKVRequest, response: etcdserverpb.HashKVResponse };
    return this.call('/etcdserverpb.Maintenance/HashKV', codecs, { revision }, options);
  }
}

function readFields({ serializable, level, maxStalenessMs }: GetOptions): etcdserverpb.RangeRequest.$Properties {
  return {
    ...(serializable === undefined ? {} : { serializable }),
    ...(level === undefined ? {} : { readLevel: LEVELS[level] }),
    ...(maxStalenessMs === undefined ? {} : { maxStalenessMs }),
  };
}

const bytes = (text: string): Buffer => Buffer.from(text);

/** The response of a call that had to succeed. */
export function expectOk<Response>(answer: Answer<Response>): Response {
  if (answer.kind === 'error') throw new Error(`the call failed: ${answer.code} ${answer.details}`);
  return answer.response;
}

export function revisionOf(response: { readonly header?: etcdserverpb.ResponseHeader.$Properties | null }): number {
  return clampInteger(response.header?.revision);
}
