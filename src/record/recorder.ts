import type { Entry } from '../raft/types.js';
import { entryRecordBytes, writeEntry, type EntryRecord } from './entry-record.js';

/**
 * Records of small entries share slabs of this size, so that those of one turn lie side by side. A single entry that is
 * kept keeps its slab in memory.
 */
const SLAB_BYTES = 32 * 1024;
/** Larger records have a buffer of their own, in bytes. */
const SHARED_BYTES_MAX = SLAB_BYTES / 8;

/** Makes the records of proposed entries. */
export class EntryRecorder {
  #slab = Buffer.alloc(0);
  #used = 0;

  record(entry: Entry): EntryRecord {
    const bytes = entryRecordBytes(entry);
    if (bytes > SHARED_BYTES_MAX) return writeEntry(Buffer.allocUnsafeSlow(bytes), 0, entry);
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += bytes;
    return writeEntry(this.#slab, at, entry);
  }
}
