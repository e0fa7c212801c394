import type { Message, NodeId } from '../raft/types.js';
import type { SnapshotDelivery, SnapshotIntake, SnapshotTransfer } from './snapshot.js';

/** A leader's question whether the receiver still follows it: see node/authority/lease. */
export interface Round {
  readonly term: number;
  /** Increases with every round of a leader, and identifies the round in its answers. */
  readonly sequence: number;
  /** The receiver's own timestamp, confirmed by a quorum in a round that began after it arrived. */
  readonly echo: { readonly timeMs: number; readonly commit: number } | undefined;
  /** All members' logs hold all entries up to here, so each may cut its log there. */
  readonly minMatch: number;
  /** The learners' progress; absent if there are none. */
  readonly learners?: LearnersProgress | undefined;
}

/** The leader's view of its learners, so that any member can decide whether one may be promoted. */
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

/** All that one turn of a node's loop sends to one peer. */
export interface Packet {
  /** The Raft group; 0 until a process runs many. */
  readonly group: number;
  readonly messages: readonly Message[];
  readonly round: Round | undefined;
  readonly ack: RoundAck | undefined;
  /** Questions and answers outside of Raft, opaque to the transport. */
  readonly calls?: readonly Uint8Array[] | undefined;
}

export interface PeerAddress {
  readonly id: NodeId;
  /** As in `--initial-advertise-peer-urls`: http://host:port. Several are tried in turn. */
  readonly urls: readonly string[];
}

/** Receives packets and events of the transport. Never called from within `send`. */
export interface TransportListener {
  /**
   * Messages of a packet arrive together and in order. Packets may be lost, and packets on different lanes may overtake
   * each other. `from` is proven, and every message has it as its sender, except those that a member forwards.
   */
  onPacket(from: NodeId, packet: Packet): void;
  /** A packet for this peer was dropped: its queue was full or its link is down. At most once per turn and peer. */
  onUnreachable(peer: NodeId): void;
  /** The peer's link came up, broke, or was closed as it is no peer any more. */
  onLink(peer: NodeId, state: 'up' | 'down'): void;
  /** A peer refuses the link because this member was removed from the cluster. */
  onRemoved(by: NodeId): void;
  /** A peer offers a snapshot, by its MsgSnap. Resolves with its receiver, or with a one-line reason for a refusal. */
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
   * Queues a packet without a MsgSnap. Never blocks, never throws. A packet that does not fit the peer's bounded queue is
   * dropped and reported. Others arrive at most once: a proposal that a follower forwards must not be applied twice.
   * Heartbeats, votes and read indexes have their own lane, so appends cannot delay them.
   */
  send(to: NodeId, packet: Packet): void;
  /**
   * Sends a snapshot to a peer on a separate stream, so that appends and heartbeats do not wait behind it. A stream that
   * breaks is resumed, a few times. The caller closes the source afterwards.
   */
  sendSnapshot(delivery: SnapshotDelivery): SnapshotTransfer;
  close(): Promise<void>;
}
