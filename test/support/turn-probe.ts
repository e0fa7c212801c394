import { closeSync, openSync, readSync } from 'node:fs';

const NS_PER_MS = 1e6;
const US_PER_MS = 1e3;

type Cpu = { readonly user: number; readonly system: number };

/** Processor time of this process's main thread, in ms. Where the platform has no such count: of the process. */
export const mainThreadMs: () => number = chosenClock();

function chosenClock(): () => number {
  // In Node.js 22.19 and 23.9 or later.
  const { threadCpuUsage } = process as { threadCpuUsage?: () => Cpu };
  const whole = (): Cpu => process.cpuUsage();
  const ofUsage = (usage: () => Cpu) => (): number => {
    const { user, system } = usage();
    return (user + system) / US_PER_MS;
  };
  if (threadCpuUsage !== undefined) return ofUsage(() => threadCpuUsage.call(process));
  return linuxClock() ?? ofUsage(whole);
}

/** Linux states the nanoseconds that the main thread has run, at the last tick of the scheduler (1 to 10 ms). */
function linuxClock(): (() => number) | undefined {
  const text = Buffer.alloc(128);
  let file: number;
  try {
    file = openSync('/proc/self/schedstat', 'r');
  } catch {
    return undefined; // not Linux, or a kernel without the count
  }
  const read = (): number => Number(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split(' ')[0]);
  if (read() > 0) return () => read() / NS_PER_MS;
  closeSync(file);
  return undefined;
}

/**
 * Measures the longest turn of this process's event loop. A turn counts with the processor time of the main thread if that
 * is shorter than the elapsed time: neither other processes, nor threads that collect garbage or compress, nor a stop of
 * this process make it longer.
 */
export class TurnProbe {
  readonly #timer = setInterval(() => this.#sample(), 1);
  #longestMs = 0;
  #clockMs = performance.now();
  #threadMs = mainThreadMs();

  /** @returns the longest turn so far, in ms */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#longestMs;
  }

  #sample(): void {
    const [clockMs, threadMs] = [performance.now(), mainThreadMs()];
    this.#longestMs = Math.max(this.#longestMs, Math.min(clockMs - this.#clockMs, threadMs - this.#threadMs));
    [this.#clockMs, this.#threadMs] = [clockMs, threadMs];
  }
}
