import { CachedRows, type HotRow } from './cached-rows.js';

export type { HotRow } from './cached-rows.js';

/** Rows of longer keys are not kept. */
const KEY_BYTES_MAX = 1024;

/**
 * A cache of recently read and written rows by user key, bounded in bytes. Two generations approximate
 * least-recently-used: a row that is used moves to the young generation, and when that holds half of the bound, the old
 * one is dropped. Hashes are those of one `KeyHash`.
 */
export class HotRows {
  readonly #generationBytes: number;
  #young = new CachedRows();
  #old = new CachedRows();

  /** @param capacityBytes approximate bound on the memory for the rows */
  constructor(capacityBytes: number) {
    this.#generationBytes = capacityBytes / 2;
  }

  /** @returns undefined if the row is not cached */
  get(key: Uint8Array, hash: number): HotRow | undefined {
    const young = this.#young.find(key, hash);
    if (young >= 0) return this.#young.row(young);
    const old = this.#old.find(key, hash);
    if (old < 0) return undefined;
    const row = this.#old.row(old);
    this.#set(young, { key, hash }, row);
    return row;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  set(key: Uint8Array, hash: number, row: HotRow): void {
    if (key.length <= KEY_BYTES_MAX) this.#set(this.#young.find(key, hash), { key, hash }, row);
  }

  /** Takes a row in place of another one of its key. Caches nothing if there is none. */
  replace(key: Uint8Array, hash: number, row: HotRow): void {
    const young = this.#young.find(key, hash);
    if (young >= 0 || this.#old.find(key, hash) >= 0) this.#set(young, { key, hash }, row);
  }

  #set(found: number, place: { readonly key: Uint8Array; readonly hash: number }, row: HotRow): void {
    this.#young.set(found, place, row);
    if (this.#young.bytes <= this.#generationBytes) return;
    const dropped = this.#old;
    dropped.clear();
    this.#old = this.#young;
    this.#young = dropped;
  }
}
