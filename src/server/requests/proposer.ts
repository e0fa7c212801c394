import { encodeCommand, type CommandKind, type CommandUser } from '../../kv/commands/command.js';
import type { SessionCall } from '../../kv/sessions/session-call.js';
import { encodeMemberChange, stepOf, type MemberChange } from '../../kv/membership/member-change.js';
import type { RaftNode } from '../../node/node.js';
import type { Clock } from '../../ports/clock.js';
import type { Status } from '../../rpc/status.js';
import type { AwaitedAnswers } from './awaited-answers.js';
import { Errors } from './errors.js';
import type { PendingCalls } from './pending.js';
import {
  WaitingChange,
  WaitingCommand,
  type Outcome,
  type ProposalTables,
  type Proposing,
} from './waiting-proposal.js';

export type { Outcome } from './waiting-proposal.js';

export interface Submission extends Proposing {
  readonly kind: CommandKind;
  /** The encoded request. It goes into the log unchanged. */
  readonly request: Uint8Array;
  /** The session that it is of; default: none. */
  readonly session?: SessionCall | undefined;
}

export interface ChangeSubmission extends Proposing {
  readonly change: MemberChange;
}

export interface ProposerOptions {
  readonly node: Pick<
    RaftNode,
    'room' | 'propose' | 'proposeConfChange' | 'term' | 'leaderIsLost' | 'isBehind' | 'running'
  >;
  readonly answers: AwaitedAnswers;
  readonly pending: PendingCalls;
  readonly clock: Clock;
}

/** Membership changes in progress on one member; further ones are refused. */
const CHANGES_MAX = 16;
/** Interval at which a membership change is proposed again until it is applied, in ms. */
const CHANGE_RETRY_MS = 250;

/** Puts commands on proposeC and returns the state machine's answer to the caller. */
export class Proposer {
  readonly #options: ProposerOptions;
  readonly #tables: ProposalTables;
  readonly #room: (bytes: number) => Buffer;
  #changes = 0;

  constructor(options: ProposerOptions) {
    const { node, answers, pending } = options;
    this.#options = options;
    this.#tables = { node, answers, pending, failures: 0 };
    this.#room = (bytes) => node.room(bytes);
  }

  /** Proposals that ended without an answer from the state machine. */
  get failures(): number {
    return this.#tables.failures;
  }

  /** Number of proposals whose answers are awaited. */
  get waiting(): number {
    return this.#tables.answers.size;
  }

  /** @param user who sends the command; undefined for one of this member, and while authentication is off */
  submit(submission: Submission, user?: CommandUser): void {
    const { node, answers } = this.#options;
    if (node.leaderIsLost) return submission.done({ kind: 'failed', status: Errors.noLeader });
    const origin = answers.nextOrigin();
    const { kind, request, session } = submission;
    const waiting = new WaitingCommand(this.#tables, submission, {
      origin,
      data: encodeCommand({ origin, kind, request, user, session }, this.#room),
    });
    if (node.propose(waiting)) waiting.wait();
    else submission.done({ kind: 'failed', status: this.#refusal() });
  }

  /**
   * Proposes a membership change until it is applied. A leader that must not begin a change yet replaces it with an empty
   * entry without notice, so the change is proposed repeatedly. The state machine applies it once.
   */
  submitChange(submission: ChangeSubmission, user?: CommandUser): void {
    const { node, answers } = this.#options;
    const { call, change } = submission;
    if (node.leaderIsLost) return submission.done({ kind: 'failed', status: Errors.noLeader });
    if (this.#changes >= CHANGES_MAX) return submission.done({ kind: 'failed', status: Errors.tooManyRequests });
    const origin = answers.nextOrigin();
    const context = encodeCommand({ origin, kind: change.kind, request: encodeMemberChange(change), user });
    const finish = (outcome: Outcome): void => {
      this.#changes--;
      submission.done(outcome);
    };
    const waiting = new WaitingChange(
      this.#tables,
      { call, done: finish },
      { origin, change: { transition: 'auto', steps: [stepOf(change)], context } },
    );
    if (!node.proposeConfChange(waiting)) return submission.done({ kind: 'failed', status: this.#refusal() });
    this.#changes++;
    waiting.wait();
    this.#retryChange(waiting);
  }

  #refusal(): Status {
    return this.#options.node.running ? Errors.tooManyRequests : Errors.stopped;
  }

  #retryChange(waiting: WaitingChange): void {
    const { clock, answers, node } = this.#options;
    clock.timeout(CHANGE_RETRY_MS, () => {
      if (!answers.isWaiting(waiting.origin)) return;
      // A change that is still queued needs no second proposal. If the queue is full, the next round retries.
      if (waiting.proposed) node.proposeConfChange(waiting);
      this.#retryChange(waiting);
    });
  }
}
