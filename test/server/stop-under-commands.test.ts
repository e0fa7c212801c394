import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { wholeBody } from '../../src/kv/format/wire.js';
import { DEFAULT_NODE_CONFIG } from '../../src/node/config.js';
import { clampInteger } from '../../src/util/integer.js';
import { seededRandom } from '../../src/util/random.js';
import { MemoryNetwork } from '../support/memory-network.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { GOOD_NETWORK } from '../support/virtual-cluster.js';
import { VirtualMember } from '../support/virtual-member.js';
import { VirtualTime } from '../support/virtual-time.js';

const KEYS = 6000;
const ALL = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

describe('a member whose process ends between two slices of a command', () => {
  let time: VirtualTime;
  let logger: RecordingLogger;
  let member: VirtualMember;

  beforeEach(async () => {
    time = new VirtualTime();
    const random = seededRandom(1);
    logger = new RecordingLogger();
    const network = new MemoryNetwork({ random, clock: time.clock(), faults: GOOD_NETWORK });
    member = new VirtualMember({
      time,
      random,
      logger,
      id: 1,
      bootstrap: [{ id: 1, name: 'm1', peerUrls: ['http://m1'], clientUrls: [], isLearner: false }],
      node: DEFAULT_NODE_CONFIG,
      requestMs: 3_000,
      rate: 1,
      syncMsMax: 4,
      segmentBytes: 1024 * 1024,
      connect: () => network.transport(1),
    });
    await time.wait(member.start());
    for (let batch = 0; batch < KEYS / 100; batch++) {
      const success = Array.from({ length: 100 }, (_, i) => ({ requestPut: { key: Buffer.from(`${batch}/${i}`) } }));
      const request = etcdserverpb.TxnRequest.encode({ success }).finish();
      expect((await time.wait(member.call('/etcdserverpb.KV/Txn', request))).kind).to.equal('ok');
    }
  });

  /** Begins to delete all keys, and returns while it is applied: each slice takes 50 ms from then on. */
  async function beginDeletion(): Promise<{ readonly ended: string[]; readonly applied: number }> {
    const { clock } = member;
    const slices: number[] = [];
    clock.soon = (callback) => {
      slices.push(clock.now());
      clock.timeout(50, callback);
    };
    const ended: string[] = [];
    const request = etcdserverpb.DeleteRangeRequest.encode(ALL).finish();
    void member.call('/etcdserverpb.KV/DeleteRange', request).then(({ kind }) => ended.push(kind));
    while (slices.length < 3) await time.advance(10);
    expect(ended).to.deep.equal([]);
    const { store } = member.assembly;
    expect(store.keyCount()).to.equal(KEYS);
    return { ended, applied: store.appliedIndex() };
  }

  async function keys(): Promise<number> {
    const result = await member.assembly.store.range({ ...ALL, countOnly: true });
    if (result.kind === 'error') throw new Error(result.error.kind);
    return clampInteger(etcdserverpb.RangeResponse.decode(wholeBody(result.body)).count);
  }

  const errors = (): unknown[] => logger.lines.filter(({ level }) => level === 'error' || level === 'warn');

  it('completes the command before a clean stop', async () => {
    const { ended } = await beginDeletion();
    await time.wait(member.stop());
    await time.advance(1_000);
    expect(ended).to.have.length(1);
    expect(errors()).to.deep.equal([]);
    await time.wait(member.start());
    expect(await keys()).to.equal(0);
  });

  it('has nothing of the command after kill -9, and completes it from the log', async () => {
    const { applied } = await beginDeletion();
    member.kill();
    await time.wait(member.start());
    const { store } = member.assembly;
    expect(store.appliedIndex()).to.be.at.most(applied);
    await time.advance(5_000);
    expect(store.appliedIndex()).to.be.greaterThan(applied);
    expect(await keys()).to.equal(0);
    expect(errors()).to.deep.equal([]);
  });
});
