import type { raftkv } from '../gen/proto.js';
import type { Cancel, Clock } from '../ports/clock.js';
import type { Packet } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import { defined } from '../util/assert.js';
import { EMPTY } from '../util/bytes.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { SourceSet, sourceOf } from '../util/source-set.js';
import { CodecError, decodePacket } from './codec.js';
import { decodeHello, encodeHello, mismatch, proofsOf, REMOVED_CODE, type Hello } from './hello.js';
import type { Lane } from './lane.js';
import type { RefusalLog } from './refusals.js';
import type { Refusal } from './traffic.js';

/** The reason of links that end because their member stops cleanly. */
export const STOPPING = 'this member is stopping';

/** The gRPC status codes of an acceptor. */
const Code = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  REMOVED: REMOVED_CODE,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNAVAILABLE: 14,
} as const;

type FailureCode = (typeof Code)[keyof typeof Code];

/** A message on a link, and its size. */
export interface LinkFrame {
  readonly frame: raftkv.PeerFrame;
  readonly bytes: number;
}

/** The part of a gRPC bidirectional stream that a link needs. */
export interface LinkCall {
  /** Address and port of the caller. */
  readonly remote?: string;
  onMessage(callback: (received: LinkFrame) => void): void;
  onEnd(callback: () => void): void;
  onCancel(callback: () => void): void;
  send(body: Uint8Array): boolean;
  end(): void;
  fail(status: { readonly code: FailureCode; readonly message: string }): void;
}

export interface AcceptorOptions {
  readonly clusterId: number;
  readonly memberId: NodeId;
  readonly clock: Clock;
  readonly refusals: RefusalLog;
  /** Time that a caller has for its hello and its proof, in ms. */
  readonly proofTimeoutMs: number;
  /** Links without a proof; one more ends the oldest of the address that has the most. */
  readonly unprovenLinksMax: number;
  readonly listener: AcceptorListener;
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

type State =
  | { readonly kind: 'silent'; readonly cancelTimeout: Cancel }
  /** The hello is valid, and its sender has not proved its identity. */
  | { readonly kind: 'claimed'; readonly hello: Hello; readonly cancelTimeout: Cancel; frames: number }
  | { readonly kind: 'open'; readonly from: NodeId; readonly lane: Lane }
  | { readonly kind: 'over' };

/** Frames before the proof; a member sends one for each challenge that it receives. */
const CLAIM_FRAMES_MAX = 16;

/** Accepts links: checks the callers, and receives the packets of the proven ones. */
export class Acceptor {
  readonly options: AcceptorOptions;
  /** In the order of their arrival. */
  readonly #links = new Set<IncomingLink>();
  /** Those without a proof. */
  readonly #unproven = new SourceSet<IncomingLink>();
  #closed = false;

  constructor(options: AcceptorOptions) {
    this.options = options;
  }

  /** @param onProven called once the call is proven to come from a member */
  accept(call: LinkCall, onProven: () => void): void {
    if (this.#closed) {
      call.fail({ code: Code.UNAVAILABLE, message: STOPPING });
      return;
    }
    const link = new IncomingLink(this, call, onProven);
    this.#links.add(link);
    this.#unproven.add(link, link.source);
    link.start();
    this.#boundUnproven();
  }

  /** Ends the links of members that are no longer peers. */
  dropStrangers(): void {
    const { listener } = this.options;
    for (const link of this.#links) {
      const from = link.claims;
      if (from === undefined) continue;
      if (listener.wasRemoved(from)) link.fail(Code.REMOVED, removedText(from));
      else if (!listener.isPeer(from)) {
        link.fail(Code.FAILED_PRECONDITION, `member ${hex(from)} is no longer a peer`);
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const link of this.#links) link.fail(Code.UNAVAILABLE, STOPPING);
  }

  /** A peer has one link per lane. A newer one means that it gave up the older, which may linger half-open. */
  opened(opened: IncomingLink, hello: Hello): void {
    this.#unproven.delete(opened);
    for (const link of this.#links) {
      if (link !== opened && link.from === hello.from && link.lane === hello.lane) {
        link.fail(Code.ABORTED, 'replaced by a newer link of the same member');
      }
    }
    this.options.listener.onProven(hello);
  }

  over(link: IncomingLink): void {
    this.#links.delete(link);
    this.#unproven.delete(link);
  }

  /**
   * The newest of each address stay: a member's proof takes a few milliseconds, and a member that loses a link dials
   * again.
   */
  #boundUnproven(): void {
    while (this.#unproven.size > this.options.unprovenLinksMax) {
      const link = defined(this.#unproven.victim(), 'a link without a proof');
      link.refuse('too-many-links', Code.RESOURCE_EXHAUSTED, 'too many links wait for a proof');
    }
  }
}

/** One call, from its hello to its end. */
class IncomingLink {
  readonly #acceptor: Acceptor;
  readonly #call: LinkCall;
  readonly #onProven: () => void;
  #state: State;

  constructor(acceptor: Acceptor, call: LinkCall, onProven: () => void) {
    const { clock, proofTimeoutMs } = acceptor.options;
    this.#acceptor = acceptor;
    this.#call = call;
    this.#onProven = onProven;
    this.#state = { kind: 'silent', cancelTimeout: clock.timeout(proofTimeoutMs, () => this.#onTimeout()) };
  }

  start(): void {
    this.#call.onMessage((received) => this.#onFrame(received));
    this.#call.onEnd(() => {
      this.#over();
      this.#call.end();
    });
    this.#call.onCancel(() => this.#over());
  }

  get source(): string {
    return sourceOf(this.#call.remote);
  }

  /** The member that this link is proven to come from. */
  get from(): NodeId | undefined {
    return this.#state.kind === 'open' ? this.#state.from : undefined;
  }

  get lane(): Lane | undefined {
    return this.#state.kind === 'open' ? this.#state.lane : undefined;
  }

  /** The member that this link says it comes from, proven or not. */
  get claims(): NodeId | undefined {
    return this.#state.kind === 'claimed' ? this.#state.hello.from : this.from;
  }

  fail(code: FailureCode, message: string): void {
    this.#over();
    this.#call.fail({ code, message });
  }

  refuse(what: Refusal, code: FailureCode, reason: string, options?: { readonly expected: boolean }): void {
    this.#acceptor.options.refusals.refused(what, 'refused a peer link', { reason }, options);
    this.fail(code, reason);
  }

  #onTimeout(): void {
    const { proofTimeoutMs, memberId, listener } = this.#acceptor.options;
    if (this.#state.kind !== 'claimed') {
      this.refuse('hello', Code.DEADLINE_EXCEEDED, `no hello within ${proofTimeoutMs} ms`);
      return;
    }
    const { from } = this.#state.hello;
    const reason =
      `no proof within ${proofTimeoutMs} ms that the caller is member ${hex(from)}: member ${hex(memberId)} cannot ` +
      `reach that member at its peer URLs, or the caller is another process`;
    this.refuse('unproven-member', Code.FAILED_PRECONDITION, reason);
    listener.onUnproven(from);
  }

  #onFrame({ frame, bytes }: LinkFrame): void {
    const state = this.#state;
    switch (state.kind) {
      case 'silent':
        this.#onHello(frame, state.cancelTimeout);
        return;
      case 'claimed':
        state.frames += 1;
        if (this.#acceptor.options.listener.isProof(state.hello.from, proofsOf(frame))) this.#open(state);
        else if (state.frames > CLAIM_FRAMES_MAX) {
          const reason = `member ${hex(state.hello.from)} sends frames without a proof`;
          this.refuse('unproven-member', Code.FAILED_PRECONDITION, reason);
        }
        return;
      case 'open':
        // A proof that was on its way when the link was opened. Such a frame holds nothing else.
        if (frame.proofs.length > 0) return;
        this.#acceptor.options.listener.onBytes(state.from, bytes);
        this.#onPacket(state.from, frame);
        return;
      case 'over':
    }
  }

  #onHello(frame: raftkv.PeerFrame, cancelTimeout: Cancel): void {
    const { clusterId, memberId, listener } = this.#acceptor.options;
    let hello: Hello;
    try {
      hello = decodeHello(frame);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.refuse('hello', Code.INVALID_ARGUMENT, error.message);
      return;
    }
    const { from } = hello;
    const wrong = mismatch({ clusterId, from: memberId }, hello);
    if (wrong !== undefined) this.refuse('hello', Code.FAILED_PRECONDITION, wrong);
    else if (listener.wasRemoved(from)) this.refuse('unknown-member', Code.REMOVED, removedText(from));
    else if (!listener.isPeer(from)) {
      const reason = `unknown member: member ${hex(memberId)} has no peer ${hex(from)}`;
      // A new member receives links from members that it does not know yet; neither side warns of that.
      const expected = listener.onUnknown(from);
      const code = expected ? Code.UNAVAILABLE : Code.FAILED_PRECONDITION;
      this.refuse('unknown-member', code, reason, { expected });
    } else {
      const claim: State & { kind: 'claimed' } = { kind: 'claimed', hello, cancelTimeout, frames: 0 };
      this.#state = claim;
      if (listener.isProof(from, hello.proofs)) this.#open(claim);
      else listener.onClaim(hello, this.source);
    }
  }

  /** Sends this side's hello only now: to the dialler it means that its packets are received. */
  #open({ hello, cancelTimeout }: State & { readonly kind: 'claimed' }): void {
    const { memberId } = this.#acceptor.options;
    cancelTimeout();
    this.#onProven();
    this.#state = { kind: 'open', from: hello.from, lane: hello.lane };
    this.#call.send(encodeHello({ ...hello, from: memberId, to: hello.from, challenge: EMPTY, proofs: [] }));
    this.#acceptor.opened(this, hello);
  }

  #onPacket(from: NodeId, frame: raftkv.PeerFrame): void {
    const { listener, memberId, refusals } = this.#acceptor.options;
    let packet: Packet;
    try {
      packet = decodePacket(frame, { from, to: memberId });
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      refusals.refused('frame', 'dropped a frame', { peer: hex(from), reason: error.message });
      return;
    }
    listener.onPacket(from, packet);
  }

  #over(): void {
    if (this.#state.kind === 'silent' || this.#state.kind === 'claimed') this.#state.cancelTimeout();
    this.#state = { kind: 'over' };
    this.#acceptor.over(this);
  }
}

function removedText(id: NodeId): string {
  return `member ${hex(id)} was removed from the cluster`;
}
