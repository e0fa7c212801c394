import type { Duplex } from 'node:stream';
import type { Cancel } from '../ports/clock.js';
import type { NodeId } from '../raft/types.js';
import { EMPTY } from '../util/bytes.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { sourceOf } from '../util/source-set.js';
import type { AcceptorOptions, IncomingOptions } from './acceptor-options.js';
import { CodecError } from './codec-error.js';
import { FRAME_HEADER_BYTES, type FrameKind } from './frame.js';
import { decodeHello, decodeProofs, encodeHello, mismatch, type Hello } from './hello.js';
import type { Lane } from './lane.js';
import { LinkSocket } from './link-socket.js';
import { decodePacket, type PacketBytes } from './packet-decoder.js';
import type { RefusalCode } from './refusal.js';
import type { Refusal } from './traffic.js';

/** The acceptor that a link belongs to. */
export interface LinkOwner {
  readonly options: AcceptorOptions;
  isOutdated(link: IncomingLink, hello: Hello): boolean;
  opened(link: IncomingLink, hello: Hello): void;
  /** Called when the link was refused or has ended. Its connection may stay open a little longer. */
  over(link: IncomingLink): void;
  /** Called when the connection is closed. */
  closed(link: IncomingLink): void;
}

type State =
  | { readonly kind: 'silent'; readonly cancelTimeout: Cancel }
  /** The hello is valid. Its sender has not proved its identity yet. */
  | { readonly kind: 'claimed'; readonly hello: Hello; readonly cancelTimeout: Cancel; frames: number }
  | { readonly kind: 'open'; readonly from: NodeId; readonly lane: Lane }
  | { readonly kind: 'over' };

/** Bound on frames before the proof. A member sends one for each challenge that it receives. */
const CLAIM_FRAMES_MAX = 16;

/** A link that another process has dialled, from its first byte to its end. */
export class IncomingLink {
  /** Position in the order in which the connections were accepted. */
  readonly accepted: number;
  /** See sourceOf. */
  readonly source: string;
  readonly #acceptor: LinkOwner;
  readonly #onProven: (() => void) | undefined;
  readonly #link: LinkSocket;
  #state: State;

  constructor(
    acceptor: LinkOwner,
    socket: Duplex,
    { accepted, remote, onProven }: IncomingOptions & { readonly accepted: number },
  ) {
    const { clock, proofTimeoutMs } = acceptor.options;
    this.accepted = accepted;
    this.source = sourceOf(remote);
    this.#acceptor = acceptor;
    this.#onProven = onProven;
    this.#state = { kind: 'silent', cancelTimeout: clock.timeout(proofTimeoutMs, () => this.#onTimeout()) };
    this.#link = new LinkSocket(socket, clock, {
      onFrame: (kind, source, start, end) => this.#onFrame(kind, source, start, end),
      onMalformed: ({ message }) => this.#onMalformed(message),
      onClosed: () => {
        this.#over();
        acceptor.closed(this);
      },
    });
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

  fail(code: RefusalCode, message: string): void {
    if (this.#state.kind === 'over') return;
    this.#over();
    this.#link.refuse({ code, message });
  }

  refuse(what: Refusal, code: RefusalCode, reason: string, options?: { readonly expected: boolean }): void {
    this.#acceptor.options.refusals.refused(what, 'refused a peer link', { reason }, options);
    this.fail(code, reason);
  }

  destroy(): void {
    this.#link.destroy();
  }

  #onTimeout(): void {
    const { proofTimeoutMs, memberId, listener } = this.#acceptor.options;
    if (this.#state.kind !== 'claimed') {
      this.refuse('hello', 'late', `no hello within ${proofTimeoutMs} ms`);
      return;
    }
    const { from } = this.#state.hello;
    const reason =
      `no proof within ${proofTimeoutMs} ms that the caller is member ${hex(from)}: member ${hex(memberId)} cannot ` +
      `reach that member at its peer URLs, or the caller is another process`;
    this.refuse('unproven-member', 'unwelcome', reason);
    listener.onUnproven(from);
  }

  #onMalformed(reason: string): void {
    const state = this.#state;
    if (state.kind === 'over') return;
    if (state.kind === 'open') {
      const peer = hex(state.from);
      this.#acceptor.options.refusals.refused('frame', 'ended a link after a malformed frame', { peer, reason });
      this.fail('malformed', reason);
    } else this.refuse(state.kind === 'silent' ? 'hello' : 'frame', 'malformed', reason);
  }

  #onFrame(kind: FrameKind, source: Buffer, start: number, end: number): void {
    const state = this.#state;
    switch (state.kind) {
      case 'silent':
        if (kind !== 'hello') throw new CodecError('the first frame is not a hello');
        // A copy: it is kept, and the buffer may hold much more.
        this.#onHello(decodeHello(Buffer.from(source.subarray(start, end))), state.cancelTimeout);
        return;
      case 'claimed':
        this.#onClaimedFrame(state, kind, source.subarray(start, end));
        return;
      case 'open':
        this.#onOpenFrame(state.from, kind, { source, start, end });
        return;
      case 'over':
    }
  }

  #onClaimedFrame(state: State & { readonly kind: 'claimed' }, kind: FrameKind, body: Buffer): void {
    const { from } = state.hello;
    state.frames += 1;
    if (kind === 'proofs' && this.#acceptor.options.listener.isProof(from, decodeProofs(body))) this.#open(state);
    else if (kind !== 'proofs' || state.frames > CLAIM_FRAMES_MAX) {
      this.refuse('unproven-member', 'unwelcome', `member ${hex(from)} sends frames without a proof`);
    }
  }

  #onOpenFrame(from: NodeId, kind: FrameKind, body: PacketBytes): void {
    const { listener, memberId } = this.#acceptor.options;
    switch (kind) {
      case 'packet':
        listener.onBytes(from, FRAME_HEADER_BYTES + body.end - body.start);
        listener.onPacket(from, decodePacket(body, { from, to: memberId }));
        return;
      case 'ping':
        this.#link.pong(body.source.subarray(body.start, body.end));
        return;
      case 'proofs':
        // Proofs that were in flight when another one opened the link.
        return;
      case 'hello':
      case 'pong':
      case 'refusal':
        throw new CodecError(`a ${kind} on an open link`);
    }
  }

  #onHello(hello: Hello, cancelTimeout: Cancel): void {
    const { clusterId, memberId, listener } = this.#acceptor.options;
    const { from } = hello;
    const wrong = mismatch({ clusterId, from: memberId }, hello);
    if (wrong !== undefined) this.refuse('hello', 'unwelcome', wrong);
    else if (listener.wasRemoved(from)) this.refuse('unknown-member', 'removed', removedText(from));
    else if (!listener.isPeer(from)) {
      const reason = `unknown member: member ${hex(memberId)} has no peer ${hex(from)}`;
      // A new member receives links from members that it does not know yet; neither side warns of that.
      const expected = listener.onUnknown(from);
      this.refuse('unknown-member', expected ? 'unavailable' : 'unwelcome', reason, { expected });
    } else {
      const claim: State & { kind: 'claimed' } = { kind: 'claimed', hello, cancelTimeout, frames: 0 };
      this.#state = claim;
      if (listener.isProof(from, hello.proofs)) this.#open(claim);
      else listener.onClaim(hello, this.source);
    }
  }

  /** Opens a proven link. This side's hello is sent only now: it confirms that the dialler's packets are received. */
  #open({ hello, cancelTimeout }: State & { readonly kind: 'claimed' }): void {
    const { memberId, bodyBytesMax } = this.#acceptor.options;
    if (this.#acceptor.isOutdated(this, hello)) {
      this.fail('replaced', 'a newer link of the same member is there');
      return;
    }
    cancelTimeout();
    this.#onProven?.();
    this.#state = { kind: 'open', from: hello.from, lane: hello.lane };
    this.#link.bodyBytesMax = bodyBytesMax(hello.lane);
    this.#link.greet(encodeHello({ ...hello, from: memberId, to: hello.from, challenge: EMPTY, proofs: [] }));
    this.#acceptor.opened(this, hello);
  }

  #over(): void {
    if (this.#state.kind === 'silent' || this.#state.kind === 'claimed') this.#state.cancelTimeout();
    this.#state = { kind: 'over' };
    this.#acceptor.over(this);
  }
}

export function removedText(id: NodeId): string {
  return `member ${hex(id)} was removed from the cluster`;
}
