import { choice, integer } from './kinds.js';

/** The log and the engine. */
export const STORAGE_SETTINGS = {
  /** Applied entries after which the log is cut. */
  snapshotCount: integer({
    flag: 'snapshot-count',
    group: 'Storage',
    unit: 'entries',
    default: 10_000,
    min: 1,
    max: 1e9,
    help: 'applied entries after which the log is cut',
  }),
  /** Entries that a cut keeps for members that lag. */
  snapshotCatchupEntries: integer({
    flag: 'snapshot-catchup-entries',
    aliases: ['experimental-snapshot-catchup-entries'],
    group: 'Storage',
    unit: 'entries',
    default: 5000,
    min: 0,
    max: 1e9,
    help: 'entries that a cut keeps for members that lag',
  }),
  walSegmentBytes: integer({
    flag: 'wal-segment-bytes',
    group: 'Storage',
    unit: 'bytes',
    default: 64 * 1024 ** 2,
    min: 64 * 1024,
    max: 1024 ** 3,
    help: 'size of one file of the log',
  }),
  /** See `NodeConfig.logFlushBytes`. */
  walFlushBytes: integer({
    flag: 'wal-flush-bytes',
    group: 'Storage',
    unit: 'bytes',
    default: 128 * 1024 ** 2,
    min: 0,
    max: 2 ** 40,
    help: 'size of the log above which it is cut, in whole files, to half of that or more, and the engine is flushed for it; below it, cuts wait for flushes of full buffers; 0 flushes at each cut',
  }),
  /** An existing data directory keeps the engine that it has. */
  storageEngine: choice({
    flag: 'storage-engine',
    group: 'Storage',
    placeholder: 'engine',
    default: 'level',
    words: ['level', 'lmdb'],
    help: '"level" is LevelDB, an LSM tree; "lmdb" is LMDB, a B+ tree, and needs the npm package lmdb',
  }),
  engineCacheBytes: integer({
    flag: 'engine-cache-bytes',
    group: 'Storage',
    unit: 'bytes',
    default: 64 * 1024 ** 2,
    min: 0,
    max: 2 ** 40,
    help: "memory for LevelDB's block cache",
  }),
  engineWriteBufferBytes: integer({
    flag: 'engine-write-buffer-bytes',
    group: 'Storage',
    unit: 'bytes',
    default: 32 * 1024 ** 2,
    min: 1024 ** 2,
    max: 2 ** 30,
    help: "size of LevelDB's write buffer; a larger one saves compactions, and up to two are in memory",
  }),
  engineTableBytes: integer({
    flag: 'engine-table-bytes',
    group: 'Storage',
    unit: 'bytes',
    default: 16 * 1024 ** 2,
    min: 0,
    max: 2 ** 30,
    help: 'memory for applied writes that are written to the engine in the background; 0 waits for the engine instead',
  }),
};
