import { setTimeout as delay } from 'node:timers/promises';
import { RaftKvError } from '../../../src/client/index.js';
import type { History } from '../history/history.js';
import type { Verdict } from '../history/verdict.js';
import type { Outcome, RunContext } from '../run/workload.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';

/** Deadline of each call, in ms. Short, so that a worker of an unreachable member soon tries again. */
export const CALL_MS = 1000;
export const CALL = { timeoutMs: CALL_MS } as const;

export type Check = (history: History) => readonly Verdict[] | Promise<readonly Verdict[]>;

/** What a workload gets from outside: tests replace the clock. */
export interface WorkloadParts {
  readonly check: Check;
  /** Waits; ends early, without an error, if the signal is aborted. */
  readonly sleep?: Sleep;
}

export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export const realSleep: Sleep = async (ms, signal) => {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
};

/** Time since the start of the run, in ms. */
export const nowMs = (context: Pick<RunContext, 'now'>): number => context.now() / 1000;

const LAST_READ_ATTEMPTS = 20;

/** Repeats a last read until it succeeds. @throws Error if the healed cluster does not answer */
export async function untilOk(read: () => Promise<Outcome>): Promise<void> {
  let outcome: Outcome | undefined;
  for (let attempt = 0; attempt < LAST_READ_ATTEMPTS; attempt++) {
    outcome = await read();
    if (outcome.type === 'ok') return;
  }
  throw new Error(`the healed cluster does not answer a read: ${JSON.stringify(outcome)}`);
}

/**
 * The outcome of a call that failed and may have had an effect all the same, whatever the client says of its fate: the renewal of a
 * lease, which moves its end, or a wait for a lock, whose place in the queue may come to be the first until its lease ends.
 * @throws the error, if it is not one of the client
 */
export function unknownOutcome(error: unknown): Outcome {
  if (!(error instanceof RaftKvError)) throw error;
  return { type: 'info', error: `${error.code}: ${error.message}` };
}

/** Transactions that together read each key once. */
export function readsOf(keys: readonly string[], most: number): ['r', string, null][][] {
  const reads = keys.map((key): ['r', string, null] => ['r', key, null]);
  return Array.from({ length: Math.ceil(keys.length / most) }, (_, at) => reads.slice(at * most, (at + 1) * most));
}

/** An element at random, of a list that is not empty. */
export function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[randomInteger(random, 0, values.length)] as Value;
}

/** The keys of a load, some at a time: each is replaced by a new one after a number of uses, so none has a long history. */
export class KeyWindow {
  readonly #prefix: string;
  readonly #usesMax: number;
  readonly #keys: { readonly name: string; uses: number }[] = [];
  #made = 0;

  /** @param size keys in use at the same time */
  constructor({ prefix, size, usesMax }: { readonly prefix: string; readonly size: number; readonly usesMax: number }) {
    this.#prefix = prefix;
    this.#usesMax = usesMax;
    for (let at = 0; at < size; at++) this.#keys.push(this.#make());
  }

  /** Keys that were in use so far. */
  get all(): readonly string[] {
    return Array.from({ length: this.#made }, (_, at) => `${this.#prefix}${at}`);
  }

  /** A key in use; not counted as a use. */
  pick(random: Random): string {
    return pick(random, this.#keys).name;
  }

  /** Counts a use of a key. @returns its number for this key, from 1 */
  use(name: string): number {
    const at = this.#keys.findIndex((key) => key.name === name);
    const key = this.#keys[at];
    if (key === undefined) throw new Error(`${name} is not in use any more`);
    key.uses += 1;
    if (key.uses >= this.#usesMax) this.#keys[at] = this.#make();
    return key.uses;
  }

  /** Counts further uses of a key, which may no longer be in use, for a call that makes the search of a checker longer. */
  wear(name: string, uses: number): void {
    const at = this.#keys.findIndex((key) => key.name === name);
    const key = this.#keys[at];
    if (key === undefined) return;
    key.uses += uses;
    if (key.uses >= this.#usesMax) this.#keys[at] = this.#make();
  }

  #make(): { readonly name: string; uses: number } {
    return { name: `${this.#prefix}${this.#made++}`, uses: 0 };
  }
}
