/** A row that was looked up: its bytes, or null if it does not exist. */
export type HotRow = Uint8Array | null;

/** Approximate memory of an entry beside key and value: a Map slot, a string, a Buffer. */
const ENTRY_OVERHEAD_BYTES = 200;

/**
 * A cache of recently read and written rows, bounded in bytes. Two generations approximate least-recently-used: a row
 * that is used moves to the young generation, and when that holds half of the bound, the old one is dropped.
 */
export class HotRows {
  readonly #generationBytes: number;
  #young = new Map<string, HotRow>();
  #old = new Map<string, HotRow>();
  #youngBytes = 0;

  /** @param capacityBytes approximate bound on keys and values together */
  constructor(capacityBytes: number) {
    this.#generationBytes = capacityBytes / 2;
  }

  /** @returns undefined if the row is not cached */
  get(key: string): HotRow | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngBytes = 0;
  }

  set(key: string, row: HotRow): void {
    const known = this.#young.get(key);
    if (known === undefined) this.#youngBytes += key.length + ENTRY_OVERHEAD_BYTES;
    this.#youngBytes += (row?.length ?? 0) - (known?.length ?? 0);
    this.#young.set(key, row);
    if (this.#youngBytes <= this.#generationBytes) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}
