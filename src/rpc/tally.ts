import type { Method } from './service.js';
import { Code } from './status.js';

const CODES = Object.values(Code).length;

/** Called with each call that has ended, and the time that it took, in ms. */
export type OnCallEnded = (method: Pick<Method, 'path' | 'kind'>, code: Code, ms: number) => void;

/** Counts the calls of one method: starts, outcomes, messages and bytes. */
export class CallTally {
  readonly method: Pick<Method, 'path' | 'kind'>;
  started = 0;
  /** Received messages, and their bytes in gRPC's encoding. */
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  readonly #ended = new Float64Array(CODES);
  readonly #onEnded: OnCallEnded | undefined;

  constructor(method: Pick<Method, 'path' | 'kind'>, onEnded?: OnCallEnded) {
    this.method = method;
    this.#onEnded = onEnded;
  }

  receives(bytes: number): void {
    this.received += 1;
    this.receivedBytes += bytes;
  }

  sends(bytes: number): void {
    this.sent += 1;
    this.sentBytes += bytes;
  }

  /** @param startMs when the call began, by `performance.now()` */
  ended(code: Code, startMs: number): void {
    this.#onEnded?.(this.method, code, performance.now() - startMs);
    this.#ended[code] = (this.#ended[code] ?? 0) + 1;
  }

  endedWith(code: Code): number {
    return this.#ended[code] ?? 0;
  }
}

/** The tallies of all methods, over gRPC and HTTP together. */
export class CallTallies {
  readonly #byPath = new Map<string, CallTally>();
  readonly #onEnded: OnCallEnded | undefined;

  constructor(onEnded?: OnCallEnded) {
    this.#onEnded = onEnded;
  }

  of(method: Pick<Method, 'path' | 'kind'>): CallTally {
    const found = this.#byPath.get(method.path);
    if (found !== undefined) return found;
    const tally = new CallTally(method, this.#onEnded);
    this.#byPath.set(method.path, tally);
    return tally;
  }

  all(): readonly CallTally[] {
    return [...this.#byPath.values()];
  }
}
