import { wholeMessage } from './encoded-message.js';
import type { EncodedMessage, Trailers, UnaryCall } from './service.js';
import type { Status } from './status.js';

export type LocalOutcome =
  { readonly kind: 'ok'; readonly body: Uint8Array } | { readonly kind: 'failed'; readonly status: Status };

/** A call that this process makes itself. Its time limit is observed by those that wait for `remainingMs`. */
export class LocalCall implements UnaryCall {
  readonly certificate = undefined;
  readonly cancelled = false;
  readonly outcome: Promise<LocalOutcome>;
  readonly #untilMs: number;
  readonly #now: () => number;
  #resolve: (outcome: LocalOutcome) => void = () => undefined;

  /** @param now a monotonic clock, in ms */
  constructor(options: { readonly limitMs: number; readonly now: () => number }) {
    this.#now = options.now;
    this.#untilMs = options.now() + options.limitMs;
    this.outcome = new Promise((resolve) => (this.#resolve = resolve));
  }

  metadata(): undefined {
    return undefined;
  }

  remainingMs(): number {
    return this.#untilMs - this.#now();
  }

  onCancel(): void {
    // The caller is this process: it does not go away.
  }

  respond(body: EncodedMessage, _trailers?: Trailers): void {
    this.#resolve({ kind: 'ok', body: wholeMessage(body) });
  }

  fail(status: Status): void {
    this.#resolve({ kind: 'failed', status });
  }
}
