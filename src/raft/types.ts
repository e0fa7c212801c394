/**
 * The words of Raft. Everything here is plain data: it can be compared whole in a test, written to a log or a wire by
 * whoever embeds the core, and means the same as in the paper ("the paper" is Ongaro and Ousterhout 2014; "the thesis"
 * is Ongaro 2014).
 */

/** A member of the Raft group: an integer in [1, 2^53−1]. */
export type NodeId = number;

/** No node: the vote of a member that has not voted, the leader of one that knows none. */
export const NONE: NodeId = 0;

export type EntryType = 'normal' | 'conf-change' | 'conf-change-v2';

/** One slot of the replicated log. Immutable once made; `data` belongs to the log from then on. */
export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  /** Opaque to the core. Empty in the no-op that opens a term. */
  readonly data: Uint8Array;
}

/** What must be on disk before any message that depends on it leaves (paper, figure 2: persistent state). */
export interface HardState {
  readonly term: number;
  readonly vote: NodeId;
  /** May lag behind on disk: it is a hint for a restart, and alone needs no sync. */
  readonly commit: number;
}

export const EMPTY_HARD_STATE: HardState = { term: 0, vote: NONE, commit: 0 };

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** What a server shows to people; never persisted. */
export interface SoftState {
  readonly leader: NodeId;
  readonly role: Role;
}

/** The configuration: who votes, who only listens (thesis, chapter 4). Every list in ascending order. */
export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** The outgoing half of a joint configuration; empty outside of one. */
  readonly votersOutgoing: readonly NodeId[];
  /** Outgoing voters that become learners once the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  /** Whether the leader leaves the joint configuration by itself. */
  readonly autoLeave: boolean;
}

/**
 * One step of a change of the configuration. `add-voter` makes a voter of whomever it names, newcomer or learner;
 * `add-learner` a learner, also of a voter; `update` changes nothing here, and is for what else the embedder keeps of a
 * member.
 */
export type ConfChangeType = 'add-voter' | 'add-learner' | 'remove' | 'update';

export interface ConfChangeStep {
  readonly type: ConfChangeType;
  /** NONE makes a step void: an embedder that decides against it need not drop its entry. */
  readonly id: NodeId;
}

/**
 * How a change takes place (thesis, section 4.3). `auto`: at once where it is a single step, through a joint
 * configuration otherwise, which the leader leaves by itself. `implicit`: through a joint configuration in any case, left
 * by itself. `explicit`: the same, left only by another change, one without steps.
 */
export type ConfChangeTransition = 'auto' | 'implicit' | 'explicit';

/** A change of the configuration. Without steps (and with `auto`) it leaves a joint configuration. */
export interface ConfChange {
  readonly transition: ConfChangeTransition;
  readonly steps: readonly ConfChangeStep[];
  /** Opaque to the core: what the embedder wants to know when the change is applied. */
  readonly context: Uint8Array;
}

export interface SnapshotMetadata {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
}

/** The state at an index, in place of the log up to it (paper, section 7). */
export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  /** Opaque to the core: a handle under which the embedder finds the real thing, or the thing itself. */
  readonly data: Uint8Array;
}

/**
 * The kinds of message. Those that cross the network, and those that a node steps into itself:
 * MsgHup (start an election), MsgBeat (send heartbeats), MsgProp (append; forwarded to the leader), MsgCheckQuorum,
 * MsgUnreachable and MsgSnapStatus (reports of the transport), MsgForgetLeader. MsgStorageAppend and MsgStorageApply are
 * for the node's own storage threads (see `asyncStorageWrites` in the configuration), which answer with the …Resp.
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

/** Whoever appends to the node's own log: no member, and never named on a wire. */
export const LOCAL_APPEND_THREAD: NodeId = -1;

/** Whoever applies the node's own committed entries: no member, and never named on a wire. */
export const LOCAL_APPLY_THREAD: NodeId = -2;

/** One message. Fields that a kind does not use hold their zero, so that every message has one shape. */
export interface Message {
  readonly type: MessageType;
  readonly to: NodeId;
  readonly from: NodeId;
  /** The sender's term; 0 on messages that carry none (MsgProp, MsgReadIndex and local ones). */
  readonly term: number;
  /** MsgApp: the term at `index`. Votes: the term of the candidate's last entry. MsgAppResp: the hint's term. */
  readonly logTerm: number;
  /** MsgApp: the entry before `entries`. Votes: the candidate's last. MsgAppResp: what matched, or was refused. */
  readonly index: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  readonly reject: boolean;
  /** Where a refused MsgApp should be tried next. */
  readonly rejectHint: number;
  /** MsgReadIndex and heartbeats: the read's context. Votes: that a transfer forces them. */
  readonly context: Uint8Array;
  readonly snapshot: Snapshot | undefined;
  /** MsgStorageAppend: with `term` and `commit`, the hard state to write; all three are 0 where it did not change. */
  readonly vote: NodeId;
  /** MsgStorageAppend and MsgStorageApply: to be delivered, each to its `to`, once the work is done. */
  readonly responses: readonly Message[];
}

/** The answer to a ReadIndex: once `index` is applied, the read that `context` names may be served. */
export interface ReadState {
  readonly index: number;
  readonly context: Uint8Array;
}

/**
 * All that the core asks of its embedder after some steps. The duties, in order:
 * 1. `messages` may be sent at once, beside the write of the next point (thesis, section 10.2.1).
 * 2. `entries` and `hardState` are made durable in one write, synced if `mustSync`.
 * 3. `messagesAfterAppend` may be sent: they promise what point 2 made true.
 * 4. `committedEntries` are applied, in order, at any pace; their application is reported with `appliedTo`.
 * 5. `advance()` says that points 1 to 3 are done and 4 is taken over; only then is the next Ready made.
 *
 * With `asyncStorageWrites`, points 2 to 5 come as messages among `messages` (see the head of index.ts).
 */
export interface Ready {
  /** Present when it changed. */
  readonly softState: SoftState | undefined;
  /** Present when it changed. */
  readonly hardState: HardState | undefined;
  readonly readStates: readonly ReadState[];
  readonly entries: readonly Entry[];
  /** A received snapshot, to be made durable before `entries`. */
  readonly snapshot: Snapshot | undefined;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly messagesAfterAppend: readonly Message[];
  readonly mustSync: boolean;
}
