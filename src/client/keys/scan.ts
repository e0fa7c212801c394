import type { KeyValue } from './key-value.js';
import { keyAfter, toKeyRange } from './key-range.js';
import type { KeyRange, RangeSelector } from './key-range.js';
import type { CallOptions } from '../calls/dispatcher.js';
import type { ReadOptions, RangeResult } from './range.js';

export interface ScanOptions extends ReadOptions, CallOptions {
  /** Read as of this revision. Default: the newest, as the first page finds it, for all pages. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
  /** About how much one page holds, in bytes of keys and values. Default 1 MiB. */
  readonly pageBytes?: number;
  /** Called with the revision that all pages are read at, once it is known. */
  readonly onRevision?: (revision: number) => void;
}

/** One page: a range from a key on, at most `limit` keys, in key order. `timeoutMs` is for each page. */
export type ReadPage = (range: KeyRange, page: ScanOptions & { readonly limit: number }) => Promise<RangeResult>;

const PAGE_KEYS = { first: 64, most: 10_000 };
const PAGE_BYTES = 1024 * 1024;

/**
 * Walks a range of any size in key order, a page at a time, all at one revision. A slow consumer holds up the next
 * page; a compaction past the revision ends the walk with `compacted`.
 */
export async function* scan(
  readPage: ReadPage,
  selector: RangeSelector,
  options: ScanOptions,
): AsyncGenerator<KeyValue, void, undefined> {
  const targetBytes = options.pageBytes ?? PAGE_BYTES;
  let range = toKeyRange(selector);
  let limit = PAGE_KEYS.first;
  let page = await readPage(range, { ...options, limit });
  const revision = options.revision ?? page.header.revision;
  options.onRevision?.(revision);
  // What is written at a revision does not change any more, but the next member may not have got there yet.
  const pinned = { ...options, revision, atLeastRevision: revision };
  for (;;) {
    yield* page.kvs;
    const last = page.kvs.at(-1);
    if (!page.more || last === undefined) return;
    range = { key: keyAfter(last.key), rangeEnd: range.rangeEnd };
    limit = nextLimit(page.kvs, limit, targetBytes);
    page = await readPage(range, { ...pinned, limit });
  }
}

/** As many keys as would have filled the target, had they been as large as the last ones; at most twice the limit. */
function nextLimit(kvs: readonly KeyValue[], limit: number, targetBytes: number): number {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const fitting = Math.floor((kvs.length * targetBytes) / Math.max(1, bytes));
  return Math.max(1, Math.min(fitting, limit * 2, PAGE_KEYS.most));
}
