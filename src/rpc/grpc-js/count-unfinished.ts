import { constants, type ServerHttp2Stream } from 'node:http2';
import type { OnLimit } from '../../util/limit-hits.js';
import type { ConnectionRequests } from '../unfinished-requests.js';

/** gRPC puts a flag and a length before every message. */
const PREFIX_BYTES = 5;

/** Counts what arrives on a stream that grpc-js reads. A stream above the bound of its connection is reset. */
export function countUnfinished(stream: ServerHttp2Stream, requests: ConnectionRequests, onLimit: OnLimit): void {
  const message = new MessageProgress();
  const count = (chunk: Buffer): void => {
    if (requests.count(message.take(chunk))) return;
    onLimit('request_memory');
    stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  };
  stream.on('data', count);
  stream.once('close', () => {
    stream.off('data', count);
    requests.count(-message.incompleteBytes);
  });
}

/** Tracks the messages on a stream by their lengths. */
class MessageProgress {
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixBytes = 0;
  /** Bytes of the message that are still to come. */
  #missingBytes = 0;
  #incompleteBytes = 0;

  /** Bytes of a message that is not complete. */
  get incompleteBytes(): number {
    return this.#incompleteBytes;
  }

  /** @returns the change of `incompleteBytes` */
  take(chunk: Buffer): number {
    const before = this.#incompleteBytes;
    for (let at = 0; at < chunk.length;) {
      if (this.#prefixBytes < PREFIX_BYTES) {
        const copied = chunk.copy(this.#prefix, this.#prefixBytes, at);
        at += copied;
        this.#incompleteBytes += copied;
        this.#prefixBytes += copied;
        if (this.#prefixBytes < PREFIX_BYTES) break;
        this.#missingBytes = this.#prefix.readUInt32BE(1);
      }
      const taken = Math.min(this.#missingBytes, chunk.length - at);
      at += taken;
      this.#incompleteBytes += taken;
      this.#missingBytes -= taken;
      if (this.#missingBytes > 0) break;
      this.#incompleteBytes = 0;
      this.#prefixBytes = 0;
    }
    return this.#incompleteBytes - before;
  }
}
