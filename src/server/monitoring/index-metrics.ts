import type { Index } from '../../kv/indexes/index-table.js';
import type { KvStore } from '../../kv/store.js';
import type { Exposition } from '../../metrics/exposition.js';

/** Secondary indexes, as this member's state has them. */
export async function indexMetrics(
  out: Exposition,
  store: Pick<KvStore, 'indexes' | 'keysInRangeOf' | 'counts'>,
): Promise<void> {
  const indexes = [...store.indexes().byName.values()];
  const states = (['building', 'ready', 'failed'] as const).map((state) => ({
    labels: { state },
    value: indexes.filter((index) => index.state.kind === state).length,
  }));
  out.family('gauge', { name: 'raftkv_indexes', help: 'Secondary indexes.', samples: states });
  const each = (name: string, help: string, value: (index: Index) => number): void => {
    const samples = indexes.map((index) => ({ labels: { index: index.spec.name }, value: value(index) }));
    out.family('gauge', { name, help, samples });
  };
  each('raftkv_index_entries', 'Entries of an index.', ({ counts }) => counts.entries);
  each('raftkv_index_keys', 'Keys that an index covers, with entries or without.', ({ counts }) => counts.keys);
  each('raftkv_index_keys_left_out', 'Keys that an index covers without an entry.', ({ counts }) => counts.leftOut);
  const samples: { readonly labels: { readonly index: string }; readonly value: number }[] = [];
  for (const index of indexes) {
    const { kind } = index.state;
    const inRange = kind === 'building' ? await store.keysInRangeOf(index) : undefined;
    if (inRange !== undefined) samples.push({ labels: { index: index.spec.name }, value: inRange });
  }
  const help = 'Keys in the range of an index that is being built; absent while they are counted after a start.';
  out.family('gauge', { name: 'raftkv_index_keys_to_cover', help, samples });
  out.counter('raftkv_index_queries_total', 'Pages of queries that this member has made.', store.counts.queries);
}
