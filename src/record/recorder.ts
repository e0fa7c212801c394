import type { Entry } from '../raft/types.js';
import { type EntryRecord, entryRecordBytes, sealEntry, writeEntry } from './entry-record.js';
import { isRoom, markRoom, RECORD_HEADER_BYTES, recordBytes } from './record.js';

/**
 * Records of small entries share slabs of this size, so that those of one turn lie side by side. A single entry that is
 * kept keeps its slab in memory.
 */
const SLAB_BYTES = 32 * 1024;
/** Larger records have a buffer of their own, in bytes. */
const SHARED_BYTES_MAX = SLAB_BYTES / 8;

/** Makes the records of proposed entries. */
export class EntryRecorder {
  /** The buffers of records, by their memory. */
  readonly #sources = new WeakMap<ArrayBufferLike, Buffer>();
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  /**
   * Room for the data of an entry, with room for the rest of its record around it: `record` then copies nothing. The first
   * entry with these data takes it; a part of it must not be the data of an entry.
   */
  room(dataBytes: number): Buffer {
    const { target, at } = this.#place(recordBytes(dataBytes));
    markRoom(target, at, dataBytes);
    const start = at + RECORD_HEADER_BYTES;
    return target.subarray(start, start + dataBytes);
  }

  record(entry: Entry): EntryRecord {
    const { data } = entry;
    const source = this.#sources.get(data.buffer);
    const before = data.byteOffset - RECORD_HEADER_BYTES;
    if (source !== undefined && isRoom(source, before, data.length)) return sealEntry(source, before, entry);
    const { target, at } = this.#place(entryRecordBytes(entry));
    return writeEntry(target, at, entry);
  }

  #place(bytes: number): { readonly target: Buffer; readonly at: number } {
    if (bytes > SHARED_BYTES_MAX) return { target: this.#source(bytes), at: 0 };
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = this.#source(SLAB_BYTES);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += bytes;
    return { target: this.#slab, at };
  }

  #source(bytes: number): Buffer {
    const source = Buffer.allocUnsafeSlow(bytes);
    this.#sources.set(source.buffer, source);
    return source;
  }
}
