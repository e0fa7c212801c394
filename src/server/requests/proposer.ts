import { encodeCommand, type CommandKind, type RequestOrigin } from '../../kv/commands/command.js';
import { encodeMemberChange, stepOf, type MemberChange } from '../../kv/membership/member-change.js';
import type { ApplyResult } from '../../kv/store.js';
import type { ConfChangeProposal } from '../../node/loop/conf-changes.js';
import type { Proposal } from '../../node/loop/proposals.js';
import type { RaftNode } from '../../node/node.js';
import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import type { AwaitedAnswers } from './awaited-answers.js';
import { Errors } from './errors.js';
import type { PendingCalls } from './pending.js';

/** How a command ended: the state machine's answer, or the reason why there is none. */
export type Outcome =
  { readonly kind: 'applied'; readonly result: ApplyResult } | { readonly kind: 'failed'; readonly status: Status };

export interface Submission {
  readonly call: CallContext;
  readonly kind: CommandKind;
  /** The encoded request. It goes into the log unchanged. */
  readonly request: Uint8Array;
  /** Whether the caller's connection can take an answer, asked when the command is applied. Default: always. */
  readonly hasRoom?: () => boolean;
  /** Called once. */
  readonly done: (outcome: Outcome) => void;
}

export interface ChangeSubmission {
  readonly call: CallContext;
  readonly change: MemberChange;
  /** Called once. */
  readonly done: (outcome: Outcome) => void;
}

export interface ProposerOptions {
  readonly node: Pick<RaftNode, 'propose' | 'proposeConfChange' | 'status' | 'leaderIsLost' | 'running'>;
  readonly answers: AwaitedAnswers;
  readonly pending: PendingCalls;
  readonly clock: Clock;
}

/** A proposal that the node has taken. */
interface Taken {
  readonly origin: RequestOrigin;
  readonly call: CallContext;
  readonly proposal: Proposal | ConfChangeProposal;
  readonly hasRoom?: (() => boolean) | undefined;
  readonly done: (outcome: Outcome) => void;
}

/** Membership changes in progress on one member; further ones are refused. */
const CHANGES_MAX = 16;
/** Interval at which a membership change is proposed again until it is applied, in ms. */
const CHANGE_RETRY_MS = 250;

/** Puts commands on proposeC and returns the state machine's answer to the caller. */
export class Proposer {
  readonly #options: ProposerOptions;
  /** Proposals that ended without an answer from the state machine. */
  failures = 0;
  #changes = 0;

  constructor(options: ProposerOptions) {
    this.#options = options;
  }

  /** Number of proposals whose answers are awaited. */
  get waiting(): number {
    return this.#options.answers.size;
  }

  submit({ call, kind, request, hasRoom, done }: Submission): void {
    const { node, answers } = this.#options;
    if (node.leaderIsLost) return done({ kind: 'failed', status: Errors.noLeader });
    const origin = answers.nextOrigin();
    const proposal: Proposal = {
      data: encodeCommand({ origin, kind, request }),
      abandoned: false,
      proposed: false,
    };
    if (!node.propose(proposal)) return done({ kind: 'failed', status: this.#refusal() });
    this.#await({ origin, call, proposal, hasRoom, done });
  }

  /**
   * Proposes a membership change until it is applied. A leader that must not begin a change yet replaces it with an empty
   * entry without notice, so the change is proposed repeatedly. The state machine applies it once.
   */
  submitChange({ call, change, done }: ChangeSubmission): void {
    const { node, answers } = this.#options;
    if (node.leaderIsLost) return done({ kind: 'failed', status: Errors.noLeader });
    if (this.#changes >= CHANGES_MAX) return done({ kind: 'failed', status: Errors.tooManyRequests });
    const origin = answers.nextOrigin();
    const context = encodeCommand({ origin, kind: change.kind, request: encodeMemberChange(change) });
    const proposal: ConfChangeProposal = {
      change: { transition: 'auto', steps: [stepOf(change)], context },
      abandoned: false,
      proposed: false,
    };
    if (!node.proposeConfChange(proposal)) return done({ kind: 'failed', status: this.#refusal() });
    this.#changes++;
    const finish = (outcome: Outcome): void => {
      this.#changes--;
      done(outcome);
    };
    this.#await({ origin, call, proposal, done: finish });
    this.#retryChange(origin, proposal);
  }

  #refusal(): Status {
    return this.#options.node.running ? Errors.tooManyRequests : Errors.stopped;
  }

  #retryChange(origin: RequestOrigin, proposal: ConfChangeProposal): void {
    const { clock, answers, node } = this.#options;
    clock.timeout(CHANGE_RETRY_MS, () => {
      if (!answers.isWaiting(origin)) return;
      // A change that is still queued needs no second proposal. If the queue is full, the next round retries.
      if (proposal.proposed) node.proposeConfChange(proposal);
      this.#retryChange(origin, proposal);
    });
  }

  #await({ origin, call, proposal, hasRoom, done }: Taken): void {
    const { answers, pending, node } = this.#options;
    const { term } = node.status();
    let forget = (): boolean => true;
    const deliver = (result: ApplyResult): void => {
      forget();
      done({ kind: 'applied', result });
    };
    answers.await(origin, { deliver, hasRoom });
    forget = pending.add({
      call,
      expire: (why) => {
        answers.forget(origin);
        proposal.abandoned = true;
        this.failures += 1;
        done({ kind: 'failed', status: this.#expiry(proposal, { why, term }) });
      },
    });
  }

  /**
   * Only a proposal that never left proposeC is known not to be applied: NoLeader says so.
   * @param at.term the term in which the command was proposed: a later one may explain the missing answer
   */
  #expiry(
    { proposed }: Taken['proposal'],
    { why, term }: { readonly why: 'timeout' | 'cancelled' | 'stopped'; readonly term: number },
  ): Status {
    if (!proposed) return Errors.noLeader;
    if (why === 'stopped') return Errors.stopped;
    return this.#options.node.status().term === term ? Errors.timeout : Errors.timeoutLeaderFailed;
  }
}
