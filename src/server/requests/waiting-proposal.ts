import type { RequestOrigin } from '../../kv/commands/command.js';
import type { ApplyResult } from '../../kv/store.js';
import type { ConfChangeProposal } from '../../node/loop/conf-changes.js';
import type { Proposal } from '../../node/loop/proposals.js';
import type { RaftNode } from '../../node/node.js';
import type { ConfChange } from '../../raft/types.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import type { Awaited, AwaitedAnswers } from './awaited-answers.js';
import { Errors } from './errors.js';
import type { PendingCall, PendingCalls } from './pending.js';

/** How a command ended: the state machine's answer, or the reason why there is none. */
export type Outcome =
  { readonly kind: 'applied'; readonly result: ApplyResult } | { readonly kind: 'failed'; readonly status: Status };

/** The caller of a proposal. */
export interface Proposing {
  readonly call: CallContext;
  /** Whether the caller's connection can take an answer, asked when the command is applied. Default: always. */
  hasRoom?(): boolean;
  /** Called once. */
  done(outcome: Outcome): void;
}

/** What the waiting proposals of a member share. */
export interface ProposalTables {
  readonly node: Pick<RaftNode, 'term' | 'isBehind'>;
  readonly answers: AwaitedAnswers;
  readonly pending: PendingCalls;
  /** Proposals that ended without an answer from the state machine. */
  failures: number;
}

/**
 * A proposal from the moment the node has taken it until its answer. It is one object, in the queue of the node, in the
 * table of answers and among the waiting calls, as an object for each would cost more than the rest of a put.
 */
abstract class WaitingProposal implements PendingCall, Awaited {
  abandoned = false;
  proposed = false;
  place = -1;
  readonly origin: RequestOrigin;
  readonly #tables: ProposalTables;
  readonly #caller: Proposing;
  /** The term in which it was proposed: a later one may explain a missing answer. */
  #term = 0;

  constructor(tables: ProposalTables, caller: Proposing, origin: RequestOrigin) {
    this.#tables = tables;
    this.#caller = caller;
    this.origin = origin;
  }

  get call(): CallContext {
    return this.#caller.call;
  }

  get hasRoom(): boolean {
    return this.#caller.hasRoom?.() !== false;
  }

  /** Begins to wait. Call it once the node has taken the proposal. */
  wait(): void {
    const { node, answers, pending } = this.#tables;
    this.#term = node.term;
    answers.await(this);
    pending.add(this);
  }

  deliver(result: ApplyResult): void {
    this.#tables.pending.remove(this);
    this.#caller.done({ kind: 'applied', result });
  }

  expire(why: 'timeout' | 'cancelled' | 'stopped'): void {
    this.#tables.answers.forget(this.origin);
    this.#tables.failures += 1;
    this.abandoned = true;
    this.#caller.done({ kind: 'failed', status: this.#reason(why) });
  }

  /** Only a proposal that never left proposeC is known not to be applied: the first two say so. */
  #reason(why: 'timeout' | 'cancelled' | 'stopped'): Status {
    const { node } = this.#tables;
    if (!this.proposed) return node.isBehind ? Errors.tooManyRequests : Errors.noLeader;
    if (why === 'stopped') return Errors.stopped;
    return node.term === this.#term ? Errors.timeout : Errors.timeoutLeaderFailed;
  }
}

export class WaitingCommand extends WaitingProposal implements Proposal {
  readonly data: Uint8Array;

  constructor(
    tables: ProposalTables,
    caller: Proposing,
    { origin, data }: { origin: RequestOrigin; data: Uint8Array },
  ) {
    super(tables, caller, origin);
    this.data = data;
  }
}

export class WaitingChange extends WaitingProposal implements ConfChangeProposal {
  readonly change: ConfChange;

  constructor(
    tables: ProposalTables,
    caller: Proposing,
    { origin, change }: { origin: RequestOrigin; change: ConfChange },
  ) {
    super(tables, caller, origin);
    this.change = change;
  }
}
