import type { Message, NodeId } from '../raft/types.js';
import type { SnapshotDelivery, SnapshotIntake, SnapshotTransfer } from './snapshot.js';

/** A leader's question "am I still your leader?", stamped by its sender; see node/lease. */
export interface Round {
  readonly term: number;
  /** Grows with every round of a leader; says which answers belong together. */
  readonly sequence: number;
  /** The receiver's own timestamp, confirmed by a quorum round that began after it arrived. */
  readonly echo: { readonly timeMs: number; readonly commit: number } | undefined;
  /** Every member's log holds all up to here: what each may cut its own log to. */
  readonly minMatch: number;
  /** How far the learners are; absent where there is none. */
  readonly learners?: LearnersProgress | undefined;
}

/** What the leader knows of its learners, so that any member can say whether one may be promoted. */
export interface LearnersProgress {
  /** The leader's own log is durable up to here. */
  readonly leaderMatch: number;
  readonly learners: readonly { readonly id: NodeId; readonly match: number }[];
}

export interface RoundAck {
  readonly term: number;
  readonly sequence: number;
  /** The answering member's monotonic clock, in ms, to be echoed. */
  readonly timeMs: number;
}

/** What one turn of a node's loop has to say to one peer. */
export interface Packet {
  /** The Raft group; 0 until a process runs many. */
  readonly group: number;
  readonly messages: readonly Message[];
  readonly round: Round | undefined;
  readonly ack: RoundAck | undefined;
  /** Questions to the peer and answers to its own, outside of Raft; the transport does not look into them. */
  readonly calls?: readonly Uint8Array[] | undefined;
}

export interface PeerAddress {
  readonly id: NodeId;
  /** As `--initial-advertise-peer-urls`: http://host:port. More than one are tried in turn. */
  readonly urls: readonly string[];
}

/** What the transport tells the node. Called on the event loop, never re-entrantly from `send`. */
export interface TransportListener {
  /** Messages of one packet arrive together and in order; packets may be lost, and those of two lanes may overtake. */
  onPacket(from: NodeId, packet: Packet): void;
  /** Something for this peer was dropped: its queue was full or its link is down. At most once a turn and peer. */
  onUnreachable(peer: NodeId): void;
  /** The peer's link came up or broke. */
  onLink(peer: NodeId, state: 'up' | 'down'): void;
  /** A peer refuses the link for good: it knows that this member was removed. */
  onRemoved(by: NodeId): void;
  /** A peer offers a snapshot, by its MsgSnap. Resolves with where it goes, or with one line that says why it is not wanted. */
  onSnapshot(from: NodeId, message: Message): Promise<SnapshotIntake | string>;
}

/** Links to the other members of the cluster. */
export interface Transport {
  /** Begins to accept and dial. Called once. */
  start(listener: TransportListener): void;
  /**
   * Sets the peers to dial, without this member, and the members that were removed, which learn so when they call. Links
   * to others are closed. A member in neither list may have been added by entries that this one does not have yet: its
   * link is accepted once a known member confirms that it is a member.
   */
  setPeers(peers: readonly PeerAddress[], removed?: readonly NodeId[]): void;
  /**
   * Hands a packet over, which holds no MsgSnap; never blocks, never throws. What does not fit the peer's bounded queue is dropped and
   * reported. What is not dropped arrives once: a proposal that a follower passes on must not be applied twice.
   * Heartbeats, votes and read indexes travel on a lane of their own, so appends cannot hold them up.
   */
  send(to: NodeId, packet: Packet): void;
  /**
   * Brings a snapshot to a peer, on a stream of its own: appends and heartbeats do not wait behind it. A stream that
   * breaks is taken up where it broke, a few times. The source stays the caller's to close, afterwards.
   */
  sendSnapshot(delivery: SnapshotDelivery): SnapshotTransfer;
  close(): Promise<void>;
}
