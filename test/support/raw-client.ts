import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ChannelCredentials, ServiceError } from '@grpc/grpc-js';

/** The outcome of a call, with the bytes of its answer. */
export interface RawAnswer {
  readonly code: number;
  readonly details: string;
  /** Empty after an error. */
  readonly body: Buffer;
  /** The server's own trailers, without those of HTTP. */
  readonly trailers: Readonly<Record<string, string>>;
}

export interface RawCallOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  /** Deadline of the call, in ms. Default 5,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The codec of calls whose messages stay bytes. */
export const asBytes = (bytes: Buffer): Buffer => bytes;

/** A gRPC client with its own connection, without retries or limits on message sizes. */
export function rawClient(
  endpoint: string,
  options: Readonly<Record<string, number>> = {},
  secrets: ChannelCredentials = credentials.createInsecure(),
): Client {
  return new Client(endpoint, secrets, {
    // Without it the client would send an IP address as the server's name, which Node.js 26 refuses.
    ...(secrets._isSecure() && { 'grpc.ssl_target_name_override': 'localhost' }),
    'grpc.enable_retries': 0,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_send_message_length': -1,
    'grpc.max_receive_message_length': -1,
    ...options,
  });
}

export function toMetadata(values: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(values)) metadata.set(name, value);
  return metadata;
}

/** One unary call. */
export function rawCall(
  client: Client,
  path: string,
  body: Uint8Array,
  { metadata, timeoutMs = 5_000, signal }: RawCallOptions = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let answer: Buffer = Buffer.alloc(0);
    const call = client.makeUnaryRequest(
      path,
      asBytes,
      asBytes,
      Buffer.from(body),
      toMetadata(metadata),
      { deadline: Date.now() + timeoutMs },
      (_error: ServiceError | null, value?: Buffer) => (answer = value ?? answer),
    );
    signal?.addEventListener('abort', () => call.cancel(), { once: true });
    call.on('status', ({ code, details, metadata: received }) => {
      const { 'content-type': _type, date: _date, ...trailers } = received.getMap();
      const texts = Object.fromEntries(Object.entries(trailers).map(([name, value]) => [name, value.toString()]));
      // The callback with the answer runs right after the status.
      setImmediate(() => resolve({ code, details, body: answer, trailers: texts }));
    });
  });
}
