import { raftkv } from '../../gen/proto.js';
import { wireLeaseId } from '../../kv/leases/leases.js';
import type { RaftNode } from '../../node/node.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import { assertNever } from '../../util/assert.js';
import { clampInteger, toBigInt } from '../../util/integer.js';
import { formatMemberId } from '../../util/member-id.js';
import type { Logger } from '../../util/logger.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { LeaseAnswer, LeaseQuestion } from './primary-lessor.js';

/** Timeout of a question, in ms. Questions and answers may be lost. */
export const ANSWER_MS = 1_000;
/** Bound on unanswered questions to other members. The member asked would drop some beyond it. */
const OPEN_MAX = 1_024;

export interface PeerCallsOptions {
  readonly node: Pick<RaftNode, 'call' | 'isConnected'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Handlers of the calls of other members. */
export interface PeerCallHandlers {
  /** Answers another member's question, possibly in a later turn or never. */
  readonly answer: (question: LeaseQuestion, done: (answer: LeaseAnswer) => void) => void;
  /** Receives the calls that are not about leases. */
  readonly onOther?: (from: NodeId, call: raftkv.PeerCall) => void;
}

interface Open {
  readonly to: NodeId;
  readonly deadlineMs: number;
  readonly done: (answer: LeaseAnswer | undefined) => void;
}

const { NOT_LEADER, NOT_FOUND, FOUND } = raftkv.LeaseAnswer.Kind;

/** Questions and answers between members outside of Raft, on the same links. */
export class PeerCalls {
  readonly #options: PeerCallsOptions;
  /** In the order of their deadlines. */
  readonly #open = new Map<number, Open>();
  /** Starts at a random number, so that an answer to a question from before a restart matches no question. */
  #lastId: number | undefined;
  #cancelSweep: Cancel | undefined;

  constructor(options: PeerCallsOptions) {
    this.#options = options;
  }

  /** @param done called once, with undefined if there is no answer in time or no link to the member */
  ask(to: NodeId, { id: lease, renew }: LeaseQuestion, done: (answer: LeaseAnswer | undefined) => void): void {
    const { node, clock } = this.#options;
    if (this.#open.size >= OPEN_MAX || !node.isConnected(to)) return done(undefined);
    const id = (this.#lastId ?? randomInteger(this.#options.random, 0, 2 ** 48)) + 1;
    this.#lastId = id;
    this.#open.set(id, { to, deadlineMs: clock.now() + ANSWER_MS, done });
    if (this.#cancelSweep === undefined) this.#armSweep(ANSWER_MS);
    node.call(to, raftkv.PeerCall.encode({ id, leaseQuestion: { id: wireLeaseId(lease), renew } }).finish());
  }

  /** Handles a question or an answer of another member. */
  received(from: NodeId, bytes: Uint8Array, handlers: PeerCallHandlers): void {
    let call: raftkv.PeerCall;
    try {
      call = raftkv.PeerCall.decode(bytes);
    } catch (error) {
      this.#options.logger.warn('a call of another member cannot be decoded', { from: formatMemberId(from), error });
      return;
    }
    const id = clampInteger(call.id);
    const { leaseQuestion, leaseAnswer } = call;
    if (leaseAnswer) return this.#open.get(id)?.to === from ? this.#close(id, fromWire(leaseAnswer)) : undefined;
    if (!leaseQuestion) return handlers.onOther?.(from, call);
    const question = { id: toBigInt(leaseQuestion.id), renew: leaseQuestion.renew ?? false };
    handlers.answer(question, (answer) => {
      this.#options.node.call(from, raftkv.PeerCall.encode({ id, leaseAnswer: toWire(answer) }).finish());
    });
  }

  /** Ends all open questions without an answer. */
  giveUp(): void {
    for (const id of [...this.#open.keys()]) this.#close(id, undefined);
  }

  stop(): void {
    this.#cancelSweep?.();
    this.giveUp();
  }

  #close(id: number, answer: LeaseAnswer | undefined): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    open?.done(answer);
  }

  #armSweep(delayMs: number): void {
    this.#cancelSweep = this.#options.clock.timeout(delayMs, () => {
      this.#cancelSweep = undefined;
      const nowMs = this.#options.clock.now();
      for (const [id, { deadlineMs }] of this.#open) {
        if (deadlineMs > nowMs) {
          this.#armSweep(deadlineMs - nowMs);
          return;
        }
        this.#close(id, undefined);
      }
    });
  }
}

function toWire(answer: LeaseAnswer): raftkv.LeaseAnswer.$Properties {
  switch (answer.kind) {
    case 'found':
      return { kind: FOUND, ttl: answer.ttlSeconds, remainingMs: answer.remainingMs };
    case 'not-found':
      return { kind: NOT_FOUND };
    case 'not-leader':
      return { kind: NOT_LEADER };
    default:
      return assertNever(answer, 'answer');
  }
}

function fromWire({ kind, ttl, remainingMs }: raftkv.LeaseAnswer.$Properties): LeaseAnswer {
  if (kind === FOUND) return { kind: 'found', ttlSeconds: clampInteger(ttl), remainingMs: remainingMs ?? 0 };
  return kind === NOT_FOUND ? { kind: 'not-found' } : { kind: 'not-leader' };
}
