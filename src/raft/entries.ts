import type { Entry } from './types.js';

/** Bytes of the data of entries, without framing: the unit of bounds on unanswered, uncommitted and unapplied entries. */
export function dataBytes(entries: readonly Pick<Entry, 'data'>[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.data.length;
  return bytes;
}

/** Size of an entry in the encoding of protocol buffers, so that entries without data count too. */
function framedBytes({ term, index, data }: Entry): number {
  const frame = 4 + varintBytes(term) + varintBytes(index);
  return data.length === 0 ? frame : frame + 1 + varintBytes(data.length) + data.length;
}

/** Framed bytes of entries: the unit of bounds on pages. */
export function pageBytes(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const entry of entries) bytes += framedBytes(entry);
  return bytes;
}

/** The first entry, and as many further ones as fit: an entry larger than the bound must still pass. */
export function takeBytes(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  let bytes = 0;
  let position = 0;
  for (const entry of entries) {
    bytes += framedBytes(entry);
    if (bytes > maxBytes && position > 0) return entries.slice(0, position);
    position += 1;
  }
  return entries;
}

function varintBytes(value: number): number {
  let bytes = 1;
  let end = 128;
  while (value >= end) {
    bytes += 1;
    end *= 128;
  }
  return bytes;
}
