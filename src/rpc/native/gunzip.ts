import { gunzip } from 'node:zlib';
import { Code, type Status } from '../status.js';

export type Inflated =
  { readonly kind: 'ok'; readonly bytes: Buffer } | { readonly kind: 'error'; readonly status: Status };

/** Inflates a message off the event loop. @param bytesMax bound on the result, in bytes */
export function gunzipBounded(bytes: Buffer, bytesMax: number, done: (result: Inflated) => void): void {
  gunzip(bytes, { maxOutputLength: bytesMax }, (error, inflated) => {
    if (error === null) return done({ kind: 'ok', bytes: inflated });
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `grpc: received message after decompression larger than max ${bytesMax}`;
      return done({ kind: 'error', status: { code: Code.RESOURCE_EXHAUSTED, message } });
    }
    const message = `grpc: failed to decompress the received message: ${error.message}`;
    done({ kind: 'error', status: { code: Code.INTERNAL, message } });
  });
}
