import { etcdserverpb } from '../../gen/proto.js';
import type { raftkvpb } from '../../gen/proto.js';
import { assert, defined } from '../../util/assert.js';
import { integerArgument, stringArgument, wordArgument } from '../calls/arguments.js';
import { leaseIdToWire } from '../calls/ids.js';
import { invalidArgument } from '../errors.js';
import { toWireIndexValue } from '../indexes/values.js';
import type { IndexArgument } from '../indexes/values.js';
import { toAck } from '../feeds/feed-types.js';
import type { FeedPosition } from '../feeds/feed-types.js';
import { toBytes, oneKey, toKeyRange } from './key-range.js';
import type { Bytes, RangeSelector } from './key-range.js';
import type { Header } from './key-value.js';
import { rangeRequest, toGetBody, toRangeBody } from './range.js';
import type { GetBody, GetOptions, RangeBody, RangeOptions, ReadOptions } from './range.js';
import { deleteRequest, putRequest, toDeleteBody, toPutBody } from './writes.js';
import type { DeleteBody, DeleteOptions, PutBody, PutOptions } from './writes.js';

/** One operation of a transaction. */
export interface Op<Result> {
  readonly request: etcdserverpb.RequestOp.$Properties;
  /** Whether the operation can change the store. */
  readonly writes: boolean;
  readonly toResult: (wire: etcdserverpb.ResponseOp.$Properties) => Result;
}

type Results<Ops extends readonly Op<unknown>[]> = {
  readonly [Index in keyof Ops]: Ops[Index] extends Op<infer Result> ? Result : never;
};

/** The branch that was taken, and the results of its operations, in order. */
export type TxnBody<Then extends readonly Op<unknown>[], Else extends readonly Op<unknown>[]> =
  | { readonly succeeded: true; readonly results: Results<Then> }
  | { readonly succeeded: false; readonly results: Results<Else> };

export type TxnResult<Then extends readonly Op<unknown>[], Else extends readonly Op<unknown>[]> = TxnBody<
  Then,
  Else
> & { readonly header: Header };

type TransactionReadOptions = Omit<GetOptions, keyof ReadOptions>;

/** Makes the operations of a transaction. A read sees the writes before it in the same branch. */
export const op = {
  get(key: Bytes, options: TransactionReadOptions = {}): Op<GetBody> {
    return {
      request: { requestRange: rangeRequest(oneKey(key), options) },
      writes: false,
      toResult: (wire) => toGetBody(defined(wire.responseRange, 'range in the answer')),
    };
  },

  range(selector: RangeSelector, options: Omit<RangeOptions, keyof ReadOptions> = {}): Op<RangeBody> {
    return {
      request: { requestRange: rangeRequest(toKeyRange(selector), options) },
      writes: false,
      toResult: (wire) => toRangeBody(defined(wire.responseRange, 'range in the answer')),
    };
  },

  put(key: Bytes, value: Bytes, options: PutOptions = {}): Op<PutBody> {
    return {
      request: { requestPut: putRequest(key, value, options) },
      writes: true,
      toResult: (wire) => toPutBody(defined(wire.responsePut, 'put in the answer')),
    };
  },

  delete(selector: Bytes | RangeSelector, options: DeleteOptions = {}): Op<DeleteBody> {
    return {
      request: { requestDeleteRange: deleteRequest(selector, options) },
      writes: true,
      toResult: (wire) => toDeleteBody(defined(wire.responseDeleteRange, 'delete in the answer')),
    };
  },

  /** A nested transaction. */
  txn<const Then extends readonly Op<unknown>[], const Else extends readonly Op<unknown>[]>(
    inner: Txn<Then, Else>,
  ): Op<TxnBody<Then, Else>> {
    return {
      request: { requestTxn: inner.request },
      writes: inner.writes,
      toResult: (wire) => inner.toBody(defined(wire.responseTxn, 'transaction in the answer')),
    };
  },
};

export type Comparison = etcdserverpb.Compare.$Properties;
/** A condition on an entry of an index. Only raftkv has them. */
export interface IndexComparison {
  readonly indexCompare: raftkvpb.IndexCompare.$Properties;
}
export type Relation = '=' | '!=' | '<' | '>';

const { CompareResult, CompareTarget } = etcdserverpb.Compare;
const RELATIONS = {
  '=': CompareResult.EQUAL,
  '!=': CompareResult.NOT_EQUAL,
  '<': CompareResult.LESS,
  '>': CompareResult.GREATER,
} as const;

/**
 * Makes the conditions of a transaction, on one key or on every key of a range. The version, the revisions and the lease of an
 * absent key are 0; a condition on its value is false.
 */
export const compare = {
  version: (keys: Bytes | RangeSelector, relation: Relation, version: number): Comparison => {
    const { key, rangeEnd } = toKeyRange(keys);
    const target = CompareTarget.VERSION;
    return { key, rangeEnd, result: resultOf(relation), target, version: integerArgument(version, 'a version') };
  },
  createRevision: (keys: Bytes | RangeSelector, relation: Relation, revision: number): Comparison => {
    const { key, rangeEnd } = toKeyRange(keys);
    const createRevision = integerArgument(revision, 'a revision');
    return { key, rangeEnd, result: resultOf(relation), target: CompareTarget.CREATE, createRevision };
  },
  modRevision: (keys: Bytes | RangeSelector, relation: Relation, revision: number): Comparison => {
    const { key, rangeEnd } = toKeyRange(keys);
    const modRevision = integerArgument(revision, 'a revision');
    return { key, rangeEnd, result: resultOf(relation), target: CompareTarget.MOD, modRevision };
  },
  value: (keys: Bytes | RangeSelector, relation: Relation, value: Bytes): Comparison => {
    const { key, rangeEnd } = toKeyRange(keys);
    return { key, rangeEnd, result: resultOf(relation), target: CompareTarget.VALUE, value: toBytes(value) };
  },
  lease: (keys: Bytes | RangeSelector, relation: Relation, lease: bigint): Comparison => {
    const { key, rangeEnd } = toKeyRange(keys);
    return { key, rangeEnd, result: resultOf(relation), target: CompareTarget.LEASE, lease: leaseIdToWire(lease) };
  },
  /**
   * On the existence of an entry before the transaction: `=` if some key has the value in the index, `!=` if none has. With
   * a key, on that key alone.
   */
  index: (name: string, relation: '=' | '!=', value: IndexArgument, key?: Bytes): IndexComparison => ({
    indexCompare: {
      index: stringArgument(name, 'the name of an index'),
      value: toWireIndexValue(value),
      absent: wordArgument(relation, 'the relation of an index', EXISTENCE) === EXISTENCE['!='],
      ...(key === undefined ? {} : { key: oneKey(key).key }),
    },
  }),
};

const EXISTENCE = { '=': 'present', '!=': 'absent' } as const;

function resultOf(relation: Relation): (typeof RELATIONS)[Relation] {
  return wordArgument(relation, 'a relation', RELATIONS);
}

/**
 * A transaction under construction: it executes the operations of `do` if all conditions of `when` hold, and those of
 * `otherwise` if not. Each method returns a new transaction. (No method is called `then`, because `await` takes an
 * object with a `then` for a promise.)
 */
export class Txn<const Then extends readonly Op<unknown>[], const Else extends readonly Op<unknown>[]> {
  readonly #comparisons: readonly (Comparison | IndexComparison)[];
  readonly #then: Then;
  readonly #else: Else;
  readonly #acks: readonly FeedPosition[];

  constructor(
    comparisons: readonly (Comparison | IndexComparison)[],
    success: Then,
    failure: Else,
    acks: readonly FeedPosition[] = [],
  ) {
    this.#comparisons = comparisons;
    this.#then = success;
    this.#else = failure;
    this.#acks = acks;
  }

  when(...comparisons: readonly (Comparison | IndexComparison)[]): Txn<Then, Else> {
    return new Txn([...this.#comparisons, ...comparisons], this.#then, this.#else, this.#acks);
  }

  do<const Ops extends readonly Op<unknown>[]>(...ops: Ops): Txn<Ops, Else> {
    if (this.#then.length > 0) throw invalidArgument('the operations of a branch can be given only once');
    return new Txn(this.#comparisons, ops, this.#else, this.#acks);
  }

  otherwise<const Ops extends readonly Op<unknown>[]>(...ops: Ops): Txn<Then, Ops> {
    if (this.#else.length > 0) throw invalidArgument('the operations of a branch can be given only once');
    return new Txn(this.#comparisons, this.#then, ops, this.#acks);
  }

  /**
   * Acknowledges batches of change feeds if the operations of `do` are executed. If one has been acknowledged, its partition
   * has another worker, or a batch before it was left out, nothing is executed, and the call rejects as `feed-moved`.
   */
  ack(...batches: readonly FeedPosition[]): Txn<Then, Else> {
    return new Txn(this.#comparisons, this.#then, this.#else, [...this.#acks, ...batches]);
  }

  get writes(): boolean {
    return this.#acks.length > 0 || [...this.#then, ...this.#else].some(({ writes }) => writes);
  }

  get request(): etcdserverpb.TxnRequest.$Properties {
    const indexCompare = this.#comparisons.flatMap((each) => ('indexCompare' in each ? [each.indexCompare] : []));
    return {
      compare: this.#comparisons.filter((each): each is Comparison => !('indexCompare' in each)),
      ...(indexCompare.length === 0 ? {} : { indexCompare }),
      success: this.#then.map(({ request }) => request),
      failure: this.#else.map(({ request }) => request),
      ...(this.#acks.length > 0 && { feedAck: this.#acks.map(toAck) }),
    };
  }

  toBody(wire: etcdserverpb.TxnResponse.$Properties): TxnBody<Then, Else> {
    const succeeded = wire.succeeded ?? false;
    const ops: readonly Op<unknown>[] = succeeded ? this.#then : this.#else;
    const responses = wire.responses ?? [];
    assert(responses.length === ops.length, `${responses.length} results for ${ops.length} operations`);
    const results = ops.map((each, index) => each.toResult(defined(responses[index], 'result')));
    return { succeeded, results } as unknown as TxnBody<Then, Else>;
  }
}

/** Starts a transaction, which `when`, `do` and `otherwise` build and `client.txn` executes. */
export function txn(): Txn<[], []> {
  return new Txn([], [], []);
}
