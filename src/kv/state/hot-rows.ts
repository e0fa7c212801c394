/** A row that was looked up: its bytes, or null for "there is none". */
export type HotRow = Uint8Array | null;

/** What an entry costs beside the bytes of key and value, roughly: a Map slot, a string, a Buffer. */
const ENTRY_OVERHEAD_BYTES = 200;

/**
 * The rows that were read or written of late, bounded in bytes. Two generations stand in for an exact order of use:
 * what is touched moves to the young one, and when that is half of the bound, the old one is let go whole.
 */
export class HotRows {
  readonly #generationBytes: number;
  #young = new Map<string, HotRow>();
  #old = new Map<string, HotRow>();
  #youngBytes = 0;

  /** @param capacityBytes what keys and values may hold together, roughly */
  constructor(capacityBytes: number) {
    this.#generationBytes = capacityBytes / 2;
  }

  /** Undefined: not known here. */
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
