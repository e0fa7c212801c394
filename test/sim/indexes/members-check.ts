import { raftkvpb } from '../../../src/gen/proto.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import type { KvStore } from '../../../src/kv/store.js';
import { INDEXES, valuesIn, type SimIndex } from './documents.js';
import { expectedWords, wordsOf } from './index-queries.js';
import type { StateBook } from './state-book.js';

/** Compares the indexes of a member that rests with its keys: entries, counts, and examples of duplicates. */
export async function membersErrors(label: string, store: KvStore, book: StateBook): Promise<readonly string[]> {
  const errors: string[] = [];
  const revision = store.revision();
  for (const index of INDEXES) {
    const found = store.indexes().byName.get(index.name);
    const entries = book.entries(index, revision);
    if (found === undefined || entries === undefined) continue;
    const { state, counts } = found;
    if (state.kind === 'failed') errors.push(...duplicateErrors(label, index, book, state.duplicates));
    if (state.kind !== 'ready') continue;
    const selection = { index, request: { index: index.name }, selects: () => true, reverse: false };
    const result = await store.queryIndex(selection.request);
    const words =
      result.kind === 'error'
        ? [result.error.kind]
        : raftkvpb.IndexQueryResponse.decode(wholeBody(result.body)).entries.map(wordsOf);
    const expected = expectedWords(entries, selection);
    if (JSON.stringify(words) !== JSON.stringify(expected)) {
      errors.push(
        `${label}: index ${index.name} holds ${JSON.stringify(words)}, and its keys have ${JSON.stringify(expected)}`,
      );
    }
    const keys = [...(book.at(revision) ?? [])].filter(([key]) => key >= index.from && key < index.to);
    const leftOut = keys.filter(([, { value }]) => valuesIn(index, value).length === 0).length;
    const wanted = { keys: keys.length, entries: entries.length, leftOut };
    if (JSON.stringify(counts) !== JSON.stringify(wanted)) {
      errors.push(`${label}: index ${index.name} counts ${JSON.stringify(counts)}, and has ${JSON.stringify(wanted)}`);
    }
    const values = entries.map(({ indexed }) => indexed);
    if (index.definition.unique === true && new Set(values).size < values.length) {
      errors.push(`${label}: the unique index ${index.name} has ${values.join(', ')}`);
    }
  }
  return errors;
}

/** An index fails by two keys that had one value at some revision. */
function duplicateErrors(
  label: string,
  index: SimIndex,
  book: StateBook,
  duplicates: readonly raftkvpb.IndexDuplicate.$Properties[],
): readonly string[] {
  if (duplicates.length === 0) return [`${label}: index ${index.name} has failed without an example`];
  return duplicates.flatMap(({ value, key, otherKey }) => {
    const shown = value?.stringValue ?? '';
    const keys = [key, otherKey].map((bytes) => Buffer.from(bytes ?? []).toString());
    const isTrue = book.some(1, book.newest, (state) =>
      keys.every((one) => valuesIn(index, state.get(one)?.value ?? '').includes(shown)),
    );
    return isTrue
      ? []
      : [`${label}: ${index.name} has failed by ${shown} in ${keys.join(' and ')}, which never had it together`];
  });
}
