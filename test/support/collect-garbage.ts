import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8 frees the memory of dead buffers in a thread: a collection starts that, and a later one counts it. */
const FREEING_ROUNDS = 5;
const FREEING_ROUNDS_MAX = 100;
const ROUND_MS = 5;

/** Collects the whole heap, or the young generation only. */
export function collectGarbage(options?: { readonly type: 'minor' }): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void)(options);
}

/** Memory of live buffers, in bytes. */
export function liveBufferBytes(): number {
  return Math.min(...Array.from({ length: FREEING_ROUNDS }, () => bufferBytes(undefined)));
}

/**
 * Memory of buffers that collections of the young generation leave, in bytes: of the first one that leaves at most
 * `bytesMax`. The event loop does not run meanwhile, so that V8 does not start a collection of the whole heap.
 */
export function leastBufferBytes(bytesMax: number): number {
  let bytes = Infinity;
  for (let round = 0; round < FREEING_ROUNDS_MAX && bytes > bytesMax; round++) bytes = bufferBytes({ type: 'minor' });
  return bytes;
}

function bufferBytes(options: { readonly type: 'minor' } | undefined): number {
  collectGarbage(options);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ROUND_MS);
  return process.memoryUsage().arrayBuffers;
}
