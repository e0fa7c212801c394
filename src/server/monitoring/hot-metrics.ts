import type { Exposition } from '../../metrics/exposition.js';
import type { Heat } from '../hot/heat.js';
import type { HotKeys } from '../hot/hot-keys.js';

/** Rates by key, without the names of keys: they may be secret, and there are too many for labels. */
export function hotMetrics(out: Exposition, { reads, writes }: HotKeys): void {
  const samples = (value: (heat: Heat) => number) => [
    { labels: { op: 'read' }, value: value(reads) },
    { labels: { op: 'write' }, value: value(writes) },
  ];
  out.family('gauge', {
    name: 'raftkv_key_operations_per_second',
    help: 'Operations on keys and ranges that were counted by key, averaged over about a minute.',
    samples: samples((heat) => heat.perSecond()),
  });
  out.family('gauge', {
    name: 'raftkv_hot_key_operations_per_second',
    help: 'The same for the one key or range that has the most.',
    samples: samples((heat) => heat.highestPerSecond()),
  });
  out.family('gauge', {
    name: 'raftkv_hot_key_ratio',
    help: 'Share of all operations that concern that key or range.',
    samples: samples((heat) => {
      const perSecond = heat.perSecond();
      return perSecond === 0 ? 0 : heat.highestPerSecond() / perSecond;
    }),
  });
}
