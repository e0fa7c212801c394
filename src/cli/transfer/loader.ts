import type { RaftKvError } from '../../client/index.js';
import { defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import type { BatchOutcome, BatchWriter } from './batch-writer.js';
import type { Pair } from './format.js';
import { ABSENT } from './guarded-batch.js';
import type { GuardedWrite } from './guarded-batch.js';
import { asError } from '../../util/error.js';

/** A parsed line that is being loaded. */
export interface LoadLine {
  readonly number: number;
  readonly fileBytes: number;
  readonly pair: Pair;
}

export interface LoaderOptions {
  readonly writer: Pick<BatchWriter, 'write'>;
  /** Maximum number of concurrent batches. */
  readonly concurrency: number;
  /** Maximum number of lines in one batch. Servers limit the operations of a transaction, to 128 by default. */
  readonly batchLines: number;
  /** Size of keys and values at which a batch ends, in bytes. A single line may be larger. */
  readonly batchBytes: number;
  /** Maximum number of lines read ahead. */
  readonly windowLines: number;
  /** Maximum size of the lines read ahead, in bytes. */
  readonly windowBytes: number;
  /** Whether to continue after a line that the server rejects. */
  readonly skipRefused: boolean;
  readonly onEvent: (event: LoadEvent) => void;
}

export type LoadEvent =
  | { readonly kind: 'loaded'; readonly lines: readonly LoadLine[] }
  /** Another client writes the same key. */
  | { readonly kind: 'foreign'; readonly line: LoadLine }
  | { readonly kind: 'undecidable'; readonly line: LoadLine }
  | { readonly kind: 'refused'; readonly line: LoadLine; readonly error: RaftKvError };

const NEW = { kind: 'assumed', state: ABSENT } as const;

/** The lines of one key. One is written at a time, so that they apply in the order of the file. */
class Lane implements GuardedWrite {
  readonly key: string;
  /** The line that is being written, or is next. */
  line: LoadLine;
  before: GuardedWrite['before'] = NEW;
  /** The lines behind it. Made for the first of them. */
  waiting: LoadLine[] | undefined;

  constructor(key: string, line: LoadLine) {
    this.key = key;
    this.line = line;
  }

  get pair(): Pair {
    return this.line.pair;
  }
}

/**
 * Writes lines in concurrent batches, but never two lines of one key at a time. Lines wait only within the window, and a
 * key is remembered only while lines of it wait, so memory does not grow with the file.
 */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes whose lines can be sent, oldest first, from `#sent` on. */
  #ready: Lane[] = [];
  #sent = 0;
  #pendingLines = 0;
  #pendingBytes = 0;
  #batches = 0;
  #stopped = false;
  /** An unexpected error of this program. */
  #fault: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /** Sends no further batch. Batches that were sent are still settled. */
  stop(): void {
    this.#stopped = true;
    this.#notify();
  }

  /** Whether the load ended early: by `stop`, or by a line that failed. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Adds lines in the order of the file, and waits while the window is full. */
  async add(lines: readonly LoadLine[]): Promise<void> {
    for (const line of lines) {
      if (this.#isFull()) {
        this.#send();
        await this.#until(() => !this.#isFull());
      }
      if (this.#stopped) return;
      this.#enqueue(line);
      if (this.#readyLines >= this.#options.batchLines) this.#send();
    }
    this.#send();
  }

  /** Resolves when every added line is settled, or abandoned after a failure. */
  async drain(): Promise<void> {
    this.#send();
    await this.#until(() => this.#batches === 0 && (this.#stopped || this.#pendingLines === 0));
  }

  #isFull(): boolean {
    const { windowLines, windowBytes } = this.#options;
    return this.#pendingLines >= windowLines || this.#pendingBytes >= windowBytes;
  }

  get #readyLines(): number {
    return this.#ready.length - this.#sent;
  }

  #enqueue(line: LoadLine): void {
    this.#pendingLines += 1;
    this.#pendingBytes += sizeOf(line.pair);
    const key = bytesToLatin1(line.pair.key);
    const lane = this.#lanes.get(key);
    if (lane === undefined) {
      const opened = new Lane(key, line);
      this.#lanes.set(key, opened);
      this.#ready.push(opened);
    } else {
      // A copy, because the line would keep its whole chunk of the file in memory while it waits.
      const { key: keyBytes, value } = line.pair;
      (lane.waiting ??= []).push({ ...line, pair: { key: Buffer.from(keyBytes), value: Buffer.from(value) } });
    }
  }

  #send(): void {
    while (!this.#stopped && this.#batches < this.#options.concurrency && this.#readyLines > 0) {
      const batch = this.#takeBatch();
      this.#batches += 1;
      void this.#write(batch)
        .catch((error: unknown) => {
          this.#stopped = true;
          this.#fault ??= asError(error);
        })
        .finally(() => {
          this.#batches -= 1;
          this.#send();
          this.#notify();
        });
    }
  }

  #takeBatch(): readonly Lane[] {
    const { batchLines, batchBytes } = this.#options;
    const start = this.#sent;
    const lines = Math.min(batchLines, this.#readyLines);
    let bytes = 0;
    while (this.#sent < start + lines && (this.#sent === start || bytes < batchBytes)) {
      bytes += sizeOf(defined(this.#ready[this.#sent], 'a ready lane').pair);
      this.#sent += 1;
    }
    const batch = this.#ready.slice(start, this.#sent);
    if (this.#sent >= this.#readyLines) {
      this.#ready = this.#ready.slice(this.#sent);
      this.#sent = 0;
    }
    return batch;
  }

  async #write(batch: readonly Lane[]): Promise<void> {
    const outcome = await this.#options.writer.write(batch);
    if (
      outcome.kind === 'failed' &&
      outcome.error.fate === 'not-applied' &&
      batch.length > 1 &&
      !isTemporary(outcome)
    ) {
      // A single line may be the cause, so the others are tried without it.
      for (const lane of batch) await this.#write([lane]);
      return;
    }
    this.#settle(batch, outcome);
  }

  #settle(batch: readonly Lane[], outcome: BatchOutcome): void {
    const { onEvent, skipRefused } = this.#options;
    switch (outcome.kind) {
      case 'applied': {
        const foreign = new Set(outcome.foreign.map(({ pair }) => pair));
        for (const { line } of batch) if (foreign.has(line.pair)) onEvent({ kind: 'foreign', line });
        onEvent({ kind: 'loaded', lines: batch.map(({ line }) => line) });
        break;
      }
      case 'undecidable':
        for (const { line } of batch) onEvent({ kind: 'undecidable', line });
        break;
      case 'failed':
        for (const { line } of batch) onEvent({ kind: 'refused', line, error: outcome.error });
        if (!skipRefused || outcome.error.fate === 'unknown' || isTemporary(outcome)) this.#stopped = true;
        break;
    }
    for (const [index, lane] of batch.entries()) {
      this.#pendingLines -= 1;
      this.#pendingBytes -= sizeOf(lane.pair);
      const next = lane.waiting?.shift();
      if (next === undefined) {
        this.#lanes.delete(lane.key);
        continue;
      }
      lane.line = next;
      if (outcome.kind !== 'failed') lane.before = { kind: 'known', state: outcome.stateOf(index) };
      this.#ready.push(lane);
    }
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !(this.#stopped && this.#batches === 0)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#fault !== undefined) throw this.#fault;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function isTemporary(outcome: { readonly error: RaftKvError }): boolean {
  return outcome.error.retryable;
}

function sizeOf({ key, value }: Pair): number {
  return key.length + value.length;
}
