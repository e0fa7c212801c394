import { ConfChangeFormatError, decodeConfChange } from './conf-change/codec.js';
import type { RaftLog } from './log.js';
import type { Entry, Message } from './types.js';

/*
 * Raft does not look into entries, so one that the state machine cannot apply would be replicated and committed like any
 * other, and then stop every node that applies it. Nodes refuse such entries from others. A log may still hold one: an
 * earlier version took it. While it is not committed, a leader can replace it (paper, section 5.3).
 */

/** Bytes of entries that are read at once when a log is searched. */
const PAGE_BYTES = 1024 * 1024;

/**
 * Whether all entries of a message from another node can be applied. A proposed configuration change need not decode: the
 * leader appends an empty entry instead (membership.ts).
 */
export function isReadable({ type, entries }: Message, canApply: (entry: Entry) => boolean): boolean {
  if (type === 'MsgProp') return entries.every(canApply);
  return type !== 'MsgApp' || entries.every((entry) => isChangeReadable(entry) && canApply(entry));
}

/** The last entry of a log behind the commit index that cannot be applied. */
export function lastUnreadable(log: RaftLog, canApply: (entry: Entry) => boolean): Entry | undefined {
  let found: Entry | undefined;
  for (let next = log.committed + 1; next <= log.lastIndex;) {
    const page = log.slice(next, log.lastIndex + 1, PAGE_BYTES);
    if (typeof page === 'string') return found;
    found = page.findLast((entry) => !isChangeReadable(entry) || !canApply(entry)) ?? found;
    next += page.length;
  }
  return found;
}

function isChangeReadable({ type, data }: Entry): boolean {
  if (type === 'normal') return true;
  try {
    decodeConfChange(data);
    return true;
  } catch (error) {
    if (error instanceof ConfChangeFormatError) return false;
    throw error;
  }
}
