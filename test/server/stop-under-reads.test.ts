import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { DEFAULT_NODE_CONFIG } from '../../src/node/config.js';
import { seededRandom } from '../../src/util/random.js';
import { MemoryNetwork } from '../support/memory-network.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { GOOD_NETWORK } from '../support/virtual-cluster.js';
import { VirtualMember } from '../support/virtual-member.js';
import { VirtualTime } from '../support/virtual-time.js';

// A clean stop during a long read, such as a hash of a large store, treated the failed read as damage: a healthy member
// logged "the node stops: the cursor is closed" as an error.
it('a stop in the middle of long reads is clean', async () => {
  const time = new VirtualTime();
  const random = seededRandom(1);
  const logger = new RecordingLogger();
  const network = new MemoryNetwork({ random, clock: time.clock(), faults: GOOD_NETWORK });
  const member = new VirtualMember({
    time,
    random,
    logger,
    id: 1,
    bootstrap: [{ id: 1, name: 'm1', peerUrls: ['http://m1'], clientUrls: [], isLearner: false }],
    node: DEFAULT_NODE_CONFIG,
    requestMs: 3_000,
    rate: 1,
    syncMsMax: 4,
    connect: () => network.transport(1),
  });
  await time.wait(member.start());
  for (let batch = 0; batch < 40; batch++) {
    const success = Array.from({ length: 100 }, (_, i) => ({ requestPut: { key: Buffer.from(`${batch}/${i}`) } }));
    const request = etcdserverpb.TxnRequest.encode({ success }).finish();
    expect((await time.wait(member.call('/etcdserverpb.KV/Txn', request))).kind).to.equal('ok');
  }
  const { node } = member.assembly;
  // From here on each slice of work takes longer than the stop.
  const { clock } = member;
  clock.soon = (callback) => void clock.timeout(50, callback);
  const ended: string[] = [];
  for (const path of ['/etcdserverpb.Maintenance/HashKV', '/etcdserverpb.Maintenance/Status']) {
    void member.call(path, Buffer.alloc(0)).then(({ kind }) => ended.push(`${path} ${kind}`));
  }
  const all = etcdserverpb.RangeRequest.encode({
    key: Buffer.from([0]),
    rangeEnd: Buffer.from([0]),
    revision: 20,
    serializable: true,
  }).finish();
  void member.call('/etcdserverpb.KV/Range', all).then(({ kind }) => ended.push(`Range ${kind}`));
  expect(ended).to.deep.equal([]);

  await time.wait(member.stop());
  await time.advance(1_000);
  await node.closed;
  expect(ended).to.have.length(3);
  expect(logger.lines.filter(({ level }) => level === 'error' || level === 'warn')).to.deep.equal([]);
});
