import type { CallerCertificate, StreamCall } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';

/** A call that can be ended from outside its handler, to which that looks like a cancellation. */
export class RevocableCall implements StreamCall<unknown> {
  readonly #call: StreamCall<unknown>;
  readonly #onOver: () => void;
  readonly #cancelCallbacks: (() => void)[] = [];
  #state: 'open' | 'over' | 'cancelled' = 'open';

  constructor(call: StreamCall<never>, onOver: () => void) {
    this.#call = call;
    this.#onOver = onOver;
    this.#call.onCancel(() => this.#cancel());
  }

  get certificate(): CallerCertificate | undefined {
    return this.#call.certificate;
  }

  get cancelled(): boolean {
    return this.#state === 'cancelled';
  }

  /** Whether it is neither answered nor cancelled. */
  protected get isOpen(): boolean {
    return this.#state === 'open';
  }

  revoke(status: Status): void {
    if (this.#state !== 'open') return;
    this.#call.fail(status);
    this.#cancel();
  }

  metadata(name: string): string | undefined {
    return this.#call.metadata(name);
  }

  remainingMs(): number | undefined {
    return this.#call.remainingMs();
  }

  onCancel(callback: () => void): void {
    if (this.cancelled) callback();
    else this.#cancelCallbacks.push(callback);
  }

  onMessage(callback: (request: unknown) => void): void {
    this.#call.onMessage(callback);
  }

  onEnd(callback: () => void): void {
    this.#call.onEnd(callback);
  }

  send(body: Uint8Array): boolean {
    return this.#call.send(body);
  }

  onDrain(callback: () => void): void {
    this.#call.onDrain(callback);
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  end(...trailers: Parameters<StreamCall<unknown>['end']>): void {
    this.#over();
    this.#call.end(...trailers);
  }

  fail(...outcome: Parameters<StreamCall<unknown>['fail']>): void {
    this.#over();
    this.#call.fail(...outcome);
  }

  #over(): void {
    if (this.#state !== 'open') return;
    this.#state = 'over';
    this.#onOver();
  }

  #cancel(): void {
    if (this.#state !== 'open') return;
    this.#state = 'cancelled';
    this.#onOver();
    for (const callback of this.#cancelCallbacks.splice(0)) callback();
  }
}
