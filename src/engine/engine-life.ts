import { asError } from '../util/error.js';
import { EngineClosedError } from './errors.js';

/** Whether an engine can be used: until it is closed, and written until a write or a flush fails. */
export class EngineLife {
  #closing: Promise<void> | undefined;
  #failure: Error | undefined;

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** The first failure is final: batches after one that was lost would leave a hole. @returns the first failure */
  fail(thrown: unknown): Error {
    this.#failure ??= asError(thrown);
    return this.#failure;
  }

  /** Closes the engine once. @param release ends its work and frees what it holds */
  close(release: () => Promise<void>): Promise<void> {
    this.#closing ??= release();
    return this.#closing;
  }

  assertNotFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  assertOpen(): void {
    if (this.#closing !== undefined) throw new EngineClosedError('the engine is closed');
  }

  assertUsable(): void {
    this.assertOpen();
    this.assertNotFailed();
  }
}
