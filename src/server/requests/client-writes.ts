import type { OnLimit } from '../../util/limit-hits.js';
import type { Rights } from '../../kv/auth/auth-state.js';
import type { Access, CallUser } from './access.js';
import type { Quota } from './quota.js';
import { Errors } from './errors.js';
import type { Proposer, Submission } from './proposer.js';

export interface ClientSubmission extends Submission {
  /** Estimate of the space that the request adds to the store, in bytes; default 0. Checked against the quota. */
  readonly spaceBytes?: number;
  /** Whether a user may send it. Default: any user may. The store checks again when it applies the command. */
  permits?(rights: Rights): boolean;
}

export interface ClientWritesOptions {
  readonly proposer: Pick<Proposer, 'submit'>;
  readonly quota: Pick<Quota, 'admit' | 'admitsNow'>;
  /** Larger requests are refused (--max-request-bytes), in bytes. */
  readonly requestBytesMax: number;
  readonly access: Access;
  /** Called for each request that is too large. */
  readonly onLimit: OnLimit;
}

/** Proposes the commands of clients, within the limits that do not hold for the member's own commands. */
export class ClientWrites {
  readonly #options: ClientWritesOptions;

  constructor(options: ClientWritesOptions) {
    this.#options = options;
  }

  submit(submission: ClientSubmission): void {
    const { access, requestBytesMax, onLimit } = this.#options;
    const { request } = submission;
    if (request.length > requestBytesMax) {
      onLimit('request_bytes');
      return submission.done({ kind: 'failed', status: Errors.requestTooLarge });
    }
    if (!access.enabled || access.refusal(submission) === undefined) return this.#admit(submission);
    access.confirm(submission, (refused) => {
      if (refused === undefined) this.#admit(submission);
      else submission.done({ kind: 'failed', status: refused });
    });
  }

  /**
   * Proposes a command that undoes an earlier one of a user, whose token may have ended since. The store checks the user's
   * present rights when it applies the command.
   */
  submitFor(user: CallUser, submission: Submission): void {
    const { proposer, access } = this.#options;
    proposer.submit(submission, access.stillFor(user));
  }

  /** The same for a command of a call without a user. */
  submitOwn(submission: Submission): void {
    this.#options.proposer.submit(submission);
  }

  #admit(submission: ClientSubmission): void {
    const { quota } = this.#options;
    const { spaceBytes = 0 } = submission;
    if (spaceBytes === 0 || quota.admitsNow(spaceBytes)) return this.#propose(submission);
    quota.admit(spaceBytes, (fits) => {
      if (fits) this.#propose(submission);
      else submission.done({ kind: 'failed', status: Errors.noSpace });
    });
  }

  #propose(submission: ClientSubmission): void {
    const { proposer, access } = this.#options;
    proposer.submit(submission, access.userOf(submission.call));
  }
}
