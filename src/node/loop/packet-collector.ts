import type { Packet, Round, RoundAck } from '../../ports/transport.js';
import type { Message, NodeId } from '../../raft/types.js';

/** What is collected for one peer. Kept from turn to turn. */
interface Outgoing {
  messages: Message[];
  /** The answer to the peer's newest round, which covers the older ones. */
  ack: RoundAck | undefined;
  /** The ack must not wait for a message. */
  ackIsUrgent: boolean;
  /** The newest acknowledgement that repeats an earlier one. */
  repeated: Message | undefined;
  /** The newest append without entries: it states a commit index, or probes. */
  emptyAppend: Message | undefined;
  /** The newest question of a ReadIndex round, if the round may be confirmed without this peer. */
  question: Message | undefined;
  /** Term and index of the newest acknowledgement that was sent on this link. */
  acknowledged: { readonly term: number; readonly index: number } | undefined;
  /** Ticks for which the peer still counts as one that forwards proposals. */
  forwardsFor: number;
}

const NOTHING: Omit<Outgoing, 'messages'> = {
  ack: undefined,
  ackIsUrgent: false,
  repeated: undefined,
  emptyAppend: undefined,
  question: undefined,
  acknowledged: undefined,
  forwardsFor: 0,
};

/** Ticks after a forwarded proposal in which the peer gets each commit index at once. */
const FORWARD_TICKS = 2;

/**
 * Collects the messages of one turn, so that each peer gets one packet per turn.
 *
 * An answer that tells the leader nothing new can wait: it travels with the next packet to that peer, or alone at the
 * next tick. The leader sends each new commit index, and its followers' answers to that would be as many packets again
 * as their answers to appends.
 *
 * An append without entries states a commit index, and can wait for a moment too: `flush` sends it with other messages
 * to its peer, an append with entries replaces it, and `release` ends the wait. It does not wait for a peer that forwards
 * proposals, since clients of that peer wait for the commit. In the same way a question of a ReadIndex round waits that
 * may get its quorum without this peer; `drop` removes it once the round is confirmed.
 */
export class PacketCollector {
  readonly #isSpare: (peer: NodeId) => boolean;
  readonly #peers = new Map<NodeId, Outgoing>();
  /** Heartbeats are due: they go to all peers, with the question of a round in them or without. */
  #beats = false;

  /** @param isSpare see RoundPeers.isSpare */
  constructor(isSpare: (peer: NodeId) => boolean) {
    this.#isSpare = isSpare;
  }

  /** Whether something waits for `release`. */
  get waits(): boolean {
    for (const { emptyAppend, question } of this.#peers.values()) {
      if (emptyAppend !== undefined || question !== undefined) return true;
    }
    return false;
  }

  /** Whether no messages are collected that `flush` sends. Answers to rounds may be. */
  get empty(): boolean {
    for (const { messages } of this.#peers.values()) if (messages.length > 0) return false;
    return true;
  }

  add(messages: readonly Message[]): void {
    for (const message of messages) {
      const peer = this.#peer(message.to);
      if (repeats(message, peer)) peer.repeated = message;
      else if (isEmptyAppend(message) && mayWait(peer)) peer.emptyAppend = message;
      else if (isQuestion(message) && !this.#beats && this.#isSpare(message.to)) peer.question = message;
      else append(peer, message);
    }
  }

  /** The next `flush` sends the appends without entries, and the questions. @returns whether there were questions */
  release(): boolean {
    let asks = false;
    for (const peer of this.#peers.values()) {
      const { emptyAppend, question } = peer;
      if (emptyAppend !== undefined) append(peer, emptyAppend);
      if (question === undefined) continue;
      append(peer, question);
      peer.question = undefined;
      asks = true;
    }
    return asks;
  }

  /** A ReadIndex round was confirmed without the questions that wait. */
  drop(): void {
    for (const peer of this.#peers.values()) peer.question = undefined;
  }

  /** Collects the answer to a peer's newest round. */
  ack(to: NodeId, ack: RoundAck, { urgent }: { readonly urgent: boolean }): void {
    const peer = this.#peer(to);
    peer.ack = ack;
    peer.ackIsUrgent ||= urgent;
  }

  /** A peer has forwarded a proposal. */
  forwarded(from: NodeId): void {
    this.#peer(from).forwardsFor = FORWARD_TICKS;
  }

  /** Answers that wait for another packet wait no longer, and the heartbeats of this turn go to all. */
  tick(): void {
    this.#beats = true;
    for (const peer of this.#peers.values()) {
      if (peer.repeated !== undefined) append(peer, peer.repeated);
      peer.repeated = undefined;
      peer.ackIsUrgent = peer.ack !== undefined;
      peer.forwardsFor = Math.max(0, peer.forwardsFor - 1);
    }
  }

  /** The link to a peer broke or is new, so the next acknowledgement is sent even if it repeats an earlier one. */
  forget(peer: NodeId): void {
    this.#peer(peer).acknowledged = undefined;
  }

  /** Whether a message of this type is collected. */
  holds(type: Message['type']): boolean {
    for (const { messages } of this.#peers.values()) if (messages.some((message) => message.type === type)) return true;
    return false;
  }

  /**
   * Sends all messages, one packet per peer, with the answers for these peers. `roundFor` is called once per packet.
   */
  flush(roundFor: (peer: NodeId) => Round | undefined, send: (to: NodeId, packet: Packet) => void): void {
    for (const [to, peer] of this.#peers) {
      if (peer.messages.length === 0) continue;
      const first = [peer.repeated, peer.emptyAppend, peer.question].filter((message) => message !== undefined);
      const messages = first.length === 0 ? peer.messages : [...first, ...peer.messages];
      peer.messages = [];
      peer.repeated = undefined;
      peer.emptyAppend = undefined;
      peer.question = undefined;
      send(to, { group: 0, messages, round: roundFor(to), ack: takeAck(peer) });
    }
    this.#beats = false;
  }

  /** Sends the urgent answers that no message carries. */
  flushAcks(send: (to: NodeId, packet: Packet) => void): void {
    for (const [to, peer] of this.#peers) {
      if (peer.ackIsUrgent) send(to, { group: 0, messages: [], round: undefined, ack: takeAck(peer) });
    }
  }

  #peer(id: NodeId): Outgoing {
    let peer = this.#peers.get(id);
    if (peer === undefined) {
      peer = { ...NOTHING, messages: [] };
      this.#peers.set(id, peer);
    }
    return peer;
  }
}

/** Whether a leader sends no more than its commit index, or asks what the follower has. */
export function isEmptyAppend({ type, entries }: Message): boolean {
  return type === 'MsgApp' && entries.length === 0;
}

/** Whether a heartbeat asks for the confirmation of a ReadIndex round. */
function isQuestion({ type, context }: Message): boolean {
  return type === 'MsgHeartbeat' && context.length > 0;
}

function isAcknowledgement({ type, reject }: Message): boolean {
  return type === 'MsgAppResp' && !reject;
}

/** Whether a message acknowledges no more than one that was sent in its term: the answer to a new commit index. */
function repeats(message: Message, { acknowledged }: Outgoing): boolean {
  return (
    isAcknowledgement(message) &&
    acknowledged !== undefined &&
    acknowledged.term === message.term &&
    message.index <= acknowledged.index
  );
}

/** Whether an append without entries may wait. One that follows another append in this packet must stay behind it. */
function mayWait({ forwardsFor, messages }: Outgoing): boolean {
  return forwardsFor === 0 && !messages.some(({ type }) => type === 'MsgApp');
}

function append(peer: Outgoing, message: Message): void {
  if (isAcknowledgement(message)) peer.acknowledged = { term: message.term, index: message.index };
  // It states a commit index too, at least as high, and finds the same if it does not match.
  if (message.type === 'MsgApp') peer.emptyAppend = undefined;
  peer.messages.push(message);
}

function takeAck(peer: Outgoing): RoundAck | undefined {
  const { ack } = peer;
  peer.ack = undefined;
  peer.ackIsUrgent = false;
  return ack;
}
