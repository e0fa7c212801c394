/** Why the core dropped a request. Nothing of it is kept, and the embedder may try again. */
export type DropReason =
  /** No leader is known to append it or to forward it to. */
  | 'no-leader'
  /** This node is a follower, and `disableProposalForwarding` is set. */
  | 'not-leader'
  /** The leader is transferring its leadership (thesis, section 3.10). */
  | 'transferring'
  /** `maxUncommittedBytes` is reached. */
  | 'too-much-uncommitted'
  /** `maxPendingReads` is reached. */
  | 'too-many-reads'
  /** This node, or the target of a transfer, is not a voter. */
  | 'not-a-voter';

/** Why a message had no effect at all. */
export type RefuseReason =
  /** A kind that never crosses the network. */
  | 'local-type'
  /** Addressed to another node. */
  | 'not-for-us'
  /** An answer from a node outside of the configuration: it belongs to an old one. */
  | 'unknown-peer'
  /** Its entries are not consecutive, or a required field is missing. */
  | 'malformed'
  /** Its term is further ahead than elections can have led: see TERM_JUMP_MAX. */
  | 'absurd-term'
  /** A kind that only a leader sends, from a node that is not the leader of this term. */
  | 'not-the-leader'
  /** It holds an entry that the state machine cannot apply. */
  | 'unreadable-entry';

/** The outcome of a call. `ok`: it was accepted, which does not mean that it will succeed. */
export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  | { readonly kind: 'refused'; readonly reason: RefuseReason };

export const OK: Outcome = { kind: 'ok' };

export function dropped(reason: DropReason): Outcome {
  return { kind: 'dropped', reason };
}

export function refused(reason: RefuseReason): Outcome {
  return { kind: 'refused', reason };
}
