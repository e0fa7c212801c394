import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import type { EngineCursor, EngineOperation, EngineRange } from '../../../src/ports/engine.js';
import { compareBytes } from '../../../src/util/bytes.js';

/** An engine that keeps a mark of each row that is removed, as LevelDB does, and counts the marks in the ranges of cursors. */
export class MarkingEngine extends MemoryEngine {
  passed = 0;
  /** Ranges of which the space was reclaimed. */
  readonly compacted: { readonly gte: Uint8Array; readonly lt: Uint8Array }[] = [];
  readonly #marks: Uint8Array[] = [];

  override write(operations: Iterable<EngineOperation>): Promise<void> {
    return super.write(this.#marked(operations));
  }

  override cursor(range: EngineRange): EngineCursor {
    const { gte, gt, lt } = range;
    for (const mark of this.#marks) {
      const isAbove = gt === undefined ? gte === undefined || compareBytes(mark, gte) >= 0 : compareBytes(mark, gt) > 0;
      if (isAbove && (lt === undefined || compareBytes(mark, lt) < 0)) this.passed += 1;
    }
    return super.cursor(range);
  }

  *#marked(operations: Iterable<EngineOperation>): Generator<EngineOperation, void, undefined> {
    for (const operation of operations) {
      if (operation.type === 'delete') this.#marks.push(Buffer.from(operation.key));
      yield operation;
    }
  }

  override async compactRange(range?: (typeof this.compacted)[number]): Promise<void> {
    if (range !== undefined) this.compacted.push(range);
  }

  /** Forgets the marks. */
  reset(): void {
    this.#marks.length = 0;
    this.passed = 0;
  }
}
