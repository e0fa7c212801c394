import type { EngineOperation, EngineReader } from '../../ports/engine.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { addToSum, recordChecksum } from '../state/record-hash.js';

/** The rows of records that a batch writes, as lookups see them on top of the published state. */
export class DraftRecords {
  readonly #base: Pick<EngineReader, 'get'>;
  /** By engine key. A later operation replaces an earlier one. */
  readonly #written = new Map<string, EngineOperation>();
  #sum = 0;

  constructor(base: Pick<EngineReader, 'get'>) {
    this.#base = base;
  }

  /** What the batch adds to the hash of records. */
  get sum(): number {
    return this.#sum;
  }

  get isEmpty(): boolean {
    return this.#written.size === 0;
  }

  /** The value of a row; undefined if it does not exist. */
  get(key: Uint8Array): Uint8Array | undefined {
    const written = this.#written.size === 0 ? undefined : this.#written.get(bytesToLatin1(key));
    if (written === undefined) return this.#base.get(key);
    return written.type === 'put' ? written.value : undefined;
  }

  /** @param before the value that the row has; null if it does not exist. Default: it is looked up */
  write(operation: EngineOperation, before: Uint8Array | null = this.get(operation.key) ?? null): void {
    const { key } = operation;
    if (before !== null) this.#sum = addToSum(this.#sum, -recordChecksum({ key, value: before }));
    if (operation.type === 'put') this.#sum = addToSum(this.#sum, recordChecksum(operation));
    this.#written.set(bytesToLatin1(key), operation);
  }

  /** For the engine. */
  operations(): MapIterator<EngineOperation> {
    return this.#written.values();
  }
}
