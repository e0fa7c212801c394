import { ByteSlabs } from '../../util/byte-slabs.js';
import { decodeKeyValue, withoutValue, type KeyValue } from '../format/key-value.js';
import type { Plan } from './range-plan.js';
import { sortInSlices } from './sliced-sort.js';

interface Picked {
  readonly bytes: Uint8Array;
  /** Present if rows are sorted. */
  readonly decoded: KeyValue | undefined;
}

/** Memory of a row beside its bytes, and beside its decoded form. */
const ROW_BYTES = 160;
const DECODED_ROW_BYTES = 352;
/** Rows beyond the limit that a sorting picker holds before it cuts them. */
const SORT_SLACK_ROWS = 1024;

/** Takes the versions of a walk, and keeps the rows of the answer. */
export class RowPicker {
  readonly #plan: Plan;
  readonly #spend: (units: number) => Promise<void> | undefined;
  /** Shared buffers for the rows. Undefined if rows may be dropped again: each row left would keep a whole buffer. */
  readonly #slabs: ByteSlabs | undefined;
  #picked: Picked[] = [];
  #passed = 0;
  #bytes = 0;

  constructor(plan: Plan, spend: (units: number) => Promise<void> | undefined) {
    this.#plan = plan;
    this.#spend = spend;
    this.#slabs = plan.pick === 'sorted' && plan.limit < Infinity ? undefined : new ByteSlabs();
  }

  /** Memory of the rows that it holds. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether later versions can change only the `count` of the answer. */
  get full(): boolean {
    return this.#plan.pick !== 'sorted' && this.#passed > this.#plan.limit;
  }

  /** Whether `cut` is due. */
  get hasTooMany(): boolean {
    return this.#plan.pick === 'sorted' && this.#picked.length >= this.#plan.limit * 2 + SORT_SLACK_ROWS;
  }

  add(bytes: Uint8Array): void {
    if (this.full) return;
    const { filter, sorting, keysOnly, sortsValues } = this.#plan;
    if (filter !== undefined && !filter(decodeKeyValue(bytes))) return;
    this.#passed++;
    // Drops the value, which a view would keep in memory. A sorting of values needs it: finish() then drops it.
    const wanted = keysOnly && !sortsValues ? withoutValue(bytes) : bytes;
    const kept = this.#slabs?.copy(wanted) ?? wanted;
    this.#picked.push({ bytes: kept, decoded: sorting === undefined ? undefined : decodeKeyValue(kept) });
    this.#bytes += this.#sizeOf(kept);
  }

  /** Many small rows are mostly objects: what the bytes alone would say ended a process whose bound was far away. */
  #sizeOf(kept: Uint8Array): number {
    return kept.length + ROW_BYTES + (this.#plan.sorting === undefined ? 0 : DECODED_ROW_BYTES);
  }

  /** Sorts the rows, in slices, and drops those beyond the limit. */
  async cut(): Promise<void> {
    const { sorting, limit } = this.#plan;
    if (sorting !== undefined) {
      const compare = (left: Picked, right: Picked): number =>
        left.decoded === undefined || right.decoded === undefined ? 0 : sorting(left.decoded, right.decoded);
      this.#picked = await sortInSlices(this.#picked, compare, this.#spend);
    }
    if (this.#picked.length <= limit) return;
    for (const { bytes } of this.#picked.splice(limit)) this.#bytes -= this.#sizeOf(bytes);
  }

  /** The rows of the answer, and whether more rows passed the filter. */
  async finish(): Promise<{ readonly keyValues: readonly Uint8Array[]; readonly more: boolean }> {
    await this.cut();
    const { keysOnly, sortsValues, limit } = this.#plan;
    const strip = keysOnly && sortsValues;
    const keyValues: Uint8Array[] = [];
    for (const { bytes } of this.#picked) {
      keyValues.push(strip ? withoutValue(bytes) : bytes);
      // A row that is not copied costs a tenth.
      const rest = this.#spend(strip ? 1 : 0.1);
      if (rest !== undefined) await rest;
    }
    return { keyValues, more: this.#passed > limit };
  }
}
