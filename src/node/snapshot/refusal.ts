import type { RawNode } from '../../raft/raw-node.js';
import type { Message } from '../../raft/types.js';
import type { Lifecycle } from '../lifecycle.js';

/** Why a snapshot that a peer offers is of no use to this node, in one line; undefined if it is. */
export function snapshotRefusal(
  { term, snapshot }: Message,
  node: { readonly raw: Pick<RawNode, 'term' | 'commit'>; readonly lifecycle: Pick<Lifecycle, 'running'> },
): string | undefined {
  if (!node.lifecycle.running) return 'this member is stopping';
  if (term < node.raw.term) return `term ${term} is over`;
  if ((snapshot?.metadata.index ?? 0) <= node.raw.commit) return 'this member has these entries already';
  return undefined;
}
