import { readFileSync } from 'node:fs';

/** Memory of a process, in MB: `anonymous` is its own, `resident` includes mapped files. */
export interface Memory {
  readonly anonymous: number;
  readonly resident: number;
}

/** As Linux reports it. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { anonymous: field('RssAnon'), resident: field('VmRSS') };
}

/** The peak memory of a process, by samples. */
export class MemoryWatch {
  #peak: Memory = { anonymous: 0, resident: 0 };
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    const sample = (): void => {
      const { anonymous, resident } = memoryOf(pid);
      this.#peak = {
        anonymous: Math.max(this.#peak.anonymous, anonymous),
        resident: Math.max(this.#peak.resident, resident),
      };
    };
    sample();
    this.#timer = setInterval(sample, 50);
  }

  stop(): Memory {
    clearInterval(this.#timer);
    return this.#peak;
  }
}
