import type { EngineOperation } from '../../ports/engine.js';
import { PackedBytes } from '../../util/packed-bytes.js';
import { compareBytes } from '../../util/bytes.js';
import { leaseOf, modRevisionOf } from '../format/key-value.js';
import type { LoggedChange } from '../format/change-row.js';
import { historyRow } from '../format/history-row.js';
import { currentUserKey, leasedKey } from '../format/layout.js';
import { RowMaker } from '../format/row-maker.js';
import { KeyRun, deletionsOf, type KeyCountChange } from '../reads/key-count-change.js';

/** Versions in one block. */
const BLOCK_VERSIONS = 256;

/** Where a deletion stands among the changes. */
interface ChangePosition {
  readonly revision: number;
  /** The position within the revision. */
  readonly sub: number;
}

/** Versions that were deleted in the order of their keys, by adjacent changes of one revision. */
interface Block {
  readonly first: ChangePosition;
  /** Keys of the current table. */
  readonly keys: PackedBytes;
  /** The encoded versions. */
  readonly versions: PackedBytes;
}

/**
 * Versions that a batch deletes. Their rows are made when the engine takes them, and live no longer than that: kept from
 * the deletion on, a dozen objects for each key would cost more than the deletion itself.
 */
export class DeletedVersions {
  readonly #blocks: Block[] = [];
  #block: Block | undefined;
  /** Blocks that `takeCountChanges` and `takeHistoryRows` have returned. */
  #counted = 0;
  #walked = 0;

  /** Copies both. @param engineKey the key in the current table */
  add(
    { engineKey, row }: { readonly engineKey: Uint8Array; readonly row: Uint8Array },
    position: ChangePosition,
  ): void {
    const block =
      this.#block !== undefined && takes(this.#block, engineKey, position) ? this.#block : this.#begin(position);
    block.keys.add(engineKey);
    block.versions.add(row);
  }

  /** The keys as changes of the number of keys: those deleted since the last call. */
  takeCountChanges(): readonly KeyCountChange[] {
    this.#block = undefined;
    const changes = this.#blocks.slice(this.#counted).map(({ keys }) => deletionsOf(new KeyRun(keys)));
    this.#counted = this.#blocks.length;
    return changes;
  }

  /** The rows in the history table of versions deleted since the last call. */
  takeHistoryRows(): Iterable<EngineOperation> {
    const blocks = this.#blocks.slice(this.#walked);
    this.#walked = this.#blocks.length;
    return historyRows(blocks);
  }

  /** The rows that the deletions write, table by table: an engine takes them fastest in this order. */
  tables(): readonly Iterable<EngineOperation>[] {
    const blocks = this.#blocks;
    return [currentRows(blocks), historyRows(blocks), leasedRows(blocks), changeRows(blocks)];
  }

  #begin(first: ChangePosition): Block {
    // The next block is probably as large as the last one.
    const { keys, versions } = this.#block ?? {};
    const block = { first, keys: new PackedBytes(keys?.bytes), versions: new PackedBytes(versions?.bytes) };
    this.#block = block;
    this.#blocks.push(block);
    return block;
  }
}

function takes({ first, keys }: Block, engineKey: Uint8Array, { revision, sub }: ChangePosition): boolean {
  return (
    keys.length < BLOCK_VERSIONS &&
    first.revision === revision &&
    first.sub + keys.length === sub &&
    compareBytes(keys.at(keys.length - 1), engineKey) < 0
  );
}

function* currentRows(blocks: readonly Block[]): Generator<EngineOperation, void, undefined> {
  for (const { keys } of blocks) {
    for (let at = 0; at < keys.length; at++) yield { type: 'delete', key: keys.at(at) };
  }
}

function* historyRows(blocks: readonly Block[]): Generator<EngineOperation, void, undefined> {
  for (const { first, keys, versions } of blocks) {
    for (let at = 0; at < keys.length; at++) {
      const version = { end: first.revision, keyValue: versions.at(at) };
      yield { type: 'put', ...historyRow(currentUserKey(keys.at(at)), version) };
    }
  }
}

function* leasedRows(blocks: readonly Block[]): Generator<EngineOperation, void, undefined> {
  for (const { keys, versions } of blocks) {
    for (let at = 0; at < keys.length; at++) {
      const lease = leaseOf(versions.at(at));
      if (lease !== 0n) yield { type: 'delete', key: leasedKey(lease, currentUserKey(keys.at(at))) };
    }
  }
}

function changeRows(blocks: readonly Block[]): Iterable<EngineOperation> {
  return new RowMaker().changes(changesOf(blocks));
}

function* changesOf(blocks: readonly Block[]): Generator<LoggedChange, void, undefined> {
  for (const { first, keys, versions } of blocks) {
    for (let at = 0; at < keys.length; at++) {
      const previousRevision = modRevisionOf(versions.at(at));
      const key = currentUserKey(keys.at(at));
      const { revision, sub } = first;
      const historyRow = previousRevision;
      yield { revision, sub: sub + at, kind: 'delete', key, previousRevision, historyRow, endsHistoryRow: true };
    }
  }
}
