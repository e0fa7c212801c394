import { setTimeout as delay } from 'node:timers/promises';
import { RaftKvError } from '../../client/index.js';
import type { Client } from '../../client/index.js';
import { foreignWrites, guardedTxn, judge, rebased, stateOf } from './guarded-batch.js';
import type { GuardedWrite, KeyState, Refusal } from './guarded-batch.js';

export interface BatchWriterOptions {
  readonly client: Pick<Client, 'get' | 'txn'>;
  /** Time limit of retries while no write succeeds, in ms. */
  readonly retryForMs: number;
  /** Pause between two attempts of a batch, in ms. */
  readonly pauseMs: number;
}

export type BatchOutcome =
  | {
      readonly kind: 'applied';
      /** State of each key, in the order of the batch. */
      readonly states: readonly KeyState[];
      /** Writes whose keys another client wrote at the same time. */
      readonly foreign: readonly GuardedWrite[];
    }
  /** Other clients have overwritten every key of the batch, so its outcome is unknown. */
  | { readonly kind: 'undecidable'; readonly states: readonly KeyState[] }
  | { readonly kind: 'failed'; readonly error: RaftKvError };

/**
 * Writes batches of keys so that each is applied exactly once, even if answers are lost.
 *
 * A write without an answer may have been applied, or may be applied at any later time, which neither reading nor
 * waiting can exclude. So each batch first compares the revisions of its keys (guarded-batch.ts), and is sent again,
 * unchanged, until it is answered. At most one of the attempts passes the comparison, however late the others arrive.
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  /** The largest revision of any answer. */
  #revision = 0;
  #lastProgressMs = performance.now();
  /** Whether the last batch met a key that was not as expected, so that the next one may, too. */
  #meetsKeys = false;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  /**
   * Reads the store's revision, which separates older writes from those during the import.
   * @param key any key that the user may read
   * @param stopped whether to stop retrying @throws RaftKvError
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
        if (!(error instanceof RaftKvError) || this.#mustGiveUp(error)) throw error;
        await delay(this.#options.pauseMs);
      }
    }
  }

  async write(writes: readonly GuardedWrite[]): Promise<BatchOutcome> {
    let batch = writes;
    let floor = this.#revision;
    let unanswered = false;
    let readsStates = this.#meetsKeys;
    const foreign: GuardedWrite[] = [];
    for (;;) {
      let result;
      const reads = unanswered ? 'values' : readsStates ? 'states' : 'nothing';
      try {
        result = await this.#options.client.txn(guardedTxn(batch, reads));
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        unanswered ||= error.fate === 'unknown';
        if (this.#mustGiveUp(error)) return { kind: 'failed', error: unanswered ? asUnknown(error) : error };
        await delay(this.#options.pauseMs);
        continue;
      }
      this.#lastProgressMs = performance.now();
      const { revision } = result.header;
      this.#revision = Math.max(this.#revision, revision);
      if (batch === writes && !unanswered) this.#meetsKeys = !result.succeeded;
      if (result.succeeded) return { kind: 'applied', states: batch.map((write) => written(write, revision)), foreign };
      if (reads === 'nothing') {
        readsStates = true;
        continue;
      }
      const refusal: Refusal = { batch, found: result.results.map(({ kv }) => kv), floor, unanswered };
      const verdict = judge(refusal);
      foreign.push(...foreignWrites(refusal, verdict));
      if (verdict === 'applied') return { kind: 'applied', states: refusal.found.map(stateOf), foreign };
      if (verdict === 'undecidable') return { kind: 'undecidable', states: refusal.found.map(stateOf) };
      // No attempt with the old expectations can succeed any more, so the batch starts over with the found states.
      batch = rebased(refusal);
      floor = revision;
      unanswered = false;
    }
  }

  /** Whether to stop retrying: the server rejected the batch, or nothing has succeeded for too long. */
  #mustGiveUp(error: RaftKvError): boolean {
    if (!error.retryable && error.fate === 'not-applied') return true;
    if (error.code === 'closed' || error.code === 'cancelled') return !error.retryable;
    return performance.now() - this.#lastProgressMs > this.#options.retryForMs;
  }
}

function written({ before }: GuardedWrite, revision: number): KeyState {
  return { modRevision: revision, version: before.state.version + 1 };
}

/** The fate is unknown if any attempt's is, even if the last attempt is known to have failed. */
function asUnknown(error: RaftKvError): RaftKvError {
  if (error.fate === 'unknown') return error;
  const { code, retryable } = error;
  const message = `${error.message}; an earlier attempt may or may not have been applied`;
  return new RaftKvError({ code, message, retryable, fate: 'unknown', cause: error });
}
