import type { EngineOperation, EngineRange } from '../../ports/engine.js';
import { defined } from '../../util/assert.js';
import { compareBytes } from '../../util/bytes.js';

/** Rows inside a range, in ascending order. They do not change when the table does. */
export interface OverlayRows {
  readonly operations: readonly EngineOperation[];
  /** The part of `operations` that lies inside the range: from here on, below `to`. */
  readonly from: number;
  readonly to: number;
}

/**
 * Rows of one table that a batch has written and the engine does not hold yet. A write is a push. A walk orders the
 * rows written since the last one and keeps the order, so that a transaction may alternate between large deletions and
 * walks.
 */
export class OverlayTable {
  /** In the order of writing. A later operation on the same key wins. */
  readonly #written: EngineOperation[] = [];
  /** The first `#orderedCount` of `#written`, by key, one for each key. Replaced as a whole. */
  #ordered: readonly EngineOperation[] = [];
  #orderedCount = 0;

  /** All writes, in order. */
  get written(): readonly EngineOperation[] {
    return this.#written;
  }

  add(operation: EngineOperation): void {
    this.#written.push(operation);
  }

  /** @param range with a lower and an upper bound */
  rows({ gte, gt, lt }: EngineRange): OverlayRows {
    this.#order();
    const lower = defined(gte ?? gt, 'the lower bound of a walk');
    const from = firstAt(this.#ordered, lower, gte === undefined);
    const to = firstAt(this.#ordered, defined(lt, 'the upper bound of a walk'), false);
    return { operations: this.#ordered, from, to: Math.max(from, to) };
  }

  #order(): void {
    if (this.#orderedCount === this.#written.length) return;
    const added = this.#written.slice(this.#orderedCount);
    // The sort is stable, so of equal keys the last written comes last. Deletions write in order, which sorts in one
    // pass.
    added.sort((left, right) => compareBytes(left.key, right.key));
    this.#ordered = merge(this.#ordered, withoutRepeated(added));
    this.#orderedCount = this.#written.length;
  }
}

/** The index of the first operation at or after a key (after it, if `exclusive`). */
export function firstAt(operations: readonly EngineOperation[], key: Uint8Array, exclusive: boolean): number {
  let low = 0;
  let high = operations.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareBytes(operations[middle]?.key ?? key, key);
    if (order < 0 || (exclusive && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function withoutRepeated(ordered: readonly EngineOperation[]): readonly EngineOperation[] {
  return ordered.filter((operation, at) => {
    const next = ordered[at + 1];
    return next === undefined || compareBytes(operation.key, next.key) !== 0;
  });
}

/**
 * Merges two ordered lists without repeated keys; the newer operation of a key wins. Log n compares for each newer one.
 */
function merge(older: readonly EngineOperation[], newer: readonly EngineOperation[]): readonly EngineOperation[] {
  if (older.length === 0) return newer;
  const merged: EngineOperation[] = [];
  let at = 0;
  for (const operation of newer) {
    const until = firstAt(older, operation.key, false);
    for (; at < until; at++) merged.push(defined(older[at], 'an operation'));
    const replaced = older[at];
    if (replaced !== undefined && compareBytes(replaced.key, operation.key) === 0) at++;
    merged.push(operation);
  }
  for (; at < older.length; at++) merged.push(defined(older[at], 'an operation'));
  return merged;
}
