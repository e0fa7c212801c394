import type { Entry } from './types.js';

/** What bounds on what is under way count: the data of entries, without any framing. */
export function dataBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.length;
  return bytes;
}

/** An entry as it would be on a wire of protocol buffers: its data and some bytes more, so that no entry is free. */
function framedBytes({ term, index, data }: Entry): number {
  const frame = 4 + varintBytes(term) + varintBytes(index);
  return data.length === 0 ? frame : frame + 1 + varintBytes(data.length) + data.length;
}

/** What bounds on pages of entries count. */
export function pageBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += framedBytes(entry);
  return bytes;
}

/** At least the first entry, then as many as fit: a bound must not stop an entry that alone exceeds it. */
export function takeBytes(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  let bytes = 0;
  for (const [position, entry] of entries.entries()) {
    bytes += framedBytes(entry);
    if (bytes > maxBytes && position > 0) return entries.slice(0, position);
  }
  return entries;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest /= 128) bytes += 1;
  return bytes;
}
