import { createRequire } from 'node:module';
import { EngineCorruptionError } from '../../ports/engine.js';
import { EngineOpenError } from '../errors.js';

/** A read transaction: a state of the database, whose pages are kept until it ends. */
export interface NativeTransaction {
  /** Ends it, once every use has ended. */
  done(): void;
}

export interface NativeRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
  readonly reverse: boolean;
  readonly exclusiveStart: boolean;
  readonly inclusiveEnd: boolean;
  readonly values: boolean;
  readonly transaction: NativeTransaction;
}

/** Numbers of pages. */
export interface NativeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  readonly lastPageNumber: number;
  readonly entryCount: number;
}

/** What we use of lmdb-js. It is not taken from the package's types, since the package may not be installed. */
export interface NativeLmdb {
  getBinary(key: Uint8Array, options: { readonly transaction: NativeTransaction }): Uint8Array | undefined;
  /** Rows, or keys alone if the range has no values. */
  getRange(range: NativeRange): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array } & Uint8Array>;
  /** Reads the pages of keys on the thread pool, so that a later read does not wait for the disk. */
  prefetch(keys: readonly Uint8Array[]): Promise<void>;
  useReadTransaction(): NativeTransaction;
  /** The next read transaction sees the newest state. */
  resetReadTxn(): void;
  getStats(): NativeStats;
  /** Copies the newest state into a folder, on the thread pool; without free pages if it is compact. */
  backup(folder: string, compact: boolean): Promise<void>;
  close(): Promise<void>;
}

/** The pages of the file, in bytes: the smallest that LMDB takes, as a row costs a write of its page. */
export const PAGE_BYTES = 4096;
export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';

/** Address space that is reserved for the file, and the largest size of it. It takes no memory. */
const MAP_BYTES = 2 ** 40;
/** States that readers may keep at the same time, each of which needs a slot. */
const READERS_MAX = 4096;
/** A header, and a slot of 64 bytes for each reader. */
export const LOCK_FILE_BYTES = PAGE_BYTES + READERS_MAX * 64;

export interface NativeOptions {
  readonly path: string;
}

/** A commit is synced before it is visible (`overlappingSync` would make it visible first). */
export function nativeOptions(folder: string): NativeOptions {
  return {
    path: folder,
    ...{ noSubdir: false, name: null, maxDbs: 1, keyEncoding: 'binary', encoding: 'binary' },
    ...{ overlappingSync: false, pageSize: PAGE_BYTES, mapSize: MAP_BYTES, maxReaders: READERS_MAX },
    // The pages of a range are read one by one in the order of the keys, which is not that of the file.
    ...{ noReadAhead: true, cache: false, permissions: 0o600 },
  };
}

/** The package is large, and only members with this engine need it: it is an optional peer dependency. */
const PACKAGE = 'lmdb';

/** The path of the package. @throws EngineOpenError if it is not installed */
export function packagePath(): string {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE);
  } catch (error) {
    throw new EngineOpenError(
      'failed',
      `the storage engine lmdb needs the package ${PACKAGE}, which is not installed: npm install ${PACKAGE}@3`,
      error,
    );
  }
}

/** @throws EngineOpenError if the package is not installed or has no binary for this platform */
export function openNative(folder: string): NativeLmdb {
  const path = packagePath();
  const { open } = createRequire(import.meta.url)(path) as {
    open(this: void, options: NativeOptions): NativeLmdb;
  };
  return open(nativeOptions(folder));
}

/** Codes of LMDB for a file that it finds damaged: a page that is missing, or is of another kind. */
const DAMAGE = new Set([-30797, -30796, -30795, -30793]);

/** Converts an error of LMDB about a damaged file to that of the port. */
export function asCorruption(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !DAMAGE.has(Number(error.code))) return error;
  return new EngineCorruptionError('a page of the engine is damaged', { cause: error });
}
