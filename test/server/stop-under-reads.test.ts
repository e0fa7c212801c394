import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { startLoneVirtualMember, warningsOf } from './lone-virtual-member.js';

// A clean stop during a long read, such as a hash of a large store, treated the failed read as damage: a healthy member
// logged "the node stops: the cursor is closed" as an error.
it('a stop in the middle of long reads is clean', async () => {
  const lone = await startLoneVirtualMember(4_000);
  const { time, member } = lone;
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
  expect(warningsOf(lone)).to.deep.equal([]);
});
