import type { Method } from './service.js';
import { Code } from './status.js';

const CODES = Object.values(Code).length;

/** How many calls of one method began, how they ended, and what they brought and took: some additions a call. */
export class CallTally {
  readonly method: Pick<Method, 'path' | 'kind'>;
  started = 0;
  /** Messages that came, and their bytes, as gRPC encodes them. */
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  readonly #ended = new Float64Array(CODES);

  constructor(method: Pick<Method, 'path' | 'kind'>) {
    this.method = method;
  }

  receives(bytes: number): void {
    this.received += 1;
    this.receivedBytes += bytes;
  }

  sends(bytes: number): void {
    this.sent += 1;
    this.sentBytes += bytes;
  }

  ended(code: Code): void {
    this.#ended[code] = (this.#ended[code] ?? 0) + 1;
  }

  endedWith(code: Code): number {
    return this.#ended[code] ?? 0;
  }
}

/** The tallies of all methods, whichever host carries their calls. */
export class CallTallies {
  readonly #byPath = new Map<string, CallTally>();

  of(method: Pick<Method, 'path' | 'kind'>): CallTally {
    const found = this.#byPath.get(method.path);
    if (found !== undefined) return found;
    const tally = new CallTally(method);
    this.#byPath.set(method.path, tally);
    return tally;
  }

  all(): readonly CallTally[] {
    return [...this.#byPath.values()];
  }
}
