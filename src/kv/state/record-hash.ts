import { crc32 } from 'node:zlib';
import { authRow, readAuth, roleRow, userRow } from '../auth/auth-rows.js';
import { AuthState, type Role, type User } from '../auth/auth-state.js';
import { scatter } from '../format/checksum.js';
import { leasePages, type Lease, type LeaseChange } from '../leases/leases.js';
import type { EngineOperation, EngineReader } from '../../ports/engine.js';

/*
 * Records are what the store holds beside the key space: users, roles, whether authentication is on, and leases. No revision
 * counts their changes, so members are compared at an applied index. The hash is a sum, so that each change costs the same
 * however many records there are.
 */

/** Records after an entry that changed some. */
export interface RecordChange {
  /** Of the entry. */
  readonly index: number;
  readonly auth: AuthState;
  /** How many of the batch's lease changes had been made by then. */
  readonly leaseChanges: number;
}

/** Changes that are remembered: some seconds of the most frequent ones. */
const KEPT_MAX = 16_384;

/** The hash of records now, and at the indexes of recent changes. */
export class RecordHashes {
  #auth: AuthState;
  #authSum: number;
  #leaseSum = 0;
  /** Of the entries that changed something, ascending; the first is where this history begins. */
  #indexes: number[];
  /** The hash from each of them on. */
  #hashes: number[];

  constructor({ index, auth, leases }: { index: number; auth: AuthState; leases: Iterable<Lease> }) {
    this.#auth = auth;
    this.#authSum = hashAuth(auth);
    for (const lease of leases) this.#leaseSum = (this.#leaseSum + leaseChecksum(lease)) >>> 0;
    this.#indexes = [index];
    this.#hashes = [this.#sum];
  }

  /** Takes over the changes of a batch. */
  changed(changes: readonly RecordChange[], leaseChanges: readonly LeaseChange[]): void {
    let done = 0;
    for (const { index, auth, leaseChanges: until } of changes) {
      for (; done < until; done++) this.#leaseChanged(leaseChanges[done]);
      if (auth !== this.#auth) this.#authSum = hashAuth(auth);
      this.#auth = auth;
      this.#indexes.push(index);
      this.#hashes.push(this.#sum);
    }
    if (this.#indexes.length < 2 * KEPT_MAX) return;
    this.#indexes = this.#indexes.slice(-KEPT_MAX);
    this.#hashes = this.#hashes.slice(-KEPT_MAX);
  }

  /** The hash at an applied index; undefined if it is too long ago. */
  at(index: number): number | undefined {
    let low = 0;
    let high = this.#indexes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#indexes[middle] ?? Infinity) <= index) low = middle + 1;
      else high = middle;
    }
    return this.#hashes[low - 1];
  }

  #leaseChanged(change: LeaseChange | undefined): void {
    if (change === undefined) return;
    const checksum = leaseChecksum(change.lease);
    this.#leaseSum = (this.#leaseSum + (change.kind === 'granted' ? checksum : -checksum)) >>> 0;
  }

  get #sum(): number {
    return (this.#authSum + this.#leaseSum) >>> 0;
  }
}

/** The hash of records as their rows hold them. @param pause awaited between pages */
export async function hashRecords(reader: EngineReader, pause: () => Promise<void>): Promise<number> {
  let sum = hashAuth(await readAuth(reader));
  for await (const page of leasePages(reader)) {
    for (const lease of page) sum = (sum + leaseChecksum(lease)) >>> 0;
    await pause();
  }
  return sum;
}

/** Users and roles are never changed, but replaced. */
const checksums = new WeakMap<User | Role, number>();

function hashAuth(auth: AuthState): number {
  // A state without any change has no row.
  let sum = auth.revision === AuthState.empty.revision ? 0 : checksumOf(authRow(auth));
  for (const user of auth.users.values()) sum = (sum + remembered(user, () => userRow(user))) >>> 0;
  for (const role of auth.roles.values()) sum = (sum + remembered(role, () => roleRow(role))) >>> 0;
  return sum;
}

function remembered(record: User | Role, row: () => EngineOperation): number {
  const known = checksums.get(record);
  if (known !== undefined) return known;
  const checksum = checksumOf(row());
  checksums.set(record, checksum);
  return checksum;
}

function checksumOf(row: EngineOperation): number {
  return scatter(row.type === 'put' ? crc32(row.value, crc32(row.key)) : 0);
}

const LEASE_BYTES = 24;
const leaseBytes = Buffer.alloc(LEASE_BYTES);

function leaseChecksum({ id, ttlSeconds, grantedIndex }: Lease): number {
  leaseBytes.writeBigInt64BE(id, 0);
  leaseBytes.writeDoubleBE(ttlSeconds, 8);
  leaseBytes.writeDoubleBE(grantedIndex, 16);
  return scatter(crc32(leaseBytes));
}
