import type { StateBook } from './state-book.js';
import { expectedWords, type Level, type Selection } from './index-queries.js';

/** A query with its pages, of which the last may be missing. */
export interface Listing {
  readonly client: string;
  readonly selection: Selection;
  readonly level: Level;
  /** The largest revision that was acknowledged before its first page was asked for. */
  readonly floor: number;
  /** Whether the level promises that. */
  readonly isOrdered: boolean;
  readonly revision: number;
  readonly words: readonly string[];
  readonly isComplete: boolean;
}

/** What is wrong with a listing; undefined if nothing is, or its revision is missing in the book. */
export function listingError(book: StateBook, listing: Listing): string | undefined {
  const { client, selection, level, floor, revision, words, isComplete } = listing;
  const what = `${client}'s query of ${selection.index.name} at revision ${revision} (${level})`;
  if (listing.isOrdered && revision < floor) return `${what} misses revision ${floor}, which was acknowledged before`;
  if (revision > book.newest) return `${what} is of a revision that no member has`;
  const entries = book.entries(selection.index, revision);
  if (entries === undefined) return undefined;
  const expected = expectedWords(entries, selection);
  const wanted = isComplete ? expected : expected.slice(0, words.length);
  if (JSON.stringify(words) === JSON.stringify(wanted)) return undefined;
  return `${what} gives ${JSON.stringify(words)}, and its keys have ${JSON.stringify(wanted)}`;
}
