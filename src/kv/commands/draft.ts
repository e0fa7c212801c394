import type { EngineCursor, EngineOperation, EngineRange } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import { Pacer } from '../../util/pacer.js';
import type { HotRows } from '../state/hot-rows.js';
import { decodeRevisions, encodeKeyValue, leaseOf } from '../format/key-value.js';
import { currentKey, currentRange, leasedKey, leaseKey, Table, tableOf, type KeyRange } from '../format/layout.js';
import type { WrittenVersion } from '../format/row-maker.js';
import { FeedsDraft } from '../feeds/feeds-draft.js';
import type { Feeds } from '../feeds/feed.js';
import { DraftIndexes } from '../indexes/draft-indexes.js';
import { IndexTable, type Index } from '../indexes/index-table.js';
import { leaseRow, type Lease, type LeaseChange, type LeaseTable } from '../leases/leases.js';
import { DraftRows, type Slot } from './draft-rows.js';
import { KeyCountChanges } from '../reads/key-count-changes.js';
import type { KeyCountChange } from '../reads/key-count-change.js';
import { isRecord } from '../state/record-hash.js';
import { SLICE_UNITS, type StateReader } from '../state/state-reader.js';
import type { View } from '../state/view.js';

/** One write, as watches see it. Its byte strings must not be changed. */
export type Change = Pick<WrittenVersion, 'revision' | 'sub' | 'kind' | 'key' | 'keyValue' | 'previous'>;

export interface DraftOptions {
  /** Whether to collect changes for watches. */
  readonly collectChanges: boolean;
  /** Those of the published state. */
  readonly leases: Pick<LeaseTable, 'get'>;
  readonly feeds: Feeds;
  /** Those of the published state. Default: none. */
  readonly indexes?: IndexTable | undefined;
  /** Awaited between two slices of a large command. */
  readonly pause: () => Promise<void>;
  /** Called after each slice of a large command, while it is executed and while it is written. */
  readonly onSlice?: () => void;
  /** Default: DEFAULT_LARGE_BATCH_CHANGES. */
  readonly largeBatchChanges?: number | undefined;
}

/** Cost of writing a row of records, whose value is looked up, in units of `StateReader.spend`. */
const RECORD_UNITS = 4;
/** Cost of deleting one key, in units of `StateReader.spend`. */
export const DELETION_UNITS = 16;

/**
 * Changes from which on a batch is large. It then ends with the current command, so that the next one is not held up; its
 * changes are no longer collected, as watches read them from the change log; and versions that the command deletes from
 * then on are kept without rows.
 */
export const DEFAULT_LARGE_BATCH_CHANGES = 4096;

/**
 * A batch ends once it has this part of the changes of a large one. Then its callers get their answers, and prepare their
 * next calls while the next batch is applied.
 */
const BATCHES_PER_LARGE = 8;

/** Memory of index entries at which a batch ends, and is large: a put of a few bytes may have hundreds of entries, each with its key. */
const INDEX_BYTES_MAX = 16 * 1024 * 1024;

/**
 * A batch of commands: rows that will be written together, as an overlay on the published state. Each command sees the
 * writes of those before it. Readers see the batch once the engine has written all of it.
 */
export class Draft implements StateReader {
  readonly #base: View;
  readonly #rows: DraftRows;
  readonly #leases: Pick<LeaseTable, 'get'>;
  readonly #leaseChanges: LeaseChange[] = [];
  /** The lease of each id that was granted or revoked; null after a revocation. */
  readonly #leasesNow = new Map<bigint, Lease | null>();
  /** Change feeds as the batch changes them. */
  readonly feeds: FeedsDraft;
  readonly #countChanges = new KeyCountChanges();
  /** Undefined where no index is defined. */
  #indexes: DraftIndexes | undefined;
  /** Whether changes are still collected for watches. */
  #collects: boolean;
  #changeCount = 0;
  readonly #largeChanges: number;
  readonly #pacer: Pacer;
  readonly #onSlice: (() => void) | undefined;
  /** Operations applied, for the metrics. */
  readonly counts = { puts: 0, deletes: 0, txns: 0 };
  #finishedRevision: number;
  #compactedRevision: number;
  /** Work since the last call of `spend` that had no place to wait. */
  #unspent = 0;
  /** Writes of the current command so far. They share one revision. */
  #sub = 0;

  constructor(base: View, { collectChanges, leases, feeds, indexes, pause, onSlice, largeBatchChanges }: DraftOptions) {
    this.#base = base;
    if (indexes !== undefined && indexes.lastId > 0) this.#indexes = new DraftIndexes(base, indexes);
    this.#largeChanges = largeBatchChanges ?? DEFAULT_LARGE_BATCH_CHANGES;
    this.#leases = leases;
    this.#finishedRevision = base.revision;
    this.#compactedRevision = base.compactedRevision;
    this.#collects = collectChanges;
    this.#onSlice = onSlice;
    const finishSlice = (): Promise<void> => {
      onSlice?.();
      return pause();
    };
    this.#pacer = new Pacer({ pause: finishSlice, sliceUnits: SLICE_UNITS });
    this.#rows = new DraftRows(base, { spend: (units) => this.#pacer.spend(units) });
    this.feeds = new FeedsDraft(feeds, (row) => this.writeRecord(row));
  }

  /** The revision that a read inside the current command sees: the command's own, once it has written. */
  get revision(): number {
    return this.#sub > 0 ? this.#finishedRevision + 1 : this.#finishedRevision;
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  /** The revision of the current command's writes. */
  get writeRevision(): number {
    return this.#finishedRevision + 1;
  }

  /** Undefined where they were not collected, or are too many. */
  get changes(): readonly Change[] | undefined {
    return this.#collects ? this.#rows.writes : undefined;
  }

  /** Whether no further command should join the batch. */
  get isFull(): boolean {
    // A batch ends with a compaction, so that the changes before it are few and go to watches from memory.
    return (
      this.#changeCount >= this.#largeChanges / BATCHES_PER_LARGE ||
      this.indexBytes >= INDEX_BYTES_MAX ||
      this.#compactedRevision > this.#base.compactedRevision
    );
  }

  #isLarge(): boolean {
    return this.#changeCount >= this.#largeChanges || this.indexBytes >= INDEX_BYTES_MAX;
  }

  /** Leases granted and revoked, in order. */
  get leaseChanges(): readonly LeaseChange[] {
    return this.#leaseChanges;
  }

  /** Keys created and deleted, in order. */
  get countChanges(): readonly KeyCountChange[] {
    return this.#countChanges.all;
  }

  get indexes(): IndexTable {
    return this.#indexes?.table ?? IndexTable.empty;
  }

  setIndexes(table: IndexTable): void {
    this.#indexes ??= new DraftIndexes(this.#base, table);
    this.#indexes.table = table;
  }

  /** Memory of the index entries that the batch begins and ends, in bytes; more than their rows take. */
  get indexBytes(): number {
    return this.#indexes?.bytes ?? 0;
  }

  /** The indexes at the end of the batch; undefined where none is defined. */
  get finishedIndexes(): IndexTable | undefined {
    return this.#indexes?.finished();
  }

  /** Adds a version to an index that does not cover its key yet. @returns its encoded values */
  addToIndex(index: Index, keyValue: Uint8Array): readonly Uint8Array[] {
    return this.#indexes?.add(index, keyValue, this.revision) ?? [];
  }

  /** Forgets what an index holds, as it is not maintained from here on. */
  forgetIndex(id: number): void {
    this.#indexes?.forget(id);
  }

  slot(userKey: Uint8Array): Slot {
    return this.#rows.slot(userKey);
  }

  /** The same for a row that a walk over this draft has just read. */
  slotHolding(userKey: Uint8Array, row: Uint8Array): Slot {
    return { userKey, hash: this.#base.hashOf(userKey), row };
  }

  /** The same for many keys at once, read beside the event loop. */
  async slots(userKeys: readonly Uint8Array[]): Promise<readonly Slot[]> {
    const rows = await this.#base.rows.getMany(userKeys.map((userKey) => currentKey(userKey)));
    return userKeys.map((userKey, at) => {
      const hash = this.#base.hashOf(userKey);
      const written = this.#rows.written(userKey, hash);
      const row = written === undefined ? rows[at] : (written ?? undefined);
      return { userKey, hash, row };
    });
  }

  /** Whether the key was not written since the slot was taken. */
  isCurrent({ userKey, hash, row }: Slot): boolean {
    const written = this.#rows.written(userKey, hash);
    return written === undefined || (written ?? undefined) === row;
  }

  /** See `StateReader`. Readers keep to the published state while a command pauses. */
  spend(units: number): Promise<void> | undefined {
    const own = units + this.#unspent + this.feeds.takeUnits();
    this.#unspent = 0;
    return this.#pacer.spend(this.#indexes === undefined ? own : own + this.#indexes.takeUnits());
  }

  /** Counts work where none can be awaited: it is added to the next `spend`. */
  spent(units: number): void {
    this.#unspent += units;
  }

  current(userKey: Uint8Array): Uint8Array | undefined {
    return this.slot(userKey).row;
  }

  hasLease(id: bigint): boolean {
    return this.lease(id) !== undefined;
  }

  lease(id: bigint): Lease | undefined {
    const changed = this.#leasesNow.get(id);
    return changed === undefined ? this.#leases.get(id) : (changed ?? undefined);
  }

  /** The walk does not see rows that are written after it began. */
  cursor(range: EngineRange): EngineCursor {
    const { gte = range.gt } = range;
    if (this.#indexes !== undefined && gte !== undefined && tableOf(gte) === Table.entries) {
      return this.#rows.cursorOver(range, this.#indexes.entries);
    }
    return this.#rows.cursor(range);
  }

  async count(range: KeyRange): Promise<number> {
    const { gte, lt } = currentRange(range);
    const changed = this.#countChanges.sumIn({ from: bytesToLatin1(gte), to: bytesToLatin1(lt) });
    return (await this.#base.count(range)) + changed;
  }

  async countAt(range: KeyRange, revision: number): Promise<number | undefined> {
    return revision <= this.#base.revision ? await this.#base.countAt(range, revision) : undefined;
  }

  /** Writes a version over the slot's row. The slot must have been taken since the key was last written. */
  put(slot: Slot, value: Uint8Array, lease: bigint): void {
    const revision = this.writeRevision;
    const previous = slot.row === undefined ? undefined : decodeRevisions(slot.row);
    const { createRevision = revision, version = 0 } = previous ?? {};
    const { userKey: key } = slot;
    const keyValue = encodeKeyValue({ key, createRevision, modRevision: revision, version: version + 1, value, lease });
    this.#attach(slot, lease);
    this.counts.puts += 1;
    this.#record(slot, 'put', { keyValue, previousRevision: previous?.modRevision ?? 0 });
  }

  /**
   * Ends a version that the command has found, in the order of the keys. In a large batch the key can be looked up again
   * only behind `finishDeletion` with a range that holds it.
   */
  deleteFound(slot: Slot): void {
    if (!this.#isLarge() || this.#rows.written(slot.userKey, slot.hash) !== undefined) return this.delete(slot);
    const row = defined(slot.row, 'the version to delete');
    this.#collects = false;
    this.#indexes?.changed({ key: slot.userKey, previous: row, next: undefined, revision: this.writeRevision }, true);
    this.#rows.delete({ engineKey: currentKey(slot.userKey), row }, { revision: this.writeRevision, sub: this.#sub });
    this.#sub++;
    this.#changeCount++;
  }

  /** Ends a series of `deleteFound`. @param range all of whose keys were found; undefined if no command reads them again */
  finishDeletion(range: KeyRange | undefined): void {
    for (const change of this.#rows.finishDeletions(range)) this.#countChanges.add(change);
  }

  /** Ends the slot's version, which must exist. */
  delete(slot: Slot): void {
    const { modRevision } = decodeRevisions(defined(slot.row, 'the version to delete'));
    this.#attach(slot, 0n);
    this.#record(slot, 'delete', { keyValue: undefined, previousRevision: modRevision });
  }

  grantLease(lease: Lease): void {
    assert(!this.hasLease(lease.id), 'a lease is granted twice');
    this.#leasesNow.set(lease.id, lease);
    this.#leaseChanges.push({ kind: 'granted', lease });
    this.writeRecord(leaseRow(lease), null);
  }

  /** Its keys must have been deleted before. */
  revokeLease(lease: Lease): void {
    assert(this.lease(lease.id) === lease, 'a lease is revoked twice');
    this.#leasesNow.set(lease.id, null);
    this.#leaseChanges.push({ kind: 'revoked', lease });
    this.writeRecord({ type: 'delete', key: leaseKey(lease.id) });
  }

  /** Discards the history below a revision, at once for every read. The rows are removed later. */
  compact(revision: number): void {
    assert(revision > this.#compactedRevision && revision <= this.revision, 'compaction out of range');
    this.#compactedRevision = revision;
  }

  /** What the batch adds to the hash of records. */
  get recordSum(): number {
    return this.#rows.records.sum;
  }

  /** The value of a row of records; undefined if it does not exist. */
  record(key: Uint8Array): Uint8Array | undefined {
    return this.#rows.records.get(key);
  }

  /**
   * Writes a row of records: of a table that the hash of records covers.
   * @param before the value that the row has; null if it does not exist. Default: it is looked up
   */
  writeRecord(operation: EngineOperation, before?: Uint8Array | null): void {
    this.#unspent += RECORD_UNITS;
    this.#rows.records.write(operation, before);
  }

  /** Writes a row that belongs neither to the key space nor to the records. */
  write(operation: EngineOperation): void {
    assert(!isRecord(operation.key), 'a row of records is written without its hash');
    this.#rows.addOther(operation);
  }

  /** Ends a command. Its revision is used up if it wrote. */
  finishCommand(): void {
    this.#finishedRevision = this.revision;
    this.#sub = 0;
  }

  /** All rows of the batch, for the engine. */
  operations(): Iterable<EngineOperation> {
    return this.#rows.operations(this.isFull ? this.#onSlice : undefined, this.#indexes?.operations());
  }

  /** Updates a cache of the published state, once this batch is published. */
  refresh(hotRows: HotRows): void {
    if (this.#isLarge()) hotRows.clear();
    else this.#rows.refresh(hotRows);
  }

  /** Moves a key to the lease of its newest version; to none where that is 0. */
  #attach({ userKey, row }: Slot, lease: bigint): void {
    const before = row === undefined ? 0n : leaseOf(row);
    if (before === lease) return;
    if (before !== 0n) this.#rows.addLeased({ type: 'delete', key: leasedKey(before, userKey) });
    if (lease !== 0n) this.#rows.addLeased({ type: 'put', key: leasedKey(lease, userKey), value: PRESENT });
  }

  #record(
    slot: Slot,
    kind: 'put' | 'delete',
    { keyValue, previousRevision }: { keyValue: Uint8Array | undefined; previousRevision: number },
  ): void {
    const { userKey: key, hash, row: previous } = slot;
    if (kind === 'delete') this.#countChanges.add({ id: this.#rows.idOf(key), delta: -1, hash });
    else if (previous === undefined) this.#countChanges.add({ id: this.#rows.idOf(key), delta: 1, hash });
    const { writeRevision: revision } = this;
    this.#indexes?.changed({ key, previous, next: keyValue, revision });
    const sub = this.#sub++;
    this.#rows.add(hash, { revision, sub, kind, key, keyValue, previous, previousRevision });
    if (++this.#changeCount > this.#largeChanges) this.#collects = false;
  }
}

const PRESENT = Buffer.from([1]);
