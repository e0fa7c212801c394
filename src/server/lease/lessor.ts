import type { LeaseChange, KvStore } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { NodeStatus } from '../../node/status.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { NONE } from '../../raft/types.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Errors } from '../requests/errors.js';
import { ANSWER_MS, type PeerCalls } from './peer-calls.js';
import type { PendingCall, PendingCalls } from '../requests/pending.js';
import { OWN_CALL } from '../requests/own-call.js';
import { PrimaryLessor, type LeaseAnswer, type LeaseQuestion, type PrimaryLessorOptions } from './primary-lessor.js';

export interface LessorOptions {
  readonly memberId: number;
  readonly node: Pick<RaftNode, 'read' | 'status' | 'leaderIsLost'>;
  readonly store: Pick<KvStore, 'leases'>;
  readonly clock: Clock;
  readonly pending: PendingCalls;
  readonly peers: Pick<PeerCalls, 'ask' | 'giveUp'>;
  readonly expire: PrimaryLessorOptions['expire'];
  readonly onRenewed?: () => void;
}

/** The answer to a question that was asked on this member, or its failure. */
export type LeaseOutcome =
  Exclude<LeaseAnswer, { readonly kind: 'not-leader' }> | { readonly kind: 'failed'; readonly status: Status };

interface Waiting extends PendingCall {
  readonly question: LeaseQuestion;
  readonly done: (outcome: LeaseOutcome) => void;
  over: boolean;
  /** Cancels the attempt in progress. */
  cancel: () => void;
}

/** The call of another member's question. That member waits for this time, and then asks again. */
const ASKED_BY_A_MEMBER: CallContext = { ...OWN_CALL, remainingMs: () => ANSWER_MS };
/** The order of leases on a member that does not know when they expire. */
const UNKNOWN_ORDER = {};
/** Delay before questions without a leader are tried again, in ms. */
const RETRY_MS = 50;

/**
 * Leases as seen by a member of any role. Questions that only the leader can answer are sent to it, and repeated while
 * leaders change, within the time limit of the request.
 */
export class Lessor {
  readonly #options: LessorOptions;
  #primary: PrimaryLessor | undefined;
  /** Questions to try again. */
  #again: Waiting[] = [];
  #cancelRetry: Cancel | undefined;
  #stopped = false;

  constructor(options: LessorOptions) {
    this.#options = options;
  }

  /** Called when role, term or leader has changed. */
  onLeadership({ role, term }: Pick<NodeStatus, 'role' | 'term'>): void {
    if (this.#stopped || (role === 'leader' && this.#primary?.term === term)) return;
    // The member that was asked may have lost the leadership.
    this.#options.peers.giveUp();
    this.#primary?.end();
    this.#primary = role === 'leader' ? this.#newPrimary(term) : undefined;
  }

  /** Called when leases were granted or revoked in the published state. */
  onLeases(changes: readonly LeaseChange[]): void {
    this.#primary?.changed(changes);
  }

  /** Answers another member's question; with `not-leader` if this member does not lead. */
  answer(question: LeaseQuestion, done: (answer: LeaseAnswer) => void): void {
    if (this.#primary === undefined) return done({ kind: 'not-leader' });
    const { pending } = this.#options;
    let waiting: PendingCall | undefined;
    let answered = false;
    const cancel = this.#primary.ask(question, (answer) => {
      answered = true;
      if (waiting !== undefined) pending.remove(waiting);
      done(answer);
    });
    if (answered) return;
    waiting = { call: ASKED_BY_A_MEMBER, expire: cancel };
    pending.add(waiting);
  }

  /** When a lease expires, in ms on this member's clock. Known on the leader only. */
  endsMs(id: bigint): number | undefined {
    return this.#primary?.endsMs(id);
  }

  /** Another object whenever the known leases expire in another order, apart from leases that are granted or revoked. */
  get order(): object {
    return this.#primary?.order ?? UNKNOWN_ORDER;
  }

  /** Answers a client's question. */
  ask(call: CallContext, question: LeaseQuestion, done: (outcome: LeaseOutcome) => void): void {
    const waiting: Waiting = {
      call,
      question,
      done,
      over: false,
      cancel: () => undefined,
      expire: (why) => this.#finish(waiting, { kind: 'failed', status: this.#reason(why) }),
    };
    this.#options.pending.add(waiting);
    this.#try(waiting);
  }

  /** Ends all work. */
  stop(): void {
    this.#stopped = true;
    this.#primary?.end();
    this.#primary = undefined;
    this.#cancelRetry?.();
  }

  #newPrimary(term: number): PrimaryLessor {
    const { clock, node, store, expire, onRenewed = () => undefined } = this.#options;
    return new PrimaryLessor({ clock, node, term, leases: store.leases.all(), expire, onRenewed });
  }

  #try(waiting: Waiting): void {
    if (waiting.over) return;
    const { memberId, node, peers } = this.#options;
    const { leader } = node.status();
    if (node.leaderIsLost) return this.#finish(waiting, { kind: 'failed', status: Errors.noLeader });
    const onAnswer = (answer: LeaseAnswer | undefined): void => {
      if (waiting.over) return;
      if (answer === undefined || answer.kind === 'not-leader') this.#tryLater(waiting);
      else this.#finish(waiting, answer);
    };
    if (leader === memberId && this.#primary !== undefined) {
      waiting.cancel = this.#primary.ask(waiting.question, onAnswer);
    } else if (leader === memberId || leader === NONE) {
      this.#tryLater(waiting);
    } else {
      peers.ask(leader, waiting.question, onAnswer);
    }
  }

  #tryLater(waiting: Waiting): void {
    if (this.#stopped) return;
    this.#again.push(waiting);
    this.#cancelRetry ??= this.#options.clock.timeout(RETRY_MS, () => {
      this.#cancelRetry = undefined;
      for (const again of this.#again.splice(0)) this.#try(again);
    });
  }

  #finish(waiting: Waiting, outcome: LeaseOutcome): void {
    if (waiting.over) return;
    waiting.over = true;
    waiting.cancel();
    this.#options.pending.remove(waiting);
    waiting.done(outcome);
  }

  #reason(why: 'timeout' | 'cancelled' | 'stopped'): Status {
    if (why === 'stopped') return Errors.stopped;
    return this.#options.node.status().leader === NONE ? Errors.noLeader : Errors.timeout;
  }
}
