import type { StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import { RevocableCall } from './revocable-call.js';

/** Checks a message, and calls back once, in this turn or a later one. */
export type MessageCheck = (request: unknown, done: (refused: Status | undefined) => void) => void;

/**
 * A stream whose messages reach its handler once they are checked, in order. A refused one ends the stream: those behind it are
 * dropped unchecked, as are those that wait when the caller has gone.
 */
export class CheckedCall extends RevocableCall {
  readonly #check: MessageCheck;
  #onMessage: (request: unknown) => void = () => undefined;
  #onEnd: () => void = () => undefined;
  /** Whether the caller sends no more messages. */
  #isEnded = false;
  /** Whether a message is being checked. Those that arrive meanwhile wait behind it. */
  #isChecking = false;
  #waiting: unknown[] = [];
  /** Whether the handler has paused the stream. */
  #isPaused = false;

  constructor(call: StreamCall<never>, check: MessageCheck) {
    super(call, () => undefined);
    this.#check = check;
    super.onMessage((request) => this.#receive(request));
    super.onEnd(() => {
      this.#isEnded = true;
      if (!this.#isChecking) this.#onEnd();
    });
  }

  override onMessage(callback: (request: unknown) => void): void {
    this.#onMessage = callback;
  }

  override onEnd(callback: () => void): void {
    this.#onEnd = callback;
  }

  override pause(): void {
    this.#isPaused = true;
    super.pause();
  }

  override resume(): void {
    this.#isPaused = false;
    if (!this.#isChecking) super.resume();
  }

  #receive(request: unknown): void {
    if (!this.isOpen) return;
    if (this.#isChecking) {
      this.#waiting.push(request);
      return;
    }
    let isLate = false;
    this.#isChecking = true;
    this.#check(request, (refused) => {
      this.#isChecking = false;
      if (refused !== undefined) this.revoke(refused);
      else if (this.isOpen) this.#onMessage(request);
      if (isLate) this.#goOn();
    });
    isLate = true;
    // No more are read until this one is checked.
    if (this.#isChecking) super.pause();
  }

  /** After a check that took several turns. */
  #goOn(): void {
    if (!this.isOpen) {
      this.#waiting = [];
      return;
    }
    while (!this.#isChecking && this.#waiting.length > 0) this.#receive(this.#waiting.shift());
    if (this.#isChecking) return;
    if (this.#isEnded) this.#onEnd();
    if (!this.#isPaused) super.resume();
  }
}
