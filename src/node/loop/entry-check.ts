import { ConfChangeFormatError, decodeConfChange } from '../../raft/conf-change/codec.js';
import type { ConfChange, Entry } from '../../raft/types.js';
import type { ReadableEntries } from '../options.js';

/** The check of entries that the core calls, made from the state machine's check. */
export function entryCheck(readable: ReadableEntries): (entry: Entry) => boolean {
  return ({ type, data }) => (type === 'normal' ? readable.command(data) : isReadableChange(data, readable));
}

function isReadableChange(data: Uint8Array, readable: ReadableEntries): boolean {
  let change: ConfChange;
  try {
    change = decodeConfChange(data);
  } catch (error) {
    if (error instanceof ConfChangeFormatError) return false;
    throw error;
  }
  return readable.change(change);
}
