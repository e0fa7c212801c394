/**
 * Advice in every message about lost or damaged data. An empty directory under the old identity is no way out: that
 * member would vote again, although it has forgotten what it voted and acknowledged.
 */
export const REBUILD_ADVICE =
  'remove this member from the cluster, move its data directory away, and add it again, so that its peers bring it ' +
  'up to date; a cluster of one is restored from a snapshot';
