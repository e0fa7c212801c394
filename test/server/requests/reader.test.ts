import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { AppliedWaiters } from '../../../src/node/loop/applied-waiters.js';
import { Headers } from '../../../src/server/requests/header.js';
import { PendingCalls } from '../../../src/server/requests/pending.js';
import { Reader, type ReaderOptions } from '../../../src/server/requests/reader.js';
import type { ReadResult } from '../../../src/kv/store.js';
import type { ReadOptions } from '../../../src/server/requests/read-level.js';
import { defined } from '../../../src/util/assert.js';
import { wholeMessage } from '../../../src/rpc/encoded-message.js';
import type { EncodedMessage, UnaryCall } from '../../../src/rpc/service.js';
import { VirtualTime } from '../../support/virtual-time.js';

const LIMIT_MS = 7_000;

const unasked = (): never => expect.fail('a stale read does not ask the node');
const UNASKED_NODE = {
  read: unasked,
  status: unasked,
  freshness: unasked,
  get leaderIsLost(): boolean {
    return unasked();
  },
};

function readerWith(time: VirtualTime, options: Partial<ReaderOptions> = {}): Reader {
  const clock = time.clock();
  return new Reader({
    node: UNASKED_NODE,
    headers: new Headers({ clusterId: 1, memberId: 1, term: () => 1 }),
    pending: new PendingCalls({ clock, limitMs: LIMIT_MS }),
    clock,
    revision: () => 1,
    revisionWaiters: new AppliedWaiters(),
    revisionWaitsMax: 2,
    onFatal: (error) => expect.fail(String(error)),
    ...options,
  });
}

function callWith(options: Partial<UnaryCall>): UnaryCall {
  return {
    certificate: undefined,
    metadata: () => undefined,
    remainingMs: () => undefined,
    cancelled: false,
    onCancel: () => undefined,
    respond: unasked,
    fail: ({ message }) => expect.fail(message),
    ...options,
  };
}

const STALE: ReadOptions = {
  level: 'stale',
  maxStalenessMs: undefined,
  atLeastRevision: 0,
  extended: false,
  trailers: false,
};

// Every queue had a bound except the reads that wait for a revision: a client with many connections could leave any
// number of them pending.
describe('reads that wait for a revision', () => {
  it('are bounded in number, and leave room however they end', async () => {
    const time = new VirtualTime();
    const revisionWaiters = new AppliedWaiters();
    let revision = 1;
    const reader = readerWith(time, { revision: () => revision, revisionWaiters });
    const ended: string[] = [];
    const read = (name: string, remainingMs: number | undefined): void =>
      reader.serve(
        callWith({
          remainingMs: () => remainingMs,
          respond: () => ended.push(`${name} answered`),
          fail: ({ message }) => ended.push(`${name}: ${message}`),
        }),
        { ...STALE, atLeastRevision: 10 },
        () => ({ kind: 'ok', revision, appliedIndex: 1, body: Buffer.alloc(0) }),
      );

    read('a', 1_000);
    read('b', undefined);
    read('c', undefined);
    expect(ended.splice(0)).to.deep.equal(['c: etcdserver: too many requests']);
    await time.advance(1_100);
    expect(ended.splice(0)).to.deep.equal([
      'a: etcdserver: request timed out, waiting for the applied index took too long',
    ]);
    read('d', undefined);
    read('e', undefined);
    expect(ended.splice(0)).to.deep.equal(['e: etcdserver: too many requests']);
    revision = 10;
    revisionWaiters.reached(revision);
    expect(ended.splice(0)).to.deep.equal(['b answered', 'd answered']);
    revision = 1;
    read('f', undefined);
    read('g', undefined);
    await time.advance(2 * LIMIT_MS);
    const late = 'etcdserver: request timed out, waiting for the applied index took too long';
    expect(ended).to.deep.equal([`f: ${late}`, `g: ${late}`]);
  });
});

// In the moment after the store had published a state and before the node had learnt of it, an answer came from that state and
// stated the applied index of the one before. Found by `make sim SEED=7200369`, which checks permissions at that index.
describe('the header of a read', () => {
  it('states the applied index of the state that the answer is from', () => {
    const time = new VirtualTime();
    const reader = readerWith(time, {
      node: {
        ...{ read: unasked, status: unasked, leaderIsLost: false },
        freshness: () => ({ appliedIndex: 209, knownLeader: true, lastContactMs: undefined, stalenessMs: 4 }),
      },
      revision: () => 30,
    });
    const answers: EncodedMessage[] = [];
    reader.serve(callWith({ respond: (body) => void answers.push(body) }), { ...STALE, extended: true }, () => ({
      kind: 'ok',
      revision: 30,
      appliedIndex: 211,
      body: Buffer.alloc(0),
    }));
    const { header } = etcdserverpb.RangeResponse.decode(wholeMessage(defined(answers[0], 'an answer')));
    expect([header?.revision, header?.appliedIndex, header?.stalenessMs].map(Number)).to.deep.equal([30, 211, 4]);
  });
});

// Queries of an index wait for the engine, and each answer left in a write of its own: a quarter of the member's time.
describe('reads that wait for the engine', () => {
  it('are answered together at the end of the turn in which they become ready', async () => {
    const time = new VirtualTime();
    const reader = readerWith(time);
    const answered: string[] = [];
    const ready = ['a', 'b', 'c'].map((name) => {
      let resolveRead: (result: ReadResult) => void = unasked;
      const result = new Promise<ReadResult>((resolve) => (resolveRead = resolve));
      reader.serve(callWith({ respond: () => answered.push(name) }), STALE, () => result);
      return () => resolveRead({ kind: 'ok', revision: 1, appliedIndex: 1, body: Buffer.alloc(0) });
    });
    for (const resolve of ready) {
      await new Promise((done) => setImmediate(done));
      resolve();
    }
    await new Promise((done) => setImmediate(done));
    expect(answered).to.deep.equal([]);
    await time.advance(0);
    expect(answered).to.deep.equal(['a', 'b', 'c']);
  });
});
