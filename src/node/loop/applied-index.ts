import { AppliedWaiters, type Ticket } from './applied-waiters.js';

/**
 * Index of the last applied entry, index of the last entry sent to the applier, and the callers waiting for an index.
 */
export class AppliedIndex {
  readonly #waiters: AppliedWaiters;
  #index: number;
  /** Index of the last entry in commitC, or taken from it. */
  #sent: number;

  /** @param onAwaited called when a caller begins to wait */
  constructor(index: number, onAwaited: () => void) {
    this.#index = index;
    this.#waiters = new AppliedWaiters(onAwaited);
    this.#sent = index;
  }

  get value(): number {
    return this.#index;
  }

  /** Whether all entries sent to the applier are applied. */
  get isSettled(): boolean {
    return this.#index === this.#sent;
  }

  /** Whether a caller waits. */
  get isAwaited(): boolean {
    return this.#waiters.isAwaited;
  }

  /** Calls the ticket once the index is applied, in this turn if it is. */
  when(index: number, ticket: Ticket): void {
    if (this.#index < index) this.#waiters.add(index, ticket);
    else if (!ticket.abandoned) ticket.ready();
  }

  sent(index: number): void {
    this.#sent = index;
  }

  reached(index: number): void {
    this.#index = index;
    this.#waiters.reached(index);
  }

  /** A snapshot has replaced the state. */
  restored(index: number): void {
    this.#sent = index;
    this.reached(index);
  }
}
