import type { Cancel, Clock } from '../ports/clock.js';
import type { Packet } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import { raftkv } from '../gen/proto.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import { backoffMs } from '../util/backoff.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { CodecError, encodePacket } from './codec.js';
import { DialledStream, type StreamEnd } from './dial.js';
import { decodeHello, encodeHello, encodeProofs, mismatch, PEER_PROTOCOL_VERSION, REMOVED_CODE } from './hello.js';
import type { Lane } from './lane.js';
import { LaneQueue } from './lane-queue.js';
import type { TransportOptions } from './options.js';
import type { Proofs } from './proofs.js';
import type { TrafficListener } from './traffic.js';

export interface LaneLinkOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly peer: NodeId;
  readonly lane: Lane;
  readonly urls: readonly string[];
  readonly proofs: Proofs;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly options: TransportOptions;
  readonly listener: LaneListener;
  readonly traffic: TrafficListener;
}

export interface LaneListener {
  onUp(lane: Lane, url: string): void;
  onDown(lane: Lane, why: { readonly reason: string; readonly removed: boolean }): void;
  /** An attempt failed. The link dials again. */
  onFailure(lane: Lane, failure: LinkFailure): void;
}

export interface LinkFailure {
  readonly url: string;
  readonly reason: string;
  /** The peer answered and refused the link. */
  readonly refused: boolean;
  /** The peer's reason is that this member was removed from the cluster. */
  readonly removed: boolean;
}

type State =
  | { readonly kind: 'waiting'; readonly cancel: Cancel }
  | {
      readonly kind: 'dialling';
      readonly stream: DialledStream<raftkv.PeerFrame>;
      readonly url: string;
      readonly cancelTimeout: Cancel;
    }
  | { readonly kind: 'up'; readonly stream: DialledStream<raftkv.PeerFrame>; readonly sinceMs: number }
  | { readonly kind: 'closing'; readonly closed: () => void }
  | { readonly kind: 'closed' };

const FAILED_PRECONDITION = 9;

/** One lane to one peer: dials, sends a hello and then the queued packets, and dials again when the stream breaks. */
export class LaneLink {
  readonly #options: LaneLinkOptions;
  readonly #queue: LaneQueue;
  #urls: readonly string[];
  #urlIndex = 0;
  /** URLs that have failed since the last wait. */
  #triedUrls = 0;
  /** Consecutive rounds over all URLs without a stable link. */
  #failures = 0;
  #state: State;
  #inFlight = 0;
  #flushing = false;
  /** Why this side ended the attempt; gRPC would only report a cancelled call. */
  #verdict: { readonly reason: string; readonly refused: boolean } | undefined;

  constructor(options: LaneLinkOptions) {
    const { lane, options: bounds } = options;
    this.#options = options;
    this.#urls = options.urls;
    this.#queue = new LaneQueue({
      maxFrameBytes: bounds.maxFrameBytes,
      ...(lane === 'append'
        ? { maxBytes: bounds.appendQueueBytes, maxMessages: bounds.appendQueueMessages, drop: 'newest' }
        : { maxBytes: bounds.controlQueueBytes, maxMessages: bounds.controlQueueMessages, drop: 'oldest' }),
    });
    this.#state = this.#wait(0);
  }

  get up(): boolean {
    return this.#state.kind === 'up';
  }

  /** @returns false if something was dropped: the queue was full, or there is no link */
  send(packet: Packet): boolean {
    if (this.#state.kind !== 'up') return false;
    const kept = this.#queue.push(packet);
    if (!this.#flushing) {
      // All packets of this turn share a frame.
      this.#flushing = true;
      queueMicrotask(() => this.#flush());
    }
    return kept;
  }

  setUrls(urls: readonly string[]): void {
    this.#urls = urls;
    this.#urlIndex = 0;
    this.hurry();
  }

  /** The peer is known to be alive: dials now instead of waiting for the end of the backoff. */
  hurry(): void {
    if (this.#state.kind !== 'waiting') return;
    this.#state.cancel();
    this.#dial();
  }

  /** The peer has sent a challenge. A link that is up needs none: its hello was answered. */
  sendProofs(): void {
    const state = this.#state;
    if (state.kind !== 'dialling') return;
    state.stream.write(encodeProofs(this.#options.proofs.proofsFor(this.#options.peer)), () => undefined);
  }

  /** Sends the queued packets, for a bounded time, and closes. */
  async close(): Promise<void> {
    const state = this.#state;
    switch (state.kind) {
      case 'waiting':
        state.cancel();
        this.#state = { kind: 'closed' };
        return;
      case 'dialling':
        state.cancelTimeout();
        await this.#end(state.stream, () => state.stream.cancel());
        return;
      case 'up':
        for (let packet = this.#queue.take(); packet !== undefined; packet = this.#queue.take()) {
          this.#write(state.stream, packet);
        }
        await this.#end(state.stream, () => state.stream.end());
        return;
      case 'closing':
      case 'closed':
    }
  }

  #end(stream: DialledStream<raftkv.PeerFrame>, begin: () => void): Promise<void> {
    const { clock, options } = this.#options;
    return new Promise((resolve) => {
      const cancelTimeout = clock.timeout(options.closeGraceMs, () => stream.cancel());
      const closed = (): void => {
        cancelTimeout();
        resolve();
      };
      this.#state = { kind: 'closing', closed };
      begin();
    });
  }

  #wait(delayMs: number): State {
    return { kind: 'waiting', cancel: this.#options.clock.timeout(delayMs, () => this.#dial()) };
  }

  #dial(): void {
    const { clock, options, clusterId, memberId, peer, lane, proofs } = this.#options;
    // Without a URL, the attempt fails as with a wrong one.
    const url = this.#urls[this.#urlIndex % this.#urls.length] ?? '';
    this.#verdict = undefined;
    let stream: DialledStream<raftkv.PeerFrame>;
    try {
      stream = new DialledStream({
        url,
        path: '/raftkv.Peer/Link',
        decode: (body) => raftkv.PeerFrame.decode(body),
        tunables: options,
        clock,
        listener: {
          onAnswer: (frame) => this.#onFrame(frame),
          onRoundTrip: (ms) => this.#options.traffic.roundTrip(peer, ms),
          onClosed: (end) => this.#onClosed(end),
        },
      });
    } catch (error) {
      this.#onTryFailed({
        url,
        reason: error instanceof Error ? error.message : String(error),
        refused: false,
        removed: false,
      });
      return;
    }
    const cancelTimeout = clock.timeout(options.dialTimeoutMs, () => {
      this.#giveUp(stream, { reason: `no answer within ${options.dialTimeoutMs} ms`, refused: false });
    });
    this.#state = { kind: 'dialling', stream, url, cancelTimeout };
    const challenge = proofs.challengeFor(peer);
    const ids = { version: PEER_PROTOCOL_VERSION, clusterId, from: memberId, to: peer };
    stream.write(encodeHello({ ...ids, lane, challenge, proofs: proofs.proofsFor(peer) }), () => undefined);
  }

  #giveUp(
    stream: DialledStream<raftkv.PeerFrame>,
    verdict: { readonly reason: string; readonly refused: boolean },
  ): void {
    this.#verdict = verdict;
    stream.cancel();
  }

  /** On a dialled link the peer sends nothing but its hello. */
  #onFrame(frame: raftkv.PeerFrame): void {
    const state = this.#state;
    if (state.kind !== 'dialling' || this.#verdict !== undefined) return;
    const { clock, clusterId, memberId, peer, lane } = this.#options;
    let reason: string | undefined;
    try {
      const hello = decodeHello(frame);
      reason = mismatch({ clusterId, from: memberId }, hello);
      if (reason === undefined && hello.from !== peer) {
        reason = `member ${hex(hello.from)} answers in place of ${hex(peer)}`;
      }
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      reason = error.message;
    }
    if (reason !== undefined) {
      this.#giveUp(state.stream, { reason, refused: true });
      return;
    }
    state.cancelTimeout();
    this.#state = { kind: 'up', stream: state.stream, sinceMs: clock.now() };
    this.#inFlight = 0;
    this.#triedUrls = 0;
    this.#options.listener.onUp(lane, state.url);
  }

  #onClosed(end: StreamEnd): void {
    const state = this.#state;
    const reason = this.#verdict?.reason ?? end.details;
    switch (state.kind) {
      case 'dialling': {
        state.cancelTimeout();
        const removed = this.#verdict === undefined && end.code === REMOVED_CODE;
        const refused = this.#verdict?.refused ?? (removed || end.code === FAILED_PRECONDITION);
        this.#onTryFailed({ url: state.url, reason, refused, removed });
        return;
      }
      case 'up':
        this.#onBroken(state.sinceMs, { reason, removed: end.code === REMOVED_CODE });
        return;
      case 'closing':
        this.#state = { kind: 'closed' };
        state.closed();
        return;
      case 'waiting':
      case 'closed':
    }
  }

  #onTryFailed(failure: LinkFailure): void {
    const { lane, listener, options, random } = this.#options;
    this.#urlIndex++;
    this.#triedUrls++;
    // The peer's other URLs are tried at once; the backoff comes when all have failed.
    if (this.#triedUrls < this.#urls.length) {
      this.#state = this.#wait(0);
    } else {
      this.#triedUrls = 0;
      this.#failures++;
      this.#state = this.#wait(backoffMs(this.#failures, options, random));
    }
    listener.onFailure(lane, failure);
  }

  #onBroken(sinceMs: number, why: { readonly reason: string; readonly removed: boolean }): void {
    const { clock, lane, listener, options, random } = this.#options;
    this.#queue.clear();
    // A link that breaks as soon as it is up is not dialled again at once, or it would do so in a busy loop.
    const stable = clock.now() - sinceMs >= options.stableAfterMs;
    this.#failures = stable ? 0 : this.#failures + 1;
    this.#state = this.#wait(backoffMs(this.#failures, options, random));
    listener.onDown(lane, why);
  }

  #flush(): void {
    this.#flushing = false;
    const state = this.#state;
    if (state.kind !== 'up') return;
    while (this.#inFlight < this.#options.options.framesInFlight) {
      const packet = this.#queue.take();
      if (packet === undefined) return;
      this.#write(state.stream, packet);
    }
  }

  #write(stream: DialledStream<raftkv.PeerFrame>, packet: Packet): void {
    const { logger, peer, traffic } = this.#options;
    let bytes: Uint8Array;
    try {
      bytes = encodePacket(packet);
    } catch (error) {
      // A bug in this process: the link is sound, and send() must not throw.
      logger.error('a packet could not be encoded', { peer, error });
      return;
    }
    this.#inFlight++;
    traffic.sent(peer, bytes.length);
    stream.write(bytes, () => {
      if (this.#state.kind !== 'up' || this.#state.stream !== stream) return;
      this.#inFlight--;
      this.#flush();
    });
  }
}
