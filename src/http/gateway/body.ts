import type { IncomingMessage } from 'node:http';
import { GrowingBytes } from '../growing-bytes.js';

/** How long a body may take to come, in ms. */
const BODY_MS = 60_000;

export type Body =
  { readonly kind: 'whole'; readonly bytes: Buffer } | { readonly kind: 'too-large' } | { readonly kind: 'too-slow' };

/** Reads a body that must come as a whole, in time, and within a bound. Calls back once, or never if the client goes. */
export function readBody(request: IncomingMessage, bytesMax: number, done: (body: Body) => void): void {
  const bytes = new GrowingBytes();
  const end = (body: Body): void => {
    clearTimeout(timer);
    request.off('data', take).off('end', whole);
    done(body);
  };
  const take = (chunk: Buffer): void => {
    if (bytes.length + chunk.length > bytesMax) return end({ kind: 'too-large' });
    bytes.append(chunk);
  };
  const whole = (): void => end({ kind: 'whole', bytes: bytes.take() });
  const timer = setTimeout(() => end({ kind: 'too-slow' }), BODY_MS);
  request.once('close', () => clearTimeout(timer));
  // Who says beforehand that it is too much need not send it.
  if (Number(request.headers['content-length']) > bytesMax) return end({ kind: 'too-large' });
  request.on('data', take).on('end', whole);
}
