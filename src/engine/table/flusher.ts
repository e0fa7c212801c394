import type { Engine } from '../../ports/engine.js';
import { asError } from '../../util/error.js';
import type { Table } from './table.js';

export interface FlusherOptions {
  readonly table: Table;
  readonly base: Engine;
  /** Rows that are gathered before a flush begins by itself. */
  readonly flushRows: number;
  /** A larger table is flushed whatever the number of its rows, in bytes. */
  readonly flushBytes: number;
  /** Awaited before each batch. */
  readonly pause: () => Promise<void>;
  /** Called when a batch failed: no later one is written. */
  readonly onFailed: (error: Error) => void;
}

/** A call that waits until the rows before a position are flushed. */
interface Waiter {
  readonly position: number;
  readonly done: (error?: Error) => void;
}

/** Writes the rows of the table to the engine below, in their order, one batch of whole batches after the other. */
export class Flusher {
  readonly #options: FlusherOptions;
  readonly #waiting = new Set<Waiter>();
  /** Rows before this position are flushed whatever their number. */
  #wanted = 0;
  #running: Promise<void> | undefined;
  #state: 'working' | 'paused' | 'retired' | 'stopped' = 'working';
  #error: Error | undefined;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /** Flushes if there is enough to flush. */
  check(): void {
    if (this.#running === undefined && this.#isDue()) this.#running = this.#run();
  }

  /** Resolves once all rows that are visible now are flushed, or need not be any more. @throws the error of a flush */
  async drain(): Promise<void> {
    const { table } = this.#options;
    const position = table.visible;
    if (table.flushed >= position || this.#state === 'retired') return;
    if (this.#error !== undefined) throw this.#error;
    this.#wanted = Math.max(this.#wanted, position);
    this.check();
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => {
        if (error === undefined) resolve();
        else reject(error);
      };
      this.#waiting.add({ position, done });
    });
  }

  /** Resolves once no batch is being written. None will be until `resume`. */
  async pause(): Promise<void> {
    if (this.#state === 'working') this.#state = 'paused';
    await this.#running;
  }

  resume(): void {
    if (this.#state === 'paused') this.#state = 'working';
    this.check();
  }

  /** Flushes nothing more, as another engine has replaced this one. */
  retire(): void {
    this.#state = 'retired';
    this.#settle(() => true);
  }

  /** Ends the work after the current batch. @param error rejects the calls that wait, and later ones */
  async stop(error: Error): Promise<void> {
    this.#end(error);
    await this.#running;
  }

  #isDue(): boolean {
    const { table, flushRows, flushBytes } = this.#options;
    const { flushed, visible } = table;
    if (visible === flushed || this.#state !== 'working') return false;
    return visible - flushed >= flushRows || flushed < this.#wanted || table.bytes >= flushBytes;
  }

  async #run(): Promise<void> {
    const { table, base, pause, onFailed } = this.#options;
    try {
      while (this.#isDue()) {
        await pause();
        if (!this.#isDue()) break;
        const { operations, end } = table.nextUnit();
        await base.write(operations);
        table.flushedTo(end);
        this.#settle(({ position }) => position <= end);
      }
    } catch (thrown) {
      const error = asError(thrown);
      this.#end(error);
      onFailed(error);
    } finally {
      this.#running = undefined;
    }
    // More may have become due while the last batch was written.
    this.check();
  }

  #settle(isDone: (waiter: Waiter) => boolean, error?: Error): void {
    for (const waiter of this.#waiting) {
      if (!isDone(waiter)) continue;
      this.#waiting.delete(waiter);
      waiter.done(error);
    }
  }

  #end(error: Error): void {
    if (this.#state === 'retired') return;
    this.#state = 'stopped';
    this.#error ??= error;
    this.#settle(() => true, this.#error);
  }
}
