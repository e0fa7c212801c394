import { TERM_JUMP_MAX } from '../../raft/messages.js';
import type { RawNode } from '../../raft/raw-node.js';
import { NONE, type Message } from '../../raft/types.js';
import { formatMemberId } from '../../util/member-id.js';
import type { Lifecycle } from '../lifecycle.js';

/** Why a snapshot that a peer offers is of no use to this node, in one line; undefined if it is. */
export function snapshotRefusal(
  { from, term, snapshot }: Message,
  node: { readonly raw: Pick<RawNode, 'term' | 'commit' | 'leader'>; readonly lifecycle: Pick<Lifecycle, 'running'> },
): string | undefined {
  if (!node.lifecycle.running) return 'this member is stopping';
  if (term < node.raw.term) return `term ${term} is over`;
  if (term - node.raw.term > TERM_JUMP_MAX) return `no election can have reached term ${term}`;
  if (term === node.raw.term && node.raw.leader !== NONE && node.raw.leader !== from) {
    return `member ${formatMemberId(from)} is not the leader of term ${term}`;
  }
  if ((snapshot?.metadata.index ?? 0) <= node.raw.commit) return 'this member has these entries already';
  return undefined;
}
