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

/**
 * Memory for records, which names the buffer on all of it. A WeakMap from memory to buffers would keep each of them in
 * memory until the next collection of the whole heap: once the map is in the old generation, collections of the young
 * one take its values for used.
 */
class RecordMemory extends ArrayBuffer {
  readonly source: Buffer = Buffer.from(this);
  readonly owner: EntryRecorder;

  constructor(bytes: number, owner: EntryRecorder) {
    super(bytes);
    this.owner = owner;
  }
}

/** Makes the records of proposed entries. */
export class EntryRecorder {
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
    const memory: ArrayBufferLike = data.buffer;
    const before = data.byteOffset - RECORD_HEADER_BYTES;
    if (memory instanceof RecordMemory && memory.owner === this && isRoom(memory.source, before, data.length))
      return sealEntry(memory.source, before, entry);
    const { target, at } = this.#place(entryRecordBytes(entry));
    return writeEntry(target, at, entry);
  }

  #place(bytes: number): { readonly target: Buffer; readonly at: number } {
    if (bytes > SHARED_BYTES_MAX) return { target: new RecordMemory(bytes, this).source, at: 0 };
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = new RecordMemory(SLAB_BYTES, this).source;
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += bytes;
    return { target: this.#slab, at };
  }
}
