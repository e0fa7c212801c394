import type { Quota } from './quota.js';
import { Errors } from './errors.js';
import type { Proposer, Submission } from './proposer.js';

export interface ClientSubmission extends Submission {
  /** Estimate of the space that the request adds to the store, in bytes; default 0. Checked against the quota. */
  readonly spaceBytes?: number;
}

export interface ClientWritesOptions {
  readonly proposer: Pick<Proposer, 'submit'>;
  readonly quota: Pick<Quota, 'admit' | 'admitsNow'>;
  /** Larger requests are refused (--max-request-bytes), in bytes. */
  readonly requestBytesMax: number;
}

/** Proposes the commands of clients, within the limits that do not hold for the member's own commands. */
export class ClientWrites {
  readonly #options: ClientWritesOptions;

  constructor(options: ClientWritesOptions) {
    this.#options = options;
  }

  submit(submission: ClientSubmission): void {
    const { proposer, quota, requestBytesMax } = this.#options;
    const { request, spaceBytes = 0 } = submission;
    if (request.length > requestBytesMax) return submission.done({ kind: 'failed', status: Errors.requestTooLarge });
    if (spaceBytes === 0 || quota.admitsNow(spaceBytes)) return proposer.submit(submission);
    quota.admit(spaceBytes, (fits) => {
      if (fits) proposer.submit(submission);
      else submission.done({ kind: 'failed', status: Errors.noSpace });
    });
  }
}
