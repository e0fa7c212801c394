import type { RaftKvError } from '../errors.js';
import { isUnreachable } from './failures.js';

export interface ReachLimits {
  /** How long to keep trying while no member accepts a connection, in ms. */
  readonly unreachableMs: number;
  /** How long to keep trying in all, in ms. */
  readonly totalMs: number;
}

/** Decides when a stream that goes from member to member gives up, counted from when it last worked. */
export class Reach {
  #sinceMs = performance.now();
  #reached = false;
  /** Failures in a row of TLS handshakes that will fail again. */
  #insecure = 0;

  /** Whether any member has accepted a connection since the stream last worked. */
  get reached(): boolean {
    return this.#reached;
  }

  /** The stream works now. */
  working(): void {
    this.#sinceMs = performance.now();
    this.#reached = false;
    this.#insecure = 0;
  }

  /** Counts a failed attempt. */
  failed(error: RaftKvError): void {
    this.#reached ||= !isUnreachable(error);
    this.#insecure = error.code === 'tls-failed' ? this.#insecure + 1 : 0;
  }

  /** Whether no connection to any of the members can be made securely. @param members their number */
  isInsecure(members: number): boolean {
    return this.#insecure >= members;
  }

  /** @param roundOver every member has been tried since the last pause */
  isOver({ unreachableMs, totalMs }: ReachLimits, roundOver: boolean): boolean {
    const elapsedMs = performance.now() - this.#sinceMs;
    return elapsedMs >= totalMs || (!this.#reached && roundOver && elapsedMs >= unreachableMs);
  }
}
