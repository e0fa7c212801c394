/** Why the core did not take a request on. The embedder may try again; nothing of it is kept. */
export type DropReason =
  /** There is no leader to append it or to send it to. */
  | 'no-leader'
  /** A follower, and `disableProposalForwarding` is set. */
  | 'not-leader'
  /** The leader is handing over (thesis, section 3.10). */
  | 'transferring'
  /** `maxUncommittedBytes` is reached. */
  | 'too-much-uncommitted'
  /** `maxPendingReads` is reached. */
  | 'too-many-reads'
  /** This node is no member, or cannot become leader (a learner), or the target of a transfer is none. */
  | 'not-a-voter';

/** Why a message was not even looked at. */
export type RefuseReason =
  /** A kind that only the node itself may step in. */
  | 'local-type'
  /** Addressed to somebody else. */
  | 'not-for-us'
  /** An answer from somebody who is no member: an echo of an old configuration. */
  | 'unknown-peer'
  /** Its entries do not follow each other. */
  | 'malformed';

/** What became of a call. `ok` says that it was taken on, not that it will succeed. */
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
