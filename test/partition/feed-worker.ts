import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import type { Status } from '../../src/rpc/status.js';
import { assert, defined } from '../../src/util/assert.js';
import { clampInteger } from '../../src/util/integer.js';
import type { VirtualCluster } from '../support/virtual-cluster.js';
import type { CallResult, VirtualMember } from '../support/virtual-member.js';
import type { VirtualStream } from '../support/virtual-stream.js';

const { FeedSubscribeRequest, FeedSubscribeResponse, FeedAckRequest, FeedCreateRequest } = raftkvpb;
const { RangeRequest, RangeResponse, ReadLevel, TxnRequest, TxnResponse } = etcdserverpb;
const { CompareTarget } = etcdserverpb.Compare;
const TXN = '/etcdserverpb.KV/Txn';
const { ASSIGNED, CHANGES, REVOKED } = FeedSubscribeResponse.Kind;

/** A batch as a worker gets it. */
export interface Delivered {
  readonly partition: number;
  readonly epoch: number;
  readonly revision: number;
  readonly after: number;
  /** Key and value of each put. */
  readonly puts: readonly (readonly [key: string, value: string])[];
}

/** A worker of a feed that takes messages at once, and keeps batches until the test takes them. */
export class FeedWorker {
  readonly batches: Delivered[] = [];
  /** The epochs of the partitions that it has. */
  readonly epochs = new Map<number, number>();
  ended: Status | 'well' | undefined;
  readonly #stream: VirtualStream;
  #unfinished: Delivered['puts'] = [];

  constructor(member: VirtualMember, request: raftkvpb.FeedSubscribeRequest.$Properties) {
    const stream = member.stream('/raftkvpb.Feed/Subscribe', {
      metadata: {},
      delayMs: 1,
      window: 16,
      onReadable: () => this.#take(),
    });
    this.#stream = defined(stream, 'a stream');
    this.#stream.send(FeedSubscribeRequest.encode({ name: 'f', ...request }).finish());
  }

  cancel(): void {
    this.#stream.cancel();
  }

  #take(): void {
    for (let body = this.#stream.take(); body !== undefined; body = this.#stream.take()) {
      const { kind, partition, epoch, revision, after, more, events } = FeedSubscribeResponse.decode(body);
      if (kind === ASSIGNED) this.epochs.set(partition, clampInteger(epoch));
      if (kind === REVOKED) this.epochs.delete(partition);
      if (kind !== CHANGES) continue;
      const puts = events.map(({ kv }) => [textOf(kv?.key), textOf(kv?.value)] as const);
      this.#unfinished = [...this.#unfinished, ...puts];
      if (more || this.#unfinished.length === 0) continue;
      const position = { epoch: clampInteger(epoch), revision: clampInteger(revision), after: clampInteger(after) };
      this.batches.push({ partition, ...position, puts: this.#unfinished });
      this.#unfinished = [];
    }
    this.ended ??= this.#stream.ended;
  }
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

export async function createFeed(
  cluster: VirtualCluster,
  member: VirtualMember,
  fields: raftkvpb.FeedCreateRequest.$Properties = {},
): Promise<void> {
  const request = { name: 'f', key: Buffer.from('k'), rangeEnd: Buffer.from('l'), ...fields };
  const result = await cluster.time.wait(
    member.call('/raftkvpb.Feed/Create', FeedCreateRequest.encode(request).finish()),
  );
  assert(result.kind === 'ok', result.kind === 'ok' ? 'the feed is made' : result.status.message);
}

export function ackOf(batch: Delivered): raftkvpb.FeedAck.$Properties {
  const { partition, epoch, revision, after } = batch;
  return { feed: 'f', partition, epoch, revision, after };
}

export function ack(member: VirtualMember, batch: Delivered): Promise<CallResult> {
  return member.call('/raftkvpb.Feed/Ack', FeedAckRequest.encode({ acks: [ackOf(batch)] }).finish());
}

/** Puts a key unless it exists. @returns whether it is known to exist */
export async function putOnce(
  cluster: VirtualCluster,
  member: VirtualMember,
  name: string,
  value: string,
): Promise<boolean> {
  const key = Buffer.from(name);
  const success = [{ requestPut: { key, value: Buffer.from(value) } }];
  const compare = [{ key, target: CompareTarget.CREATE, createRevision: 0 }];
  return (await cluster.time.wait(member.call(TXN, TxnRequest.encode({ compare, success }).finish()))).kind === 'ok';
}

/**
 * Adds the values of a batch to the key `total`, and acknowledges the batch, in one transaction.
 * @returns whether it is known to have had its effect
 */
export async function addUp(cluster: VirtualCluster, member: VirtualMember, batch: Delivered): Promise<boolean> {
  const key = Buffer.from('total');
  const range = RangeRequest.encode({ key, readLevel: ReadLevel.CONSISTENT }).finish();
  const read = await cluster.time.wait(member.call('/etcdserverpb.KV/Range', range));
  if (read.kind === 'error') return false;
  const [kv] = RangeResponse.decode(read.body).kvs;
  const sum = batch.puts.reduce((total, [, value]) => total + Number(value), Number(textOf(kv?.value) || '0'));
  const request = {
    compare: [{ key, target: CompareTarget.MOD, modRevision: kv?.modRevision ?? 0 }],
    success: [{ requestPut: { key, value: Buffer.from(String(sum)) } }],
    feedAck: [ackOf(batch)],
  };
  const result = await cluster.time.wait(member.call(TXN, TxnRequest.encode(request).finish()));
  return result.kind === 'ok' && TxnResponse.decode(result.body).succeeded;
}
