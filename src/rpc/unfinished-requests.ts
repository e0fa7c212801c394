import { constants, type ServerHttp2Stream } from 'node:http2';

export interface UnfinishedLimits {
  /** Bytes of requests that have begun and are not complete, of one connection. Default 128 MiB. */
  readonly connectionBytesMax: number;
  /** The same for all connections of the host together. Default 512 MiB. */
  readonly hostBytesMax: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_UNFINISHED_LIMITS: UnfinishedLimits = {
  connectionBytesMax: 128 * MIB,
  hostBytesMax: 512 * MIB,
};

/** gRPC puts a flag and a length before every message. */
const PREFIX_BYTES = 5;

/**
 * Bounds the memory of requests that have begun and are never completed. grpc-js keeps the bytes of each until its message is
 * complete, and a connection may have some thousand streams.
 */
export class UnfinishedRequests {
  readonly limits: UnfinishedLimits;
  readonly #connections = new Set<ConnectionRequests>();
  #bytes = 0;

  constructor(limits: Partial<UnfinishedLimits> = {}) {
    this.limits = { ...DEFAULT_UNFINISHED_LIMITS, ...limits };
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param cut closes the connection */
  connection(cut: () => void): ConnectionRequests {
    const connection = new ConnectionRequests(this, cut);
    this.#connections.add(connection);
    return connection;
  }

  /** Adds to the bytes, or subtracts from them. Above the bound, the connection that holds most of them is cut. */
  hold(bytes: number): void {
    this.#bytes += bytes;
    if (bytes <= 0 || this.#bytes <= this.limits.hostBytesMax) return;
    let largest: ConnectionRequests | undefined;
    for (const connection of this.#connections) {
      if (largest === undefined || connection.bytes > largest.bytes) largest = connection;
    }
    largest?.cut();
  }

  over(connection: ConnectionRequests): void {
    this.#connections.delete(connection);
  }
}

/** The unfinished requests of one connection. */
export class ConnectionRequests {
  readonly #host: UnfinishedRequests;
  readonly #cut: () => void;
  #bytes = 0;
  #closed = false;

  constructor(host: UnfinishedRequests, cut: () => void) {
    this.#host = host;
    this.#cut = cut;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Counts what arrives on a stream that is read elsewhere. A stream above the bound is reset. */
  watch(stream: ServerHttp2Stream): void {
    const message = new MessageProgress();
    const count = (chunk: Buffer): void => {
      this.#hold(message.take(chunk));
      if (this.#bytes <= this.#host.limits.connectionBytesMax) return;
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    };
    stream.on('data', count);
    stream.once('close', () => {
      stream.off('data', count);
      this.#hold(-message.heldBytes);
    });
  }

  cut(): void {
    this.close();
    this.#cut();
  }

  close(): void {
    if (this.#closed) return;
    this.#host.hold(-this.#bytes);
    this.#host.over(this);
    this.#bytes = 0;
    this.#closed = true;
  }

  #hold(bytes: number): void {
    if (this.#closed || bytes === 0) return;
    this.#bytes += bytes;
    this.#host.hold(bytes);
  }
}

/** Tracks the messages on a stream by their lengths. */
class MessageProgress {
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixBytes = 0;
  /** Bytes of the message that are still to come. */
  #missingBytes = 0;
  #heldBytes = 0;

  /** Bytes of a message that is not complete. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** @returns the change of `heldBytes` */
  take(chunk: Buffer): number {
    const before = this.#heldBytes;
    for (let at = 0; at < chunk.length;) {
      if (this.#prefixBytes < PREFIX_BYTES) {
        const copied = chunk.copy(this.#prefix, this.#prefixBytes, at);
        at += copied;
        this.#heldBytes += copied;
        this.#prefixBytes += copied;
        if (this.#prefixBytes < PREFIX_BYTES) break;
        this.#missingBytes = this.#prefix.readUInt32BE(1);
      }
      const taken = Math.min(this.#missingBytes, chunk.length - at);
      at += taken;
      this.#heldBytes += taken;
      this.#missingBytes -= taken;
      if (this.#missingBytes > 0) break;
      this.#heldBytes = 0;
      this.#prefixBytes = 0;
    }
    return this.#heldBytes - before;
  }
}
