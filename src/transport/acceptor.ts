import type { raftkv } from '../gen/proto.js';
import type { Cancel, Clock } from '../ports/clock.js';
import type { Packet } from '../ports/transport.js';
import type { NodeId } from '../raft/types.js';
import type { Logger } from '../util/logger.js';
import { CodecError, decodePacket } from './codec.js';
import { decodeHello, encodeHello, hex, mismatch, REMOVED_CODE, type Hello } from './hello.js';
import type { Lane } from './lane.js';

/** gRPC's numbers of the codes that an acceptor answers with. */
const Code = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  REMOVED: REMOVED_CODE,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNAVAILABLE: 14,
} as const;

type FailureCode = (typeof Code)[keyof typeof Code];

/** A message on a link, and its bytes. */
export interface LinkFrame {
  readonly frame: raftkv.PeerFrame;
  readonly bytes: number;
}

/** What the acceptor needs of the call that carries a link; the gRPC runtime's bidirectional stream is one. */
export interface LinkCall {
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
  readonly logger: Logger;
  readonly clock: Clock;
  /** Time that a caller has to say hello, in ms. */
  readonly helloTimeoutMs: number;
  readonly listener: AcceptorListener;
}

export interface AcceptorListener {
  isPeer(id: NodeId): boolean;
  wasRemoved(id: NodeId): boolean;
  /** Takes in a member of this cluster that is not known here yet. False: it cannot be answered. */
  onStranger(id: NodeId, urls: readonly string[]): boolean;
  /** A known peer has dialled: it is alive. */
  onHello(from: NodeId, lane: Lane): void;
  onPacket(from: NodeId, packet: Packet): void;
  onBytes(from: NodeId, bytes: number): void;
}

type State =
  | { readonly kind: 'silent'; readonly cancelTimeout: Cancel }
  | { readonly kind: 'open'; readonly from: NodeId; readonly lane: Lane; complained: boolean }
  | { readonly kind: 'over' };

/** Texts of refusals that are remembered, so that each is logged once: enough for any cluster's real mistakes. */
const REMEMBERED_REFUSALS = 64;

/** The way in: checks who calls, and takes its packets. */
export class Acceptor {
  readonly options: AcceptorOptions;
  readonly #links = new Set<IncomingLink>();
  readonly #refusals = new Set<string>();
  #closed = false;

  constructor(options: AcceptorOptions) {
    this.options = options;
  }

  accept(call: LinkCall): void {
    if (this.#closed) call.fail({ code: Code.UNAVAILABLE, message: 'this member is stopping' });
    else {
      const link = new IncomingLink(this, call);
      this.#links.add(link);
      link.start();
    }
  }

  /** Ends the links of members that are peers no more. */
  dropStrangers(): void {
    const { listener } = this.options;
    for (const link of this.#links) {
      if (link.from === undefined) continue;
      if (listener.wasRemoved(link.from)) link.fail(Code.REMOVED, removedText(link.from));
      else if (!listener.isPeer(link.from))
        link.fail(Code.FAILED_PRECONDITION, `member ${hex(link.from)} is no peer any more`);
    }
  }

  close(): void {
    this.#closed = true;
    for (const link of this.#links) link.fail(Code.UNAVAILABLE, 'this member is stopping');
  }

  /** A peer has one link a lane. A newer one means that it gave up the older, which may linger half-open. */
  opened(opened: IncomingLink, from: NodeId, lane: Lane): void {
    for (const link of this.#links) {
      if (link !== opened && link.from === from && link.lane === lane) {
        link.fail(Code.ABORTED, 'replaced by a newer link of the same member');
      }
    }
    this.options.listener.onHello(from, lane);
  }

  over(link: IncomingLink): void {
    this.#links.delete(link);
  }

  /** A misconfigured member calls several times a second, for days. */
  logRefusal(reason: string): void {
    const level = this.#refusals.has(reason) ? 'debug' : 'warn';
    if (this.#refusals.size >= REMEMBERED_REFUSALS) this.#refusals.clear();
    this.#refusals.add(reason);
    this.options.logger[level]('refused a peer link', { reason });
  }
}

/** One call, from its hello to its end. */
class IncomingLink {
  readonly #acceptor: Acceptor;
  readonly #call: LinkCall;
  #state: State;

  constructor(acceptor: Acceptor, call: LinkCall) {
    const { clock, helloTimeoutMs } = acceptor.options;
    this.#acceptor = acceptor;
    this.#call = call;
    this.#state = {
      kind: 'silent',
      cancelTimeout: clock.timeout(helloTimeoutMs, () => this.fail(Code.DEADLINE_EXCEEDED, 'no hello')),
    };
  }

  start(): void {
    this.#call.onMessage((received) => this.#onFrame(received));
    this.#call.onEnd(() => {
      this.#over();
      this.#call.end();
    });
    this.#call.onCancel(() => this.#over());
  }

  get from(): NodeId | undefined {
    return this.#state.kind === 'open' ? this.#state.from : undefined;
  }

  get lane(): Lane | undefined {
    return this.#state.kind === 'open' ? this.#state.lane : undefined;
  }

  fail(code: FailureCode, message: string): void {
    this.#over();
    this.#call.fail({ code, message });
  }

  #onFrame({ frame, bytes }: LinkFrame): void {
    switch (this.#state.kind) {
      case 'silent':
        this.#onHello(frame, this.#state.cancelTimeout);
        return;
      case 'open':
        this.#acceptor.options.listener.onBytes(this.#state.from, bytes);
        this.#onPacket(this.#state, frame);
        return;
      case 'over':
    }
  }

  #onHello(frame: raftkv.PeerFrame, cancelTimeout: Cancel): void {
    const { clusterId, memberId } = this.#acceptor.options;
    let hello: Hello;
    try {
      hello = decodeHello(frame);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.#refuse(Code.INVALID_ARGUMENT, error.message);
      return;
    }
    const { listener } = this.#acceptor.options;
    let reason = mismatch({ clusterId, from: memberId }, hello);
    if (reason === undefined && listener.wasRemoved(hello.from)) {
      this.#refuse(Code.REMOVED, removedText(hello.from));
      return;
    }
    if (reason === undefined && !listener.isPeer(hello.from) && !listener.onStranger(hello.from, hello.urls)) {
      reason = `unknown member: member ${hex(memberId)} has no peer ${hex(hello.from)}`;
    }
    if (reason !== undefined) {
      this.#refuse(Code.FAILED_PRECONDITION, reason);
      return;
    }
    cancelTimeout();
    this.#state = { kind: 'open', from: hello.from, lane: hello.lane, complained: false };
    this.#call.send(encodeHello({ ...hello, from: memberId, to: hello.from, urls: [] }));
    this.#acceptor.opened(this, hello.from, hello.lane);
  }

  #refuse(code: FailureCode, reason: string): void {
    this.#acceptor.logRefusal(reason);
    this.fail(code, reason);
  }

  #onPacket(state: State & { readonly kind: 'open' }, frame: raftkv.PeerFrame): void {
    const { listener, logger, memberId } = this.#acceptor.options;
    let packet: Packet;
    try {
      packet = decodePacket(frame, memberId);
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      logger[state.complained ? 'debug' : 'warn']('dropped a frame', {
        peer: hex(state.from),
        reason: error.message,
      });
      state.complained = true;
      return;
    }
    listener.onPacket(state.from, packet);
  }

  #over(): void {
    if (this.#state.kind === 'silent') this.#state.cancelTimeout();
    this.#state = { kind: 'over' };
    this.#acceptor.over(this);
  }
}

function removedText(id: NodeId): string {
  return `member ${hex(id)} was removed from the cluster`;
}
