import type { Cancel, Clock } from '../ports/clock.js';
import type { Packet } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import { backoffMs } from '../util/backoff.js';
import { formatMemberId as hex } from '../util/member-id.js';
import type { Connect } from './connect.js';
import { DialledLink, type LinkEnd } from './dialled-link.js';
import { mismatch, PEER_PROTOCOL_VERSION, type Hello, type HelloOrder } from './hello.js';
import type { Lane } from './lane.js';
import { LaneQueue } from './lane-queue.js';
import type { TransportOptions } from './options.js';
import { encodePacket, type Encoded } from './packet-codec.js';
import type { Proofs } from './proofs.js';
import type { TrafficListener } from './traffic.js';

export interface LaneLinkOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly peer: NodeId;
  readonly lane: Lane;
  readonly urls: readonly string[];
  readonly connect: Connect;
  readonly proofs: Proofs;
  /** The order of the next hello. */
  readonly nextHello: () => HelloOrder;
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
      readonly link: DialledLink;
      readonly url: string;
      readonly cancelTimeout: Cancel;
    }
  | { readonly kind: 'up'; readonly link: DialledLink; readonly sinceMs: number }
  | { readonly kind: 'closing'; readonly closed: () => void }
  | { readonly kind: 'closed' };

const NOW = Promise.resolve();

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
  /** Ends the time in which packets share a frame. */
  readonly #endTurn = (): void => {
    this.#joining = false;
    this.#flush();
  };
  /** A packet was sent in this turn. Further ones share a frame at its end. */
  #joining = false;
  /** Why this side ended the attempt. */
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

  /** Whether a packet that is sent now would wait for no other. Packets queue only for the end of the turn, or for the socket. */
  get idle(): boolean {
    return this.#state.kind === 'up' && !this.#joining && this.#state.link.idle;
  }

  /** @returns false if something was dropped: the queue was full, or there is no link */
  send(packet: Packet): boolean {
    if (this.#state.kind !== 'up') return false;
    const kept = this.#queue.push(packet);
    if (this.#joining) return kept;
    // At once: the sender's next step may be a write of its log, for which the peer need not wait.
    this.#flush();
    this.#joining = true;
    // Not queueMicrotask: it makes an asynchronous resource for each call.
    void NOW.then(this.#endTurn);
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
    state.link.sendProofs(this.#options.proofs.proofsFor(this.#options.peer));
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
        await this.#end(state.link, () => state.link.cancel());
        return;
      case 'up':
        for (let packet = this.#queue.take(); packet !== undefined; packet = this.#queue.take()) {
          this.#write(state.link, packet);
        }
        await this.#end(state.link, () => state.link.end());
        return;
      case 'closing':
      case 'closed':
    }
  }

  #end(link: DialledLink, begin: () => void): Promise<void> {
    const { clock, options } = this.#options;
    return new Promise((resolve) => {
      const cancelTimeout = clock.timeout(options.closeGraceMs, () => link.cancel());
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
    const { clock, options, connect, clusterId, memberId, peer, lane, proofs, nextHello, traffic } = this.#options;
    const { keepaliveIntervalMs, keepaliveTimeoutMs, dialTimeoutMs } = options;
    // Without a URL, the attempt fails as with a wrong one.
    const url = this.#urls[this.#urlIndex % this.#urls.length] ?? '';
    this.#verdict = undefined;
    const ids = { version: PEER_PROTOCOL_VERSION, clusterId, from: memberId, to: peer, lane };
    const secrets = { challenge: proofs.challengeFor(peer), proofs: proofs.proofsFor(peer) };
    let link: DialledLink;
    try {
      link = new DialledLink({
        url,
        connect,
        hello: { ...ids, ...secrets, ...nextHello() },
        keepaliveIntervalMs,
        keepaliveTimeoutMs,
        clock,
        listener: {
          onHello: (hello) => this.#onHello(hello),
          onRoundTrip: (ms) => traffic.roundTrip(peer, ms),
          onDrain: () => this.#flush(),
          onClosed: (end) => this.#onClosed(end),
        },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#onTryFailed({ url, reason, refused: false, removed: false });
      return;
    }
    const cancelTimeout = clock.timeout(dialTimeoutMs, () => {
      this.#giveUp(link, { reason: `no answer within ${dialTimeoutMs} ms`, refused: false });
    });
    this.#state = { kind: 'dialling', link, url, cancelTimeout };
  }

  #giveUp(link: DialledLink, verdict: { readonly reason: string; readonly refused: boolean }): void {
    this.#verdict = verdict;
    link.cancel();
  }

  #onHello(hello: Hello): void {
    const state = this.#state;
    if (state.kind !== 'dialling' || this.#verdict !== undefined) return;
    const { clock, clusterId, memberId, peer, lane } = this.#options;
    let reason = mismatch({ clusterId, from: memberId }, hello);
    if (reason === undefined && hello.from !== peer) {
      reason = `member ${hex(hello.from)} answers in place of ${hex(peer)}`;
    }
    if (reason !== undefined) {
      this.#giveUp(state.link, { reason, refused: true });
      return;
    }
    state.cancelTimeout();
    this.#state = { kind: 'up', link: state.link, sinceMs: clock.now() };
    this.#triedUrls = 0;
    this.#options.listener.onUp(lane, state.url);
  }

  #onClosed(end: LinkEnd): void {
    const state = this.#state;
    const reason = this.#verdict?.reason ?? end.reason;
    const removed = this.#verdict === undefined && end.code === 'removed';
    switch (state.kind) {
      case 'dialling': {
        state.cancelTimeout();
        const refused = this.#verdict?.refused ?? (removed || end.code === 'unwelcome');
        this.#onTryFailed({ url: state.url, reason, refused, removed });
        return;
      }
      case 'up':
        this.#onBroken(state.sinceMs, { reason, removed });
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
    const state = this.#state;
    if (state.kind !== 'up') return;
    while (!state.link.full) {
      const packet = this.#queue.take();
      if (packet === undefined) return;
      this.#write(state.link, packet);
    }
  }

  #write(link: DialledLink, packet: Packet): void {
    const { logger, peer, traffic } = this.#options;
    let frame: Encoded;
    try {
      frame = encodePacket(packet);
    } catch (error) {
      // A bug in this process: the link is sound, and send() must not throw.
      logger.error('a packet could not be encoded', { peer, error });
      return;
    }
    traffic.sent(peer, frame.bytes);
    link.write(frame.pieces);
  }
}
