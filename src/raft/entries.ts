import type { Entry } from './types.js';

/** The bytes that every bound of the core counts: the data of entries, without any framing. */
export function dataBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.length;
  return bytes;
}

/** At least the first entry, then as many as fit: a bound must not stop an entry that alone exceeds it. */
export function takeBytes(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  let bytes = 0;
  for (const [position, entry] of entries.entries()) {
    bytes += entry.data.length;
    if (bytes > maxBytes && position > 0) return entries.slice(0, position);
  }
  return entries;
}
