import type { NodeId } from '../raft/types.js';

/** The kinds of input that are refused on the peer port. */
export const REFUSALS = [
  /** The first frame of a link or snapshot is not a hello for this member. */
  'hello',
  /** The sender is not a member of this cluster, as far as this member knows. */
  'unknown-member',
  /** The sender states the id of a member and has not proved it. */
  'unproven-member',
  /** More links wait for a hello or a proof than fit. */
  'too-many-links',
  /** A connection has brought more bytes than a caller without a proof may. */
  'too-many-bytes',
  /** A frame, or a message in it, that no member sends. */
  'frame',
  /** A message that breaks a rule of Raft. */
  'message',
] as const;

export type Refusal = (typeof REFUSALS)[number];

/** Observes the links to the other members. */
export interface TrafficListener {
  /** Bytes of messages and of the frames of snapshots, without the framing of gRPC. */
  sent(peer: NodeId, bytes: number): void;
  received(peer: NodeId, bytes: number): void;
  /** Time until a ping on a link was answered. Each lane pings on its own. */
  roundTrip(peer: NodeId, ms: number): void;
  /** Something that arrived on the peer port was dropped or refused. */
  refused(what: Refusal): void;
}

export const IGNORE_TRAFFIC: TrafficListener = {
  sent: () => undefined,
  received: () => undefined,
  roundTrip: () => undefined,
  refused: () => undefined,
};
