import { expect } from 'chai';
import { slowness } from './known-work.js';
import { mainThreadMs, TurnProbe } from './turn-probe.js';

/** A real hold of the event loop, or a real wait, shows in each attempt; a busy machine rarely delays all of them. */
const ATTEMPTS = 3;
/** The longest turn that tests allow, in ms. Turns of a member under load take 10 to 40 ms, collections of garbage included. */
const TURN_MS_MAX = 100;

/** The event loop of a process, measured in that process. */
export interface TurnMeter {
  /** Runs work. @returns the longest turn of the event loop meanwhile, in ms; see TurnProbe */
  longestTurn(work: () => Promise<unknown>): Promise<number>;
  /** How much slower than usual that process is: see `slowness`. */
  slowness(): number | Promise<number>;
}

/** The event loop of this process. */
const ownTurns: TurnMeter = {
  slowness,
  longestTurn: async (work) => {
    const probe = new TurnProbe();
    try {
      await work();
    } finally {
      probe.stop();
    }
    return probe.stop();
  },
};

export interface TurnLimit {
  /** Default: 100 ms. */
  readonly limitMs?: number;
  /** Default: of this process. */
  readonly meter?: TurnMeter;
}

/**
 * Expects that work holds the event loop no longer than a limit, in processor time of the main thread. Repeats the work, up to
 * three times, while a turn is longer. A limit is for the usual speed of a processor, and grows on a slower one.
 */
export function expectShortTurns(work: () => Promise<unknown>, options: TurnLimit = {}): Promise<void> {
  const { limitMs = TURN_MS_MAX, meter = ownTurns } = options;
  return expectWithin(limitMs, () => meter.longestTurn(work), meter.slowness.bind(meter));
}

/** As expectShortTurns, of the processor time of work that takes one turn. */
export function expectShortWork(limitMs: number, work: () => unknown): Promise<void> {
  const measure = (): number => {
    const beganMs = mainThreadMs();
    work();
    return mainThreadMs() - beganMs;
  };
  return expectWithin(limitMs, measure);
}

/**
 * Expects a wait, mostly without work, to be shorter than a time limit of the product that would end it otherwise. Repeats
 * it, up to three times, while it takes longer.
 * @param measure the elapsed time, in ms; makes what it needs anew for each attempt
 */
export function expectShortWait(limitMs: number, measure: () => Promise<number>): Promise<void> {
  return expectWithin(limitMs, measure, () => 1);
}

async function expectWithin(
  limitMs: number,
  measure: () => number | Promise<number>,
  slownessOf: () => number | Promise<number> = slowness,
): Promise<void> {
  const attempts: string[] = [];
  while (attempts.length < ATTEMPTS) {
    const ms = await measure();
    if (ms < limitMs) return;
    const factor = await slownessOf();
    if (ms < factor * limitMs) return;
    attempts.push(`${ms.toFixed(1)} ms, at ${factor.toFixed(1)} times the usual time for known work`);
  }
  expect.fail(`more than ${limitMs} ms in each attempt: ${attempts.join('; ')}`);
}

/** The elapsed time of a wait, in ms. */
export async function elapsedMs(wait: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await wait();
  return performance.now() - beganMs;
}
