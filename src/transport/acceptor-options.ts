import type { Clock } from '../ports/clock.js';
import type { Packet } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import type { Hello } from './hello.js';
import type { Lane } from './lane.js';
import type { RefusalLog } from './refusals.js';

/** The reason of links that end because their member stops cleanly. */
export const STOPPING = 'this member is stopping';

export interface AcceptorOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly clock: Clock;
  readonly refusals: RefusalLog;
  /** Time that a caller has for its hello and its proof, in ms. */
  readonly proofTimeoutMs: number;
  /** Links without a proof; one more ends the oldest of the address that has the most. */
  readonly unprovenLinksMax: number;
  /** Largest frame of a proven member, in bytes. */
  readonly bodyBytesMax: (lane: Lane) => number;
  /** Time for the last refusals to leave when the acceptor closes, in ms. */
  readonly closeGraceMs: number;
  readonly listener: AcceptorListener;
}

/** A new connection that begins as a link does. */
export interface IncomingOptions {
  /** The address of the caller; undefined for one on this machine. */
  readonly remote?: string | undefined;
  /** Called once the link is proven to come from a member. */
  readonly onProven?: () => void;
}

export interface AcceptorListener {
  isPeer(id: NodeId): boolean;
  wasRemoved(id: NodeId): boolean;
  /** A caller states an id that is not known here. Its link is refused. @returns whether it may become known soon */
  onUnknown(id: NodeId): boolean;
  /** A caller states a peer's id and has not proved it. */
  onClaim(hello: Hello, source: string): void;
  /** Whether the proofs show that their sender is this peer. */
  isProof(from: NodeId, proofs: readonly Uint8Array[]): boolean;
  /** A peer has proved its identity: it is alive. */
  onProven(hello: Hello): void;
  /** A caller that states a peer's id offered no proof in time: it is not that peer, or cannot be reached from here. */
  onUnproven(from: NodeId): void;
  onPacket(from: NodeId, packet: Packet): void;
  onBytes(from: NodeId, bytes: number): void;
}
