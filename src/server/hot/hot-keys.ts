import type { etcdserverpb } from '../../gen/proto.js';
import { readPut } from '../../kv/format/put-request.js';
import type { EncodedBody } from '../../kv/format/wire.js';
import type { ReceivedTxn } from '../requests/received-txn.js';
import { defined } from '../../util/assert.js';
import { EMPTY } from '../../util/bytes.js';
import { randomInteger, type Random } from '../../util/random.js';
import { Heat, type HeatOptions } from './heat.js';

interface KeyFields {
  readonly key?: Uint8Array | null | undefined;
  readonly rangeEnd?: Uint8Array | null | undefined;
}

/** Operations of a transaction that are all counted, and comparisons. */
const OPERATIONS_MAX = 8;

/** The tag of `succeeded` in a TxnResponse, its first field; absent if it is false. */
const SUCCEEDED = 0x10;

/**
 * Which keys the clients of this member read and write most. A call counts once it succeeds, at the member that answers it.
 * Ranges count as themselves, not for each of their keys. The operations of a transaction that were executed count one by
 * one, of many a sample, except those of transactions nested in it; its comparisons count as reads.
 */
export class HotKeys {
  readonly reads: Heat;
  readonly writes: Heat;
  readonly #random: Random;

  constructor(options: HeatOptions) {
    this.reads = new Heat(options);
    this.writes = new Heat(options);
    this.#random = options.random;
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
    this.#some(compares, weight, (compare, each) => this.reads.add(keyOf(compare), EMPTY, each));
    if (hasSucceeded(answer)) this.#some(puts, weight, (put, each) => this.writes.add(keyOf(put), EMPTY, each));
  }

  decodedTxn(request: etcdserverpb.TxnRequest.$Properties, answer: EncodedBody, weight: number): void {
    this.#some(request.compare ?? [], weight, (compare, each) => this.read(compare, each));
    const executed = hasSucceeded(answer) ? request.success : request.failure;
    this.#some(executed ?? [], weight, ({ requestRange, requestPut, requestDeleteRange }, each) => {
      if (requestRange) this.read(requestRange, each);
      else if (requestPut) this.writes.add(requestPut.key ?? EMPTY, EMPTY, each);
      else if (requestDeleteRange) this.deleteRange(requestDeleteRange, each);
    });
  }

  /** Counts operations of a transaction: of many, each nth one for n, from a random one on. */
  #some<T>(operations: readonly T[], weight: number, count: (operation: T, weight: number) => void): void {
    const step = Math.ceil(operations.length / OPERATIONS_MAX);
    const first = step <= 1 ? 0 : randomInteger(this.#random, 0, step);
    for (let at = first; at < operations.length; at += step) {
      count(defined(operations[at], 'an operation'), weight * step);
    }
  }
}

function hasSucceeded(answer: EncodedBody): boolean {
  const first = answer instanceof Uint8Array ? answer : answer[0];
  return first?.[0] === SUCCEEDED;
}
