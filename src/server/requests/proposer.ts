import { encodeCommand, type CommandKind, type RequestOrigin } from '../../kv/commands/command.js';
import { encodeMemberChange, stepOf, type MemberChange } from '../../kv/membership/member-change.js';
import type { ApplyResult } from '../../kv/store.js';
import type { RaftNode } from '../../node/node.js';
import type { ConfChangeProposal } from '../../node/loop/conf-changes.js';
import type { Proposal } from '../../node/loop/proposals.js';
import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { Errors } from './errors.js';
import type { PendingCalls } from './pending.js';

/** How a write ended: an answer of the state machine, or why there is none. */
export type Outcome =
  { readonly kind: 'applied'; readonly result: ApplyResult } | { readonly kind: 'failed'; readonly status: Status };

export interface Submission {
  readonly call: CallContext;
  readonly kind: CommandKind;
  /** The encoded request; it goes into the log as it came. */
  readonly request: Uint8Array;
  /** Space that it may take, in bytes, roughly: asked for at the quota. 0 unless told. */
  readonly spaceBytes?: number;
  readonly done: (outcome: Outcome) => void;
}

export interface ChangeSubmission {
  readonly call: CallContext;
  readonly change: MemberChange;
  readonly done: (outcome: Outcome) => void;
}

interface Waiting {
  readonly proposal: Proposal | ConfChangeProposal;
  readonly done: (outcome: Outcome) => void;
  forget: () => boolean;
  /** The term in which it was submitted: a change since then may be why there is no answer. */
  readonly term: number;
}

export interface ProposerOptions {
  readonly node: () => RaftNode;
  readonly memberId: number;
  /** A random number that names this start of the member. */
  readonly boot: number;
  readonly pending: PendingCalls;
  readonly clock: Clock;
  readonly maxRequestBytes: number;
  /** Calls back, in this turn if it can, whether there is space for so many bytes. */
  readonly admit?: (bytes: number, done: (fits: boolean) => void) => void;
}

/** Changes of the membership that wait for their answers on one member; one more is refused. */
const CHANGES_MAX = 16;
/** A change may have met another one, and have come to nothing: it is proposed again as often, in ms. */
const CHANGE_RETRY_MS = 250;

/** Puts commands on proposeC, and brings each answer of the applier back to the call that waits for it. */
export class Proposer {
  readonly #options: ProposerOptions;
  readonly #waiting = new Map<number, Waiting>();
  /** Proposals that ended without an answer of the state machine. */
  failures = 0;
  #sequence = 0;
  #changes = 0;

  constructor(options: ProposerOptions) {
    this.#options = options;
  }

  submit(submission: Submission): void {
    const { maxRequestBytes, admit } = this.#options;
    const { request, spaceBytes = 0, done } = submission;
    if (request.length > maxRequestBytes) return done({ kind: 'failed', status: Errors.requestTooLarge });
    if (spaceBytes === 0 || admit === undefined) return this.#propose(submission);
    admit(spaceBytes, (fits) => {
      if (fits) this.#propose(submission);
      else done({ kind: 'failed', status: Errors.noSpace });
    });
  }

  #propose({ call, kind, request, done }: Submission): void {
    const { memberId, boot } = this.#options;
    const node = this.#options.node();
    if (node.leaderIsLost) return done({ kind: 'failed', status: Errors.noLeader });
    const sequence = ++this.#sequence;
    const data = encodeCommand({ origin: { member: memberId, boot, sequence }, kind, request });
    const proposal: Proposal = { data, abandoned: false, proposed: false };
    if (!node.propose(proposal)) {
      return done({ kind: 'failed', status: node.running ? Errors.tooManyRequests : Errors.stopped });
    }
    this.#wait({ sequence, call, proposal, done });
  }

  /**
   * Proposes a change of the membership until it is applied. A leader that must not begin it yet puts nothing into its
   * place and tells nobody, so it is proposed again and again; the state machine takes no change twice.
   */
  submitChange({ call, change, done }: ChangeSubmission): void {
    const { memberId, boot } = this.#options;
    const node = this.#options.node();
    if (node.leaderIsLost) return done({ kind: 'failed', status: Errors.noLeader });
    if (this.#changes >= CHANGES_MAX) return done({ kind: 'failed', status: Errors.tooManyRequests });
    const sequence = ++this.#sequence;
    const context = encodeCommand({
      origin: { member: memberId, boot, sequence },
      kind: change.kind,
      request: encodeMemberChange(change),
    });
    const proposal: ConfChangeProposal = {
      change: { transition: 'auto', steps: [stepOf(change)], context },
      abandoned: false,
      proposed: false,
    };
    if (!node.proposeConfChange(proposal)) {
      return done({ kind: 'failed', status: node.running ? Errors.tooManyRequests : Errors.stopped });
    }
    this.#changes++;
    const finish = (outcome: Outcome): void => {
      this.#changes--;
      done(outcome);
    };
    this.#wait({ sequence, call, proposal, done: finish });
    this.#retryChange(sequence, proposal);
  }

  #retryChange(sequence: number, proposal: ConfChangeProposal): void {
    this.#options.clock.timeout(CHANGE_RETRY_MS, () => {
      if (!this.#waiting.has(sequence)) return;
      // One that has not left the queue needs no second; a queue that is full is tried again as well.
      if (proposal.proposed) this.#options.node().proposeConfChange(proposal);
      this.#retryChange(sequence, proposal);
    });
  }

  /** Proposals that wait for their answers. */
  get waiting(): number {
    return this.#waiting.size;
  }

  #wait(waits: { sequence: number; call: CallContext; proposal: Waiting['proposal']; done: Waiting['done'] }): void {
    const { sequence, call, proposal, done } = waits;
    const { term } = this.#options.node().status();
    const waiting: Waiting = { proposal, done, term, forget: () => true };
    this.#waiting.set(sequence, waiting);
    waiting.forget = this.#options.pending.add({ call, expire: (why) => this.#expire(sequence, why) });
  }

  /** Whether the applier should make an answer. */
  isWaiting(origin: RequestOrigin): boolean {
    return (
      origin.member === this.#options.memberId &&
      origin.boot === this.#options.boot &&
      this.#waiting.has(origin.sequence)
    );
  }

  /** The applier's answer to a command that `isWaiting` was asked about. */
  applied(origin: RequestOrigin, result: ApplyResult): void {
    if (!this.isWaiting(origin)) return;
    const waiting = this.#take(origin.sequence);
    waiting?.forget();
    waiting?.done({ kind: 'applied', result });
  }

  #expire(sequence: number, why: 'timeout' | 'cancelled' | 'stopped'): void {
    const waiting = this.#take(sequence);
    if (waiting === undefined) return;
    waiting.proposal.abandoned = true;
    this.failures += 1;
    waiting.done({ kind: 'failed', status: this.#reason(waiting, why) });
  }

  /** Only a proposal that never left proposeC is known not to have been applied: "no leader" says so. */
  #reason({ proposal, term }: Waiting, why: 'timeout' | 'cancelled' | 'stopped'): Status {
    if (!proposal.proposed) return Errors.noLeader;
    if (why === 'stopped') return Errors.stopped;
    return this.#options.node().status().term === term ? Errors.timeout : Errors.timeoutLeaderFailed;
  }

  #take(sequence: number): Waiting | undefined {
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    return waiting;
  }
}
