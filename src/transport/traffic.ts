import type { NodeId } from '../raft/types.js';

/** Hears what goes over the links to the other members. */
export interface TrafficListener {
  /** Bytes of a message, without what gRPC puts around it; of a snapshot, those of its frames. */
  sent(peer: NodeId, bytes: number): void;
  received(peer: NodeId, bytes: number): void;
  /** A ping of a link came back; each lane has its own. */
  roundTrip(peer: NodeId, ms: number): void;
}

export const NOBODY_LISTENS: TrafficListener = {
  sent: () => undefined,
  received: () => undefined,
  roundTrip: () => undefined,
};
