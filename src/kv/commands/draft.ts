import type { EngineCursor, EngineOperation, EngineRange } from '../../ports/engine.js';
import { assert, defined } from '../../util/assert.js';
import { bytesToLatin1 } from '../../util/bytes.js';
import type { HotRow, HotRows } from '../state/hot-rows.js';
import { decodeRevisions, encodeKeyValue, leaseOf } from '../format/key-value.js';
import {
  changeKey,
  currentKey,
  currentRange,
  encodeChangeValue,
  encodeHistoryValue,
  historyKey,
  Table,
  type KeyRange,
} from '../format/layout.js';
import { leasedKey, leaseKey, tableOf } from '../format/layout.js';
import { leaseRow, type Lease, type LeaseChange, type LeaseTable } from '../leases/leases.js';
import type { KeyCountChange } from '../reads/key-counts.js';
import { MergedCursor } from '../state/merged-cursor.js';
import type { StateReader } from '../state/state-reader.js';
import type { View } from '../state/view.js';

/** One write, as watches and later indexes see it. Byte strings are not to be changed. */
export interface Change {
  readonly revision: number;
  /** The place within the revision, from 0. */
  readonly sub: number;
  readonly kind: 'put' | 'delete';
  readonly key: Uint8Array;
  /** The encoded mvccpb.KeyValue that a put made. */
  readonly keyValue: Uint8Array | undefined;
  /** The encoded version that it superseded or deleted. */
  readonly previous: Uint8Array | undefined;
}

/** Where the newest version of a key lies, and what lies there. */
export interface Slot {
  readonly userKey: Uint8Array;
  readonly row: Uint8Array | undefined;
  readonly engineKey: Uint8Array;
  readonly id: string;
}

/**
 * The batch that a call of `apply` makes: rows that will be written together, laid over the published state, so that a
 * command sees what those before it did. Nothing else sees it until it is written.
 */
export class Draft implements StateReader {
  readonly #base: View;
  readonly #current = new Map<string, EngineOperation>();
  readonly #history = new Map<string, EngineOperation>();
  readonly #leased = new Map<string, EngineOperation>();
  readonly #leases: Pick<LeaseTable, 'get'>;
  readonly #leaseChanges: LeaseChange[] = [];
  /** What each lease id that was changed stands for now; null for none. */
  readonly #leasesNow = new Map<bigint, Lease | null>();
  readonly #others: EngineOperation[] = [];
  readonly #countChanges: KeyCountChange[] = [];
  readonly #changes: Change[] | undefined;
  /** What has been asked of it, for those who watch the load. */
  readonly counts = { puts: 0, deletes: 0, txns: 0 };
  #finishedRevision: number;
  #compactedRevision: number;
  /** Writes of the command that is under way. They share one revision. */
  #sub = 0;

  /** @param options.leases those of the published state */
  constructor(base: View, options: { readonly collectChanges: boolean; readonly leases: Pick<LeaseTable, 'get'> }) {
    this.#base = base;
    this.#leases = options.leases;
    this.#finishedRevision = base.revision;
    this.#compactedRevision = base.compactedRevision;
    this.#changes = options.collectChanges ? [] : undefined;
  }

  /** As a read inside the command under way sees it: its own revision, once it has written anything. */
  get revision(): number {
    return this.#sub > 0 ? this.#finishedRevision + 1 : this.#finishedRevision;
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  /** The revision that a write of the command under way has. */
  get writeRevision(): number {
    return this.#finishedRevision + 1;
  }

  get changes(): readonly Change[] {
    return this.#changes ?? [];
  }

  /** Leases that came and went, in order. */
  get leaseChanges(): readonly LeaseChange[] {
    return this.#leaseChanges;
  }

  /** Keys that came and went, in order. */
  get countChanges(): readonly KeyCountChange[] {
    return this.#countChanges;
  }

  slot(userKey: Uint8Array): Slot {
    const engineKey = currentKey(userKey);
    const id = bytesToLatin1(engineKey);
    return { userKey, engineKey, id, row: this.#currentRow(engineKey, id) ?? undefined };
  }

  /** The same where a walk over this draft has just met the row, which spares a read. */
  slotHolding(userKey: Uint8Array, row: Uint8Array): Slot {
    const engineKey = currentKey(userKey);
    return { userKey, engineKey, id: bytesToLatin1(engineKey), row };
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

  cursor(range: EngineRange): EngineCursor {
    const base = this.#base.cursor(range);
    const laid = this.#laidOver(range);
    return laid.length === 0 ? base : new MergedCursor({ base, laid, reverse: range.reverse ?? false });
  }

  async count(range: KeyRange): Promise<number> {
    let count = await this.#base.count(range);
    const { gte, lt } = currentRange(range);
    const [from, to] = [bytesToLatin1(gte), bytesToLatin1(lt)];
    for (const { id, delta } of this.#countChanges) if (id >= from && id < to) count += delta;
    return count;
  }

  async countAt(range: KeyRange, revision: number): Promise<number | undefined> {
    return revision <= this.#base.revision ? await this.#base.countAt(range, revision) : undefined;
  }

  /** Writes a version over what the slot holds. The slot must have been taken since the key was last written. */
  put(slot: Slot, value: Uint8Array, lease: bigint): void {
    const revision = this.writeRevision;
    const previous = slot.row === undefined ? undefined : decodeRevisions(slot.row);
    const keyValue = encodeKeyValue({
      key: slot.userKey,
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0) + 1,
      value,
      lease,
    });
    this.#current.set(slot.id, { type: 'put', key: slot.engineKey, value: keyValue });
    this.#attach(slot, lease);
    this.counts.puts += 1;
    this.#record(slot, 'put', { keyValue, previousRevision: previous?.modRevision ?? 0 });
  }

  /** Ends the version that the slot holds. */
  delete(slot: Slot): void {
    const { modRevision } = decodeRevisions(defined(slot.row, 'the version to delete'));
    this.#current.set(slot.id, { type: 'delete', key: slot.engineKey });
    this.#attach(slot, 0n);
    this.#record(slot, 'delete', { keyValue: undefined, previousRevision: modRevision });
  }

  grantLease(lease: Lease): void {
    assert(!this.hasLease(lease.id), 'a lease is granted twice');
    this.#leasesNow.set(lease.id, lease);
    this.#leaseChanges.push({ kind: 'granted', lease });
    this.#others.push(leaseRow(lease));
  }

  /** The keys that were attached to it are gone already. */
  revokeLease(lease: Lease): void {
    assert(this.lease(lease.id) === lease, 'a lease is revoked twice');
    this.#leasesNow.set(lease.id, null);
    this.#leaseChanges.push({ kind: 'revoked', lease });
    this.#others.push({ type: 'delete', key: leaseKey(lease.id) });
  }

  /** Gives up the history below a revision, at once for every read; the rows go later. */
  compact(revision: number): void {
    assert(revision > this.#compactedRevision && revision <= this.revision, 'compaction out of range');
    this.#compactedRevision = revision;
  }

  /** A row outside of the key space. */
  write(operation: EngineOperation): void {
    this.#others.push(operation);
  }

  /** Ends a command; if it wrote, its revision is used up. */
  finishCommand(): void {
    this.#finishedRevision = this.revision;
    this.#sub = 0;
  }

  operations(): EngineOperation[] {
    return [...this.#current.values(), ...this.#history.values(), ...this.#leased.values(), ...this.#others];
  }

  /** Brings a cache of the state below up to date, once this batch is that state. */
  refresh(hotRows: HotRows): void {
    for (const [id, operation] of this.#current) hotRows.set(id, rowOf(operation));
  }

  #currentRow(key: Uint8Array, id: string): HotRow {
    const laid = this.#current.get(id);
    return laid === undefined ? this.#base.currentRow(key, id) : rowOf(laid);
  }

  /** A key belongs to the lease of its newest version alone, and to none once it is gone. */
  #attach({ userKey, row }: Slot, lease: bigint): void {
    const before = row === undefined ? 0n : leaseOf(row);
    if (before === lease) return;
    if (before !== 0n) {
      const key = leasedKey(before, userKey);
      this.#leased.set(bytesToLatin1(key), { type: 'delete', key });
    }
    if (lease === 0n) return;
    const key = leasedKey(lease, userKey);
    this.#leased.set(bytesToLatin1(key), { type: 'put', key, value: PRESENT });
  }

  #record(
    slot: Slot,
    kind: 'put' | 'delete',
    { keyValue, previousRevision }: { keyValue: Uint8Array | undefined; previousRevision: number },
  ): void {
    const revision = this.writeRevision;
    const sub = this.#sub++;
    const { userKey, row } = slot;
    if (kind === 'delete') this.#countChanges.push({ id: slot.id, delta: -1 });
    else if (row === undefined) this.#countChanges.push({ id: slot.id, delta: 1 });
    if (row !== undefined) {
      const key = historyKey(userKey, previousRevision);
      this.#history.set(bytesToLatin1(key), { type: 'put', key, value: encodeHistoryValue(revision, row) });
    }
    const value = encodeChangeValue({ kind, key: userKey, previousRevision });
    this.#others.push({ type: 'put', key: changeKey(revision, sub), value });
    this.#changes?.push({ revision, sub, kind, key: userKey, keyValue, previous: row });
  }

  /** The rows of this batch inside a range of one of the tables that commands walk, in the order of the walk. */
  #laidOver(range: EngineRange): readonly EngineOperation[] {
    const { gte, gt, lt } = range;
    const lower = defined(gte ?? gt, 'the lower bound of a walk');
    const table = this.#walked(tableOf(lower));
    const from = bytesToLatin1(lower);
    const to = bytesToLatin1(defined(lt, 'the upper bound of a walk'));
    const inside = (id: string): boolean => (gte === undefined ? id > from : id >= from) && id < to;
    const ids = [...table.keys()].filter(inside).sort();
    if (range.reverse === true) ids.reverse();
    return ids.map((id) => defined(table.get(id), 'a row of the batch'));
  }

  #walked(table: number | undefined): ReadonlyMap<string, EngineOperation> {
    if (table === Table.current) return this.#current;
    if (table === Table.history) return this.#history;
    assert(table === Table.leased, `a command walks table ${table}`);
    return this.#leased;
  }
}

const PRESENT = Buffer.from([1]);

function rowOf(operation: EngineOperation): HotRow {
  return operation.type === 'put' ? operation.value : null;
}
