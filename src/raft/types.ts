/**
 * The data types of Raft: plain data that tests can compare and embedders can encode. Names have their meaning from the
 * paper (Ongaro and Ousterhout 2014) and the thesis (Ongaro 2014).
 */

/** A member of the Raft group: an integer in [1, 2^53−1]. */
export type NodeId = number;

/** No node: the vote of a member that has not voted, or an unknown leader. */
export const NONE: NodeId = 0;

export type EntryType = 'normal' | 'conf-change' | 'conf-change-v2';

/** An entry of the replicated log. Immutable; the log owns `data`. */
export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  /** Opaque to the core. Empty in a leader's no-op at the start of its term. */
  readonly data: Uint8Array;
}

/** State that must be durable before any message that depends on it is sent (paper, figure 2, persistent state). */
export interface HardState {
  readonly term: number;
  readonly vote: NodeId;
  /** May be outdated on disk: it is a hint for a restart, and alone needs no sync. */
  readonly commit: number;
}

export const EMPTY_HARD_STATE: HardState = { term: 0, vote: NONE, commit: 0 };

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** Volatile state, for display. Never persisted. */
export interface SoftState {
  readonly leader: NodeId;
  readonly role: Role;
}

/** A configuration: voters and learners (thesis, chapter 4). Every list is ascending. */
export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** The old voters in a joint configuration; otherwise empty. */
  readonly votersOutgoing: readonly NodeId[];
  /** Old voters that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  /** Whether the leader leaves the joint configuration automatically. */
  readonly autoLeave: boolean;
}

/**
 * One step of a configuration change. `add-voter` adds a voter or promotes a learner. `add-learner` adds a learner or
 * demotes a voter. `update` changes nothing here: it is for other data that the embedder keeps of a member.
 */
export type ConfChangeType = 'add-voter' | 'add-learner' | 'remove' | 'update';

export interface ConfChangeStep {
  readonly type: ConfChangeType;
  /** NONE makes a step void, so that an embedder can reject it and keep its entry. */
  readonly id: NodeId;
}

/**
 * How a change takes place (thesis, section 4.3). `auto`: a single step at once, several through a joint configuration that
 * the leader leaves automatically. `implicit`: always through a joint configuration that is left automatically.
 * `explicit`: always through a joint configuration that only another change, without steps, leaves.
 */
export type ConfChangeTransition = 'auto' | 'implicit' | 'explicit';

/** A configuration change. Without steps, and with `auto`, it leaves a joint configuration. */
export interface ConfChange {
  readonly transition: ConfChangeTransition;
  readonly steps: readonly ConfChangeStep[];
  /** Opaque to the core: for the embedder, when the change is applied. */
  readonly context: Uint8Array;
}

export interface SnapshotMetadata {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
}

/** The state at an index, which replaces the log up to it (paper, section 7). */
export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  /** Opaque to the core: the state, or a handle with which the embedder finds it. */
  readonly data: Uint8Array;
}

/**
 * The message kinds. Some never leave their node: MsgHup (start an election), MsgBeat (send heartbeats), MsgCheckQuorum,
 * MsgUnreachable and MsgSnapStatus (reports of the transport), MsgForgetLeader. MsgProp is local or forwarded to the leader.
 * MsgStorageAppend and MsgStorageApply go to the node's own storage threads (`asyncStorageWrites` in the configuration),
 * which answer with MsgStorageAppendResp and MsgStorageApplyResp.
 */
export const MESSAGE_TYPES = [
  'MsgHup',
  'MsgBeat',
  'MsgProp',
  'MsgApp',
  'MsgAppResp',
  'MsgVote',
  'MsgVoteResp',
  'MsgSnap',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgUnreachable',
  'MsgSnapStatus',
  'MsgCheckQuorum',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
  'MsgForgetLeader',
  'MsgStorageAppend',
  'MsgStorageAppendResp',
  'MsgStorageApply',
  'MsgStorageApplyResp',
] as const;

export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The address of the thread that appends to the node's log. Not a member, and never sent over a network. */
export const LOCAL_APPEND_THREAD: NodeId = -1;

/** The address of the thread that applies committed entries. Not a member, and never sent over a network. */
export const LOCAL_APPLY_THREAD: NodeId = -2;

/** A message. Fields that a kind does not use are zero, so that all messages have one shape. */
export interface Message {
  readonly type: MessageType;
  readonly to: NodeId;
  readonly from: NodeId;
  /** The sender's term; 0 in messages without one (MsgProp, MsgReadIndex and local ones). */
  readonly term: number;
  /** MsgApp: the term at `index`. Votes: the term of the candidate's last entry. MsgAppResp: the hint's term. */
  readonly logTerm: number;
  /** MsgApp: the entry before `entries`. Votes: the candidate's last entry. MsgAppResp: the matched or refused index. */
  readonly index: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  readonly reject: boolean;
  /** The index to try next after a refused MsgApp. */
  readonly rejectHint: number;
  /** MsgReadIndex and heartbeats: the read's context. Votes: whether a transfer forces them. */
  readonly context: Uint8Array;
  readonly snapshot: Snapshot | undefined;
  /** MsgStorageAppend: with `term` and `commit`, the hard state to write; all three are 0 if it did not change. */
  readonly vote: NodeId;
  /** MsgStorageAppend and MsgStorageApply: messages to deliver once the work is done. */
  readonly responses: readonly Message[];
}

/** The answer to a ReadIndex: once `index` is applied, the read with this context may be served. */
export interface ReadState {
  readonly index: number;
  readonly context: Uint8Array;
}

/**
 * The work that the core requests from its embedder. In this order:
 * 1. Send `messages`. This need not wait for step 2 (thesis, section 10.2.1).
 * 2. Make `entries` and `hardState` durable in one write, synced if `mustSync`.
 * 3. Send `messagesAfterAppend`: they promise that step 2 is durable.
 * 4. Apply `committedEntries`, in order, at any pace, and report them with `appliedTo`. With `applyUnstable: false` this
 *    need not wait for step 2.
 * 5. Call `advance()` once steps 1 to 3 are done and step 4 is taken over. Only then is the next Ready made.
 *
 * With `asyncStorageWrites`, steps 2 to 5 are requested by messages in `messages` (see the head of index.ts).
 */
export interface Ready {
  /** Present if it changed. */
  readonly softState: SoftState | undefined;
  /** Present if it changed. */
  readonly hardState: HardState | undefined;
  readonly readStates: readonly ReadState[];
  readonly entries: readonly Entry[];
  /** A received snapshot, which must be durable before `entries`. */
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly messagesAfterAppend: readonly Message[];
  readonly mustSync: boolean;
}
