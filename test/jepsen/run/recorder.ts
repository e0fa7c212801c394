import { assert } from '../../../src/util/assert.js';
import type { HistoryEvent } from '../history/event.js';
import { outcomeOfError } from './outcomes.js';
import type { Invocation, Outcome } from './workload.js';

export interface RecorderOptions {
  readonly history: { add(event: HistoryEvent): void };
  /** µs since the start of the run. */
  readonly now: () => number;
}

/** Numbers the processes of a run, and records what happens in the order in which it happens. */
export class Recorder {
  readonly #options: RecorderOptions;
  #processes = 0;
  /** Answered calls, and those that failed or are unknown. */
  readonly counts = { ok: 0, fail: 0, info: 0 };

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  now(): number {
    return this.#options.now();
  }

  nextProcess(): number {
    return this.#processes++;
  }

  add(event: Omit<HistoryEvent, 'time'>): void {
    this.#options.history.add({ time: this.now(), ...event });
  }
}

/** One client process after the other: the next begins when the outcome of a call is unknown. */
export class RecordedProcess {
  readonly #recorder: Recorder;
  #id: number;
  #open = false;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#id = recorder.nextProcess();
  }

  get id(): number {
    return this.#id;
  }

  async call(invocation: Invocation, node: string, run: () => Promise<Outcome>): Promise<Outcome> {
    assert(!this.#open, `process ${this.#id} has an open call`);
    this.#open = true;
    const process = this.#id;
    this.#recorder.add({ process, type: 'invoke', ...invocation, node });
    let outcome: Outcome;
    try {
      outcome = await run();
    } catch (error) {
      outcome = outcomeOfError(error);
    }
    this.#open = false;
    this.#recorder.counts[outcome.type] += 1;
    this.#recorder.add({ process, ...invocation, ...outcome, node });
    if (outcome.type === 'info') this.#id = this.#recorder.nextProcess();
    return outcome;
  }
}
