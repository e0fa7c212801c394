import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import type { CallContext, Method, StreamCall, UnaryCall } from '../../../src/rpc/service.js';
import { stream, unary } from '../../../src/rpc/service.js';
import { Code, type Status } from '../../../src/rpc/status.js';
import { gate, type Asked, type Check } from '../../../src/server/requests/gate.js';
import { defined } from '../../../src/util/assert.js';
import { OPEN_ACCESS } from '../../support/open-access.js';
import { VirtualCluster } from '../../support/virtual-cluster.js';
import { addMember } from '../../support/virtual-calls.js';

const LEARNER = 'etcdserver: rpc not supported for learner';

/** A call, unary or a stream, that records its rejection. */
class NotingCall implements UnaryCall, StreamCall<never> {
  readonly certificate = undefined;
  readonly cancelled = false;
  refused: Status | undefined;
  metadata(_name: string): string | undefined {
    return undefined;
  }
  remainingMs(): undefined {}
  onCancel(): void {}
  onMessage(): void {}
  onEnd(): void {}
  onDrain(): void {}
  pause(): void {}
  resume(): void {}
  respond(): void {}
  end(): void {}
  send(): boolean {
    return true;
  }
  fail(status: Status): void {
    this.refused = status;
  }
}

/** A call that requests a stale read. */
class StaleCall extends NotingCall {
  override metadata(name: string): string | undefined {
    return name === 'raftkv-read-level' ? 'stale' : undefined;
  }
}

function begin(method: Method, call = new NotingCall(), body: Uint8Array = Buffer.alloc(0)): NotingCall {
  if (method.kind === 'unary') method.handle(call, method.decode(body));
  else method.handle(call);
  return call;
}

describe('the gate of all services', () => {
  const refusal: Status = { code: Code.PERMISSION_DENIED, message: 'not you' };
  const reached: string[] = [];
  const note =
    (name: string, outcome?: Status): Check =>
    (_call: CallContext, { path, request }: Asked) => {
      reached.push(`${name} ${path} ${String(request)}`);
      return outcome;
    };
  const methods: readonly Method[] = [
    unary({ path: '/a.B/One', decode: () => 'asked', handle: (_call, request) => reached.push(`handler ${request}`) }),
    stream('bidi', { path: '/a.B/Many', decode: () => 'asked', handle: () => reached.push('handler') }),
  ];

  beforeEach(() => reached.splice(0));

  it('runs its checks in order, each with the request of a unary call, and then the handler', () => {
    const calls = gate(methods, { checks: [note('first'), note('second')], access: OPEN_ACCESS }).map((method) =>
      begin(method),
    );
    expect(reached).to.deep.equal([
      'first /a.B/One asked',
      'second /a.B/One asked',
      'handler asked',
      'first /a.B/Many undefined',
      'second /a.B/Many undefined',
      'handler',
    ]);
    expect(calls.map(({ refused }) => refused)).to.deep.equal([undefined, undefined]);
  });

  it('ends a call at the first refusal, without running later checks and the handler', () => {
    const calls = gate(methods, { checks: [note('first', refusal), note('second')], access: OPEN_ACCESS }).map(
      (method) => begin(method),
    );
    expect(reached).to.deep.equal(['first /a.B/One asked', 'first /a.B/Many undefined']);
    expect(calls.map(({ refused }) => refused)).to.deep.equal([refusal, refusal]);
  });

  it('lets a learner serve its own status and stale reads, and nothing else', async () => {
    const cluster = new VirtualCluster({ members: 1, seed: 5 });
    await cluster.start();
    try {
      const url = 'http://learner:2380';
      const added = await cluster.time.wait(addMember(cluster.member(1), { url, isLearner: true }));
      if (added.kind === 'failed') throw new Error(added.message);
      const learner = cluster.newcomer(added.id);
      await cluster.time.wait(learner.start());
      await cluster.time.until('it is in its own table', () => learner.assembly.store.member(added.id) !== undefined);
      // The requests are empty: Range and Txn do not request a stale read.
      const served = learner.assembly.methods.filter((method) => begin(method).refused?.message !== LEARNER);
      expect(served.map(({ path }) => path)).to.have.members([
        '/etcdserverpb.KV/RangeStream',
        '/raftkvpb.Index/QueryStream',
        '/etcdserverpb.Cluster/MemberList',
        '/etcdserverpb.Maintenance/Status',
        '/etcdserverpb.Maintenance/Snapshot',
        '/grpc.health.v1.Health/Check',
        '/grpc.health.v1.Health/Watch',
        '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
        '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
      ]);
      // The check read the operations of a transaction that has too many, which is never decoded, and threw.
      const compare = Array.from({ length: 129 }, () => ({ key: Buffer.from('k') }));
      const put = { requestPut: { key: Buffer.from('k') } };
      const txn = defined(
        learner.assembly.methods.find(({ path }) => path === '/etcdserverpb.KV/Txn'),
        'the method',
      );
      for (const request of [{ compare }, { success: [put] }]) {
        const asked = begin(txn, new StaleCall(), etcdserverpb.TxnRequest.encode(request).finish());
        expect(asked.refused?.message).to.equal(LEARNER);
      }
    } finally {
      await cluster.stop();
    }
  });
});
