import type { RaftKvError } from '../../client/index.js';
import { defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import type { BatchOutcome, BatchWriter } from './batch-writer.js';
import type { Pair } from './format.js';
import { ABSENT } from './guarded-batch.js';
import type { GuardedWrite, KeyState } from './guarded-batch.js';
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

/** The lines of one key. One is written at a time, so that they apply in the order of the file. */
interface Lane {
  readonly key: string;
  /** State of the key after its last write; undefined before the first. */
  state: KeyState | undefined;
  /** Made for the second line. */
  waiting: LoadLine[] | undefined;
}

interface Slot {
  readonly lane: Lane;
  readonly line: LoadLine;
}

/**
 * Writes lines in concurrent batches, but never two lines of one key at a time. Lines wait only within the window, and a
 * key is remembered only while lines of it wait, so memory does not grow with the file.
 */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Lines that can be sent, oldest first. */
  #ready: Slot[] = [];
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
      if (this.#ready.length >= this.#options.batchLines) this.#send();
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

  #enqueue(line: LoadLine): void {
    this.#pendingLines += 1;
    this.#pendingBytes += sizeOf(line.pair);
    const key = bytesToLatin1(line.pair.key);
    const lane = this.#lanes.get(key);
    if (lane === undefined) {
      const opened: Lane = { key, state: undefined, waiting: undefined };
      this.#lanes.set(key, opened);
      this.#ready.push({ lane: opened, line });
    } else {
      // A copy, because the line would keep its whole chunk of the file in memory while it waits.
      const { key: keyBytes, value } = line.pair;
      (lane.waiting ??= []).push({ ...line, pair: { key: Buffer.from(keyBytes), value: Buffer.from(value) } });
    }
  }

  #send(): void {
    while (!this.#stopped && this.#batches < this.#options.concurrency && this.#ready.length > 0) {
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

  #takeBatch(): readonly Slot[] {
    const { batchLines, batchBytes } = this.#options;
    let count = 0;
    let bytes = 0;
    while (count < Math.min(batchLines, this.#ready.length) && (count === 0 || bytes < batchBytes)) {
      bytes += sizeOf(defined(this.#ready[count], 'ready line').line.pair);
      count += 1;
    }
    return this.#ready.splice(0, count);
  }

  async #write(slots: readonly Slot[]): Promise<void> {
    const writes = slots.map(guarded);
    const outcome = await this.#options.writer.write(writes);
    if (
      outcome.kind === 'failed' &&
      outcome.error.fate === 'not-applied' &&
      slots.length > 1 &&
      !isTemporary(outcome)
    ) {
      // A single line may be the cause, so the others are tried without it.
      for (const slot of slots) await this.#write([slot]);
      return;
    }
    this.#settle(slots, writes, outcome);
  }

  #settle(slots: readonly Slot[], writes: readonly GuardedWrite[], outcome: BatchOutcome): void {
    const { onEvent, skipRefused } = this.#options;
    switch (outcome.kind) {
      case 'applied': {
        const foreign = new Set(outcome.foreign.map(({ pair }) => pair));
        for (const { line } of slots) if (foreign.has(line.pair)) onEvent({ kind: 'foreign', line });
        onEvent({ kind: 'loaded', lines: slots.map(({ line }) => line) });
        break;
      }
      case 'undecidable':
        for (const { line } of slots) onEvent({ kind: 'undecidable', line });
        break;
      case 'failed':
        for (const { line } of slots) onEvent({ kind: 'refused', line, error: outcome.error });
        if (!skipRefused || outcome.error.fate === 'unknown' || isTemporary(outcome)) this.#stopped = true;
        break;
    }
    for (const [index, slot] of slots.entries()) {
      const before = writes[index]?.before;
      const known = before?.kind === 'known' ? before.state : undefined;
      this.#release(slot, outcome.kind === 'failed' ? known : outcome.states[index]);
    }
  }

  /** Makes the next line of the key ready, or forgets the key. */
  #release({ lane, line }: Slot, state: KeyState | undefined): void {
    this.#pendingLines -= 1;
    this.#pendingBytes -= sizeOf(line.pair);
    lane.state = state;
    const next = lane.waiting?.shift();
    if (next === undefined) this.#lanes.delete(lane.key);
    else this.#ready.push({ lane, line: next });
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

const NEW = { kind: 'assumed', state: ABSENT } as const;

function guarded({ lane, line }: Slot): GuardedWrite {
  return { pair: line.pair, before: lane.state === undefined ? NEW : { kind: 'known', state: lane.state } };
}

function isTemporary(outcome: { readonly error: RaftKvError }): boolean {
  return outcome.error.retryable;
}

function sizeOf({ key, value }: Pair): number {
  return key.length + value.length;
}
