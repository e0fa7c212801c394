import type { raftkvpb } from '../../gen/proto.js';
import type { Draft } from '../commands/draft.js';
import { countsRemoval, definitionRemoval, definitionRow, NO_COUNTS, type Index } from './index-table.js';

/** Adds an index, or replaces it by another state of it. */
export function putIndex(draft: Draft, index: Index): void {
  draft.setIndexes(draft.indexes.with(index));
  draft.writeRecord(definitionRow(index));
}

/** Ends the maintenance of an index. Its entries are removed later. */
export function failIndex(
  draft: Draft,
  index: Index,
  duplicates: readonly raftkvpb.IndexDuplicate.$Properties[],
): void {
  draft.forgetIndex(index.id);
  draft.write(countsRemoval(index.id));
  putIndex(draft, { ...index, state: { kind: 'failed', duplicates }, counts: NO_COUNTS });
}

/** Removes an index at once. Its entries are removed later. */
export function dropIndex(draft: Draft, { id, spec }: Index): void {
  draft.forgetIndex(id);
  draft.setIndexes(draft.indexes.without(spec.name));
  draft.write(countsRemoval(id));
  draft.writeRecord(definitionRemoval(id));
}
