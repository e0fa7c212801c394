import { AppliedWaiters, type Ticket } from './applied-waiters.js';

/** How far the state machine is, how far it will be once the applier rests, and who waits for an index. */
export class AppliedIndex {
  readonly #waiters = new AppliedWaiters();
  #index: number;
  /** The last entry that was put on commitC. */
  #handedOver: number;

  constructor(index: number) {
    this.#index = index;
    this.#handedOver = index;
  }

  get value(): number {
    return this.#index;
  }

  /** All that was handed over is applied. */
  get isSettled(): boolean {
    return this.#index === this.#handedOver;
  }

  /** Calls the ticket, in this turn if the index is applied, else once it is. */
  when(index: number, ticket: Ticket): void {
    if (this.#index < index) this.#waiters.add(index, ticket);
    else if (!ticket.abandoned) ticket.ready();
  }

  handedOver(index: number): void {
    this.#handedOver = index;
  }

  reached(index: number): void {
    this.#index = index;
    this.#waiters.reached(index);
  }

  /** A snapshot has taken the state's place. */
  restored(index: number): void {
    this.#handedOver = index;
    this.reached(index);
  }
}
