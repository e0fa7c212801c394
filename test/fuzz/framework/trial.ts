import { getHeapStatistics } from 'node:v8';
import { expectShortWork } from '../../support/time-limits.js';
import type { Random } from '../../../src/util/random.js';
import { InputError, shrunk, type Input } from './shrink.js';

/** What one input may cost. */
export interface Bounds {
  /** Processor time, in ms. */
  readonly ms: number;
  /** Memory that is allocated meanwhile, garbage included: so many bytes, and so many more for each byte of the input. */
  readonly bytes: number;
  readonly bytesPerByte: number;
}

/** Inputs have up to some 100 KB. An object for each two bytes, as of an array of empty messages, is within the bound. */
const BOUNDS: Bounds = { ms: 50, bytes: 2 * 1024 * 1024, bytesPerByte: 512 };

/** Inputs in excess of a bound whose cost is measured again, for each run. */
const SUSPECTS_MAX = 16;
const MEASUREMENTS = 3;

interface Suspect {
  readonly input: Input;
  readonly run: () => void;
  readonly bounds: Bounds;
}

/** One run of a target: counts its inputs, and checks what each costs. */
export class Trial {
  readonly random: Random;
  inputs = 0;
  readonly #suspects: Suspect[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  /** Counts inputs that are fed in another way; their cost is not checked. */
  count(inputs: number): void {
    this.inputs += inputs;
  }

  /**
   * Feeds an input.
   * @param run throws if the input shows a bug; must do the same whenever it is called with the same input
   * @throws InputError with the smallest such input that was found
   */
  feed<T extends Input>(input: T, run: (input: T) => void, bounds: Partial<Bounds> = {}): void {
    this.inputs += 1;
    const before = heapBytes();
    const beganMs = performance.now();
    try {
      run(input);
    } catch (error) {
      throw new InputError(shrunk(input, run), error);
    }
    const ms = performance.now() - beganMs;
    const allowed = { ...BOUNDS, ...bounds };
    const isWithin = ms <= allowed.ms && heapBytes() - before <= bytesAllowed(input, allowed);
    if (isWithin || this.#suspects.length === SUSPECTS_MAX) return;
    this.#suspects.push({ input, run: () => run(input), bounds: allowed });
  }

  /** As `feed`, for code that takes several turns. Only the property is checked, not the cost. */
  async feedSlowly<T extends Input>(input: T, run: (input: T) => Promise<void>): Promise<void> {
    this.inputs += 1;
    try {
      await run(input);
    } catch (error) {
      throw new InputError(input, error);
    }
  }

  /** Measures again what seemed to exceed a bound: a busy machine, or what is done at the first call alone, may be the reason. */
  async settle(): Promise<void> {
    for (const { input, run, bounds } of this.#suspects.splice(0)) {
      try {
        await expectShortWork(bounds.ms, run);
        checkAllocated(run, bytesAllowed(input, bounds));
      } catch (error) {
        throw new InputError(input, error);
      }
    }
  }
}

function bytesAllowed(input: Input, { bytes, bytesPerByte }: Bounds): number {
  return bytes + input.length * bytesPerByte;
}

function checkAllocated(run: () => void, allowed: number): void {
  let most = 0;
  for (let count = 0; count < MEASUREMENTS; count += 1) {
    const before = heapBytes();
    run();
    // A collection of garbage meanwhile makes it less, nothing makes it more but what is done once.
    most = Math.max(most, heapBytes() - before);
  }
  if (most > allowed) throw new Error(`it takes ${most} bytes of memory, where ${allowed} are allowed`);
}

/** Memory of objects and buffers. */
function heapBytes(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}
