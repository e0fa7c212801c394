import type { etcdserverpb } from '../../gen/proto.js';
import { readPut } from '../../kv/format/put-request.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import type { ReceivedTxn } from '../requests/received-txn.js';
import { EMPTY } from '../../util/bytes.js';
import { Heat, type HeatOptions } from './heat.js';

interface KeyFields {
  readonly key?: Uint8Array | null | undefined;
  readonly rangeEnd?: Uint8Array | null | undefined;
}

/** The tag of `succeeded` in a TxnResponse, its first field; absent if it is false. */
const SUCCEEDED = 0x10;

/**
 * Which keys the clients of this member read and write most. A call counts once it succeeds, at the member that answers it.
 * Ranges count as themselves, not for each of their keys. The operations of a transaction that were executed count one by
 * one, except those of transactions nested in it; its comparisons count as reads.
 */
export class HotKeys {
  readonly reads: Heat;
  readonly writes: Heat;

  constructor(options: HeatOptions) {
    this.reads = new Heat(options);
    this.writes = new Heat(options);
  }

  /** @param weight as sampled, here and below */
  read({ key, rangeEnd }: KeyFields, weight: number): void {
    this.reads.add(key ?? EMPTY, rangeEnd ?? EMPTY, weight);
  }

  put(request: Uint8Array, weight: number): void {
    this.writes.add(readPut(request).key, EMPTY, weight);
  }

  deleteRange({ key, rangeEnd }: KeyFields, weight: number): void {
    this.writes.add(key ?? EMPTY, rangeEnd ?? EMPTY, weight);
  }

  /** @param answer the body of its TxnResponse, which states the branch that was executed */
  txn(received: Exclude<ReceivedTxn, { kind: 'too-many-ops' }>, answer: EncodedBody, weight: number): void {
    if (received.kind === 'decoded') return this.decodedTxn(received.txn, answer, weight);
    const { compares, puts } = received.txn;
    const keyOf = ({ keyStart, keyEnd }: { readonly keyStart: number; readonly keyEnd: number }): Uint8Array =>
      received.bytes.subarray(keyStart, keyEnd);
    for (const compare of compares) this.reads.add(keyOf(compare), EMPTY, weight);
    if (!hasSucceeded(answer)) return;
    for (const put of puts) this.writes.add(keyOf(put), EMPTY, weight);
  }

  decodedTxn(request: etcdserverpb.TxnRequest.$Properties, answer: EncodedBody, weight: number): void {
    for (const compare of request.compare ?? []) this.read(compare, weight);
    const executed = hasSucceeded(answer) ? request.success : request.failure;
    for (const { requestRange, requestPut, requestDeleteRange } of executed ?? []) {
      if (requestRange) this.read(requestRange, weight);
      else if (requestPut) this.writes.add(requestPut.key ?? EMPTY, EMPTY, weight);
      else if (requestDeleteRange) this.deleteRange(requestDeleteRange, weight);
    }
  }
}

function hasSucceeded(answer: EncodedBody): boolean {
  const first = answer instanceof Uint8Array ? answer : answer[0];
  return first?.[0] === SUCCEEDED;
}
