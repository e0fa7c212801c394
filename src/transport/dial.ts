import { Client, credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { raftkv } from '../gen/proto.js';
import { asBuffer } from '../util/bytes.js';
import type { TransportOptions } from './options.js';

/** How a dialled stream ended: gRPC's code and text. */
export interface StreamEnd {
  readonly code: number;
  readonly details: string;
}

export interface StreamListener {
  onFrame(frame: raftkv.PeerFrame): void;
  /** Called once, whatever happens, and last. */
  onClosed(end: StreamEnd): void;
}

const LINK_METHOD = '/raftkv.Peer/Link';

const unchanged = (bytes: Buffer): Buffer => bytes;

/** One attempt at a link: a connection of its own, with one stream on it. */
export class DialledStream {
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Buffer, Buffer>;

  /** @throws TypeError on a URL that is none of http://host:port */
  constructor(url: string, options: TransportOptions, listener: StreamListener) {
    this.#client = new Client(target(url), credentials.createInsecure(), channelOptions(options));
    this.#call = this.#client.makeBidiStreamRequest<Buffer, Buffer>(LINK_METHOD, unchanged, unchanged);
    this.#call.on('data', (body: Buffer) => {
      const frame = decode(body);
      if (frame === undefined) this.#call.cancel();
      else listener.onFrame(frame);
    });
    // Every error is in the status too.
    this.#call.on('error', () => undefined);
    this.#call.on('status', ({ code, details }) => {
      this.#client.close();
      listener.onClosed({ code, details });
    });
  }

  /** @param taken called once the stream has room again for as much; never, if it breaks first */
  write(frame: Uint8Array, taken: () => void): void {
    this.#call.write(asBuffer(frame), (error: Error | null | undefined) => {
      if (error === null || error === undefined) taken();
    });
  }

  /** Lets what was written leave, then ends the stream. */
  end(): void {
    this.#call.end();
  }

  cancel(): void {
    this.#call.cancel();
  }
}

function decode(body: Buffer): raftkv.PeerFrame | undefined {
  try {
    return raftkv.PeerFrame.decode(body);
  } catch {
    // The cause is one of protobuf's own texts, which says nothing that the refusal does not.
    return undefined;
  }
}

/**
 * grpc-js keeps a channel alive behind our back: reconnects with a backoff of seconds, retries calls, shares connections
 * between clients, asks DNS for configuration and the environment for a proxy. A link wants none of it: an attempt is
 * one connection, and when to try again is decided in one place.
 */
function channelOptions(options: TransportOptions): ConstructorParameters<typeof Client>[2] {
  return {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    'grpc.initial_reconnect_backoff_ms': options.backoffCapMs,
    'grpc.keepalive_time_ms': options.keepaliveIntervalMs,
    'grpc.keepalive_timeout_ms': options.keepaliveTimeoutMs,
    'grpc.max_send_message_length': -1,
    // Nothing but a hello comes back.
    'grpc.max_receive_message_length': 64 * 1024,
  };
}

function target(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:') throw new TypeError(`${url}: peers are reached by http:// only`);
  return `dns:${hostname}:${port === '' ? '80' : port}`;
}
