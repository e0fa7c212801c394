import type { KeyValue } from './key-value.js';
import { keyAfter, toKeyRange } from './key-range.js';
import type { Bytes, KeyRange, RangeSelector } from './key-range.js';
import type { CallOptions } from '../calls/dispatcher.js';
import type { ReadOptions, RangeResult } from './range.js';

export interface ScanOptions extends ReadOptions, CallOptions {
  /** Reads at this revision. Default: the newest at the time of the first page, for all pages. */
  readonly revision?: number;
  readonly keysOnly?: boolean;
  /** Approximate size of a page, in bytes of keys and values. Default 1 MiB. */
  readonly pageBytes?: number;
  /** Called once with the revision of all pages. */
  readonly onRevision?: (revision: number) => void;
}

/** Reads one page: the first `limit` keys of the range. `timeoutMs` applies to each page. */
export type ReadPage = (range: KeyRange, page: ScanOptions & { readonly limit: number }) => Promise<RangeResult>;

const PAGE_KEYS = { first: 64, most: 10_000 };
const PAGE_BYTES = 1024 * 1024;

/**
 * Reads a range of any size in key order, page by page, all at one revision. Reads the next page when the consumer asks for
 * it. If the revision is compacted meanwhile, the scan fails with `compacted`.
 */
export async function* scan(
  readPage: ReadPage,
  selector: Bytes | RangeSelector,
  options: ScanOptions,
): AsyncGenerator<KeyValue, void, undefined> {
  const targetBytes = options.pageBytes ?? PAGE_BYTES;
  let range = toKeyRange(selector);
  let limit = PAGE_KEYS.first;
  let page = await readPage(range, { ...options, limit });
  const revision = options.revision ?? page.header.revision;
  options.onRevision?.(revision);
  // The data at a revision does not change, but another member may not have applied it yet.
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

/** The number of keys that fills a page, judged by the size of the last ones; at most twice the last limit. */
function nextLimit(kvs: readonly KeyValue[], limit: number, targetBytes: number): number {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const fitting = Math.floor((kvs.length * targetBytes) / Math.max(1, bytes));
  return Math.max(1, Math.min(fitting, limit * 2, PAGE_KEYS.most));
}
