import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { wholeBody } from '../../src/kv/format/wire.js';
import { clampInteger } from '../../src/util/integer.js';
import type { VirtualMember } from '../support/virtual-member.js';
import type { VirtualTime } from '../support/virtual-time.js';
import { startLoneVirtualMember, warningsOf, type LoneVirtualMember } from './lone-virtual-member.js';

const KEYS = 6000;
const ALL = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };

describe('a member whose process ends between two slices of a command', () => {
  let lone: LoneVirtualMember;
  let time: VirtualTime;
  let member: VirtualMember;

  beforeEach(async () => {
    lone = await startLoneVirtualMember(KEYS);
    ({ time, member } = lone);
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

  it('completes the command before a clean stop', async () => {
    const { ended } = await beginDeletion();
    await time.wait(member.stop());
    await time.advance(1_000);
    expect(ended).to.have.length(1);
    expect(warningsOf(lone)).to.deep.equal([]);
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
    expect(warningsOf(lone)).to.deep.equal([]);
  });
});
