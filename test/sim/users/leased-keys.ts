import { etcdserverpb, raftkv } from '../../../src/gen/proto.js';
import type { CommandKind } from '../../../src/kv/commands/command.js';
import type { Entry } from '../../../src/raft/types.js';
import { clampInteger, toBigInt } from '../../../src/util/integer.js';

const p = etcdserverpb;

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

/** The leases of a run, and the keys that are attached to them, as the entries of the log make them. */
export class LeasedKeys {
  /** The index of the entry that granted each lease. */
  readonly #granted = new Map<bigint, number>();
  /** The lease of each key that has one. */
  readonly #leases = new Map<string, bigint>();

  keysOf(id: bigint): readonly string[] {
    return [...this.#leases].filter(([, lease]) => lease === id && lease !== 0n).map(([key]) => key);
  }

  /** Takes an entry into account whose sender had the permission. */
  apply(kind: CommandKind, request: Uint8Array, position: Pick<Entry, 'index' | 'term'>): void {
    if (kind === 'put') this.#runAll([{ requestPut: p.PutRequest.decode(request) }]);
    // Transactions of other clients touch no keys with leases. The comparisons of users always hold.
    if (kind === 'txn') this.#runAll(p.TxnRequest.decode(request).success);
    if (kind === 'deleteRange') this.#delete(p.DeleteRangeRequest.decode(request));
    if (kind === 'leaseRevoke') this.#end(toBigInt(p.LeaseRevokeRequest.decode(request).ID));
    if (kind === 'leaseExpire') this.#expire(raftkv.LeaseExpiry.decode(request), position);
    if (kind !== 'leaseGrant') return;
    const id = toBigInt(p.LeaseGrantRequest.decode(request).ID);
    if (!this.#granted.has(id)) this.#granted.set(id, position.index);
  }

  /** An expiry counts in the term in which a leader saw it, and for the grant that it saw. */
  #expire({ id, grantedIndex, term }: raftkv.LeaseExpiry, position: Pick<Entry, 'term'>): void {
    const isValid =
      clampInteger(term) === position.term && this.#granted.get(toBigInt(id)) === clampInteger(grantedIndex);
    if (isValid) this.#end(toBigInt(id));
  }

  #runAll(ops: readonly etcdserverpb.RequestOp.$Properties[]): void {
    if (this.#hasLeases(ops)) this.#run(ops);
  }

  /** Whether all leases exist to which operations attach keys: otherwise none of them takes effect. */
  #hasLeases(ops: readonly etcdserverpb.RequestOp.$Properties[]): boolean {
    return ops.every(({ requestPut, requestTxn }) => {
      const lease = toBigInt(requestPut?.lease);
      return (lease === 0n || this.#granted.has(lease)) && this.#hasLeases(requestTxn?.success ?? []);
    });
  }

  #run(ops: readonly etcdserverpb.RequestOp.$Properties[]): void {
    for (const { requestPut, requestDeleteRange, requestTxn } of ops) {
      if (requestPut) this.#put(requestPut);
      if (requestDeleteRange) this.#delete(requestDeleteRange);
      if (requestTxn) this.#run(requestTxn.success ?? []);
    }
  }

  #put({ key, lease }: etcdserverpb.PutRequest.$Properties): void {
    const id = toBigInt(lease);
    if (id === 0n) this.#leases.delete(textOf(key));
    else this.#leases.set(textOf(key), id);
  }

  #delete({ key, rangeEnd }: etcdserverpb.DeleteRangeRequest.$Properties): void {
    const [first, end] = [textOf(key), textOf(rangeEnd)];
    for (const name of [...this.#leases.keys()]) {
      const isIn = end === '' ? name === first : name >= first && (end === '\0' || name < end);
      if (isIn) this.#leases.delete(name);
    }
  }

  #end(id: bigint): void {
    this.#granted.delete(id);
    for (const key of this.keysOf(id)) this.#leases.delete(key);
  }
}
