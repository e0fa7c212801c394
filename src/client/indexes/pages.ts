import { RaftKvError } from '../errors.js';
import type { IndexPage, IndexPageOptions, IndexQueryOptions } from './query.js';
import type { IndexType } from './values.js';

/** Reads one page. `timeoutMs` applies to each page. */
export type ReadIndexPage<T extends IndexType> = (options: IndexPageOptions) => Promise<IndexPage<T>>;

/**
 * All pages of a query, from the revision of the first. Reads the next page when the consumer asks for it, at any member:
 * the pages behind the first need no quorum, since the entries of a revision do not change.
 * @throws RaftKvError `compacted` once the revision has been compacted
 */
export async function* indexPages<T extends IndexType>(
  readPage: ReadIndexPage<T>,
  index: string,
  options: IndexQueryOptions,
): AsyncGenerator<IndexPage<T>, void, undefined> {
  const { limit = 0 } = options;
  let left = limit;
  let delivered = 0;
  let page = await readPage(options);
  for (;;) {
    yield page;
    const { nextPage: after, revision } = page;
    delivered += page.entries.length;
    left -= page.entries.length;
    if (after === undefined || (limit > 0 && left <= 0)) return;
    try {
      page = await readPage({ ...options, consistency: 'stale', limit: Math.max(0, left), after });
    } catch (error) {
      throw isCompacted(error) ? cutOff(error, { index, revision, delivered }) : error;
    }
  }
}

function isCompacted(error: unknown): error is RaftKvError {
  return error instanceof RaftKvError && error.code === 'compacted';
}

function cutOff(
  cause: RaftKvError,
  { index, revision, delivered }: { readonly index: string; readonly revision: number; readonly delivered: number },
): RaftKvError {
  const message = `the query of index ${index} at revision ${revision} was cut off after ${delivered} entries: the revision was compacted`;
  return new RaftKvError({
    code: 'compacted',
    message,
    fate: 'not-applied',
    retryable: false,
    cause,
    ...(cause.grpcCode === undefined ? {} : { grpcCode: cause.grpcCode }),
  });
}
