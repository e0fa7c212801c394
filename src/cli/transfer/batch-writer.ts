import { setTimeout as delay } from 'node:timers/promises';
import { RaftKvError } from '../../client/index.js';
import type { Client, KeyValue } from '../../client/index.js';
import { defined } from '../../util/assert.js';
import { foreignWrites, guardedPuts, guardedTxn, judge, rebased, stateOf } from './guarded-batch.js';
import type { GuardedWrite, KeyState, Refusal } from './guarded-batch.js';

export interface BatchWriterOptions {
  readonly client: Pick<Client, 'get' | 'putGuarded' | 'txn'>;
  /** Time limit of retries while no write succeeds, in ms. */
  readonly retryForMs: number;
  /** Pause between two attempts of a batch, in ms. */
  readonly pauseMs: number;
}

/** The state of a key after the batch, by its place in the batch. */
export type StateOf = (index: number) => KeyState;

export type BatchOutcome =
  | {
      readonly kind: 'applied';
      readonly stateOf: StateOf;
      /** Writes whose keys another client wrote at the same time. */
      readonly foreign: readonly GuardedWrite[];
    }
  /** Other clients have overwritten every key of the batch, so its outcome is unknown. */
  | { readonly kind: 'undecidable'; readonly stateOf: StateOf }
  | { readonly kind: 'failed'; readonly error: RaftKvError };

interface Answer {
  readonly succeeded: boolean;
  /** Of the store. */
  readonly revision: number;
  /** The keys that were read, in the order of the batch. */
  readonly found: readonly (KeyValue | undefined)[];
}

/** What is read of the keys if one is not as expected. Values identify this import's own writes. Batches of new keys need nothing. */
type Reads = 'nothing' | 'states' | 'values';

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
      let answer;
      const reads = unanswered ? 'values' : readsStates ? 'states' : 'nothing';
      try {
        answer = await this.#attempt(batch, reads);
      } catch (error) {
        if (!(error instanceof RaftKvError)) throw error;
        unanswered ||= error.fate !== 'not-applied';
        if (this.#mustGiveUp(error)) return { kind: 'failed', error: unanswered ? asUnknown(error) : error };
        await delay(this.#options.pauseMs);
        continue;
      }
      this.#lastProgressMs = performance.now();
      const { succeeded, revision, found } = answer;
      this.#revision = Math.max(this.#revision, revision);
      if (batch === writes && !unanswered) this.#meetsKeys = !succeeded;
      if (succeeded) return { kind: 'applied', stateOf: (index) => written(batch[index], revision), foreign };
      if (reads === 'nothing') {
        readsStates = true;
        continue;
      }
      const refusal: Refusal = { batch, found, floor, unanswered };
      const verdict = judge(refusal);
      foreign.push(...foreignWrites(refusal, verdict));
      if (verdict === 'applied') return { kind: 'applied', stateOf: (index) => stateOf(found[index]), foreign };
      if (verdict === 'undecidable') return { kind: 'undecidable', stateOf: (index) => stateOf(found[index]) };
      // No attempt with the old expectations can succeed any more, so the batch starts over with the found states.
      batch = rebased(refusal);
      floor = revision;
      unanswered = false;
    }
  }

  /** Sends a batch once. @throws RaftKvError */
  async #attempt(batch: readonly GuardedWrite[], reads: Reads): Promise<Answer> {
    const { client } = this.#options;
    if (reads === 'nothing') {
      const { succeeded, header } = await client.putGuarded(guardedPuts(batch));
      return { succeeded, revision: header.revision, found: [] };
    }
    const { succeeded, header, results } = await client.txn(guardedTxn(batch, reads));
    return { succeeded, revision: header.revision, found: succeeded ? [] : results.map(({ kv }) => kv) };
  }

  /** Whether to stop retrying: the server rejected the batch, or nothing has succeeded for too long. */
  #mustGiveUp(error: RaftKvError): boolean {
    if (!error.retryable && error.fate === 'not-applied') return true;
    if (error.code === 'closed' || error.code === 'cancelled') return !error.retryable;
    return performance.now() - this.#lastProgressMs > this.#options.retryForMs;
  }
}

function written(write: GuardedWrite | undefined, revision: number): KeyState {
  return { modRevision: revision, version: defined(write, 'a write of the batch').before.state.version + 1 };
}

/** The fate is unknown if any attempt's is, even if the last attempt is known to have failed. */
function asUnknown(error: RaftKvError): RaftKvError {
  if (error.fate === 'unknown') return error;
  const { code, retryable } = error;
  const message = `${error.message}; an earlier attempt may or may not have been applied`;
  return new RaftKvError({ code, message, retryable, fate: 'unknown', cause: error });
}
