import { setTimeout as delay } from 'node:timers/promises';
import { RaftKvError } from '../../client/index.js';
import type { Client } from '../../client/index.js';
import { foreignWrites, guardedTxn, judge, rebased, stateOf } from './guarded-batch.js';
import type { GuardedWrite, KeyState, Refusal } from './guarded-batch.js';

export interface BatchWriterOptions {
  readonly client: Pick<Client, 'get' | 'txn'>;
  /** How long to go on while no write at all gets through, in ms. */
  readonly patienceMs: number;
  /** Between two attempts of a batch, in ms. */
  readonly pauseMs: number;
}

export type BatchOutcome =
  | {
      readonly kind: 'applied';
      /** What each key holds now, in the order of the batch. */
      readonly states: readonly KeyState[];
      /** Writes whose keys another client has written meanwhile. */
      readonly foreign: readonly GuardedWrite[];
    }
  /** Other clients have written over every trace of the batch: nobody can tell whether it was applied. */
  | { readonly kind: 'undecidable'; readonly states: readonly KeyState[] }
  | { readonly kind: 'failed'; readonly error: RaftKvError };

/**
 * Writes batches of keys so that each is applied exactly once, whatever becomes of the answers.
 *
 * A write without an answer may have been applied, and may yet be, at any later time: no read and no waiting settles
 * it. So each batch compares the revisions of its keys first (guarded-batch.ts) and is sent again, unchanged, until an
 * answer comes. Of all those attempts one at most can pass the comparison, however late the others arrive.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  /** The largest revision that any answer has carried. */
  #revision = 0;
  #lastProgressMs = performance.now();

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  /**
   * Learns the store's revision, so that what was there before can be told from what is written from now on.
   * @param key any key that the user may read
   * @param stopped whether to give the retries up @throws RaftKvError
   */
  async start(key: Buffer, stopped: () => boolean = () => false): Promise<void> {
    this.#lastProgressMs = performance.now();
    while (!stopped()) {
      try {
        const { header } = await this.#options.client.get(key, { keysOnly: true, consistency: 'consistent' });
        this.#revision = header.revision;
        this.#lastProgressMs = performance.now();
        return;
      } catch (error) {
        if (!(error instanceof RaftKvError) || this.#isHopeless(error)) throw error;
        await delay(this.#options.pauseMs);
      }
    }
  }

  async write(writes: readonly GuardedWrite[]): Promise<BatchOutcome> {
    let batch = writes;
    let floor = this.#revision;
    let unanswered = false;
    const foreign: GuardedWrite[] = [];
    for (;;) {
      let result;
      try {
        result = await this.#options.client.txn(guardedTxn(batch, unanswered));
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        unanswered ||= error.fate === 'unknown';
        if (this.#isHopeless(error)) return { kind: 'failed', error: unanswered ? asUnknown(error) : error };
        await delay(this.#options.pauseMs);
        continue;
      }
      this.#lastProgressMs = performance.now();
      const { revision } = result.header;
      this.#revision = Math.max(this.#revision, revision);
      if (result.succeeded) return { kind: 'applied', states: batch.map((write) => written(write, revision)), foreign };
      const refusal: Refusal = { batch, found: result.results.map(({ kv }) => kv), floor, unanswered };
      const verdict = judge(refusal);
      foreign.push(...foreignWrites(refusal, verdict));
      if (verdict === 'applied') return { kind: 'applied', states: refusal.found.map(stateOf), foreign };
      if (verdict === 'undecidable') return { kind: 'undecidable', states: refusal.found.map(stateOf) };
      // No attempt with the old expectations can succeed any more: the question is settled, and asked anew.
      batch = rebased(refusal);
      floor = revision;
      unanswered = false;
    }
  }

  /** The server will not have it, or there has been no progress for too long. */
  #isHopeless(error: RaftKvError): boolean {
    if (!error.retryable && error.fate === 'not-applied') return true;
    if (error.code === 'closed' || error.code === 'cancelled') return !error.retryable;
    return performance.now() - this.#lastProgressMs > this.#options.patienceMs;
  }
}

function written({ before }: GuardedWrite, revision: number): KeyState {
  return { modRevision: revision, version: before.state.version + 1 };
}

/** The last attempt may be known to have failed, but an earlier one is not. */
function asUnknown(error: RaftKvError): RaftKvError {
  if (error.fate === 'unknown') return error;
  const { code, retryable } = error;
  const message = `${error.message}; an earlier attempt may or may not have been applied`;
  return new RaftKvError({ code, message, retryable, fate: 'unknown', cause: error });
}
