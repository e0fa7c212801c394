import type { Clock } from '../ports/clock.js';
import type { Packet } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import type { Hello } from './hello.js';
import type { Lane } from './lane.js';
import type { RefusalLog } from './refusals.js';

/** The reason for ending a link when this member stops cleanly. */
export const STOPPING = 'this member is stopping';

export interface AcceptorOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly clock: Clock;
  readonly refusals: RefusalLog;
  /** Time that a caller has for its hello and its proof, in ms. */
  readonly proofTimeoutMs: number;
  /** Bound on links without a proof. One more ends the oldest link of the address that has the most. */
  readonly unprovenLinksMax: number;
  /** Largest frame of a proven member, in bytes. */
  readonly bodyBytesMax: (lane: Lane) => number;
  /** Time to send the last refusals when the acceptor closes, in ms. */
  readonly closeGraceMs: number;
  readonly listener: AcceptorListener;
}

/** A new connection whose first bytes are those of a link. */
export interface IncomingOptions {
  /** The address of the caller; undefined for a caller on this machine. */
  readonly remote?: string | undefined;
  /** Called once the link is proven to come from a member. */
  readonly onProven?: () => void;
}

export interface AcceptorListener {
  isPeer(id: NodeId): boolean;
  wasRemoved(id: NodeId): boolean;
  /** Called for a caller that states an id not known here. Its link is refused. @returns whether it may become known soon */
  onUnknown(id: NodeId): boolean;
  /** Called for a caller that states a peer's id and has not proved it. */
  onClaim(hello: Hello, source: string): void;
  /** Whether the proofs show that their sender is this peer. */
  isProof(from: NodeId, proofs: readonly Uint8Array[]): boolean;
  /** Called when a peer has proved its identity, so that it is known to run. */
  onProven(hello: Hello): void;
  /** Called for a caller without a proof in time: it is not the peer that it states, or that peer cannot be reached. */
  onUnproven(from: NodeId): void;
  onPacket(from: NodeId, packet: Packet): void;
  onBytes(from: NodeId, bytes: number): void;
}
