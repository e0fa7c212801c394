import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { addMember, get } from '../support/virtual-calls.js';
import type { VirtualMember } from '../support/virtual-member.js';

const { AlarmRequest, AlarmResponse, AlarmType, StatusResponse, TxnRequest } = etcdserverpb;
const { LeaseGrantRequest } = etcdserverpb;
const { PutRequest, DeleteRangeRequest, CompactionRequest, DefragmentRequest } = etcdserverpb;
const { GET, ACTIVATE, DEACTIVATE } = AlarmRequest.AlarmAction;
const NO_SPACE = 'etcdserver: mvcc: database space exceeded';
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('alarms', () => {
  let cluster: VirtualCluster;

  afterEach(() => cluster.stop());

  async function begin(quotaBytes: number): Promise<VirtualMember> {
    cluster = new VirtualCluster({ members: 3, seed: 5, more: { quotaBytes } });
    await cluster.start();
    return await cluster.leader();
  }

  /** The outcome of a call: ok, or the text of the error. */
  async function ending(member: VirtualMember, path: string, request: Uint8Array): Promise<string> {
    const result = await cluster.time.wait(member.call(`/etcdserverpb.${path}`, request));
    return result.kind === 'ok' ? 'ok' : result.status.message;
  }

  const put = (member: VirtualMember, key: string, value = 'v') =>
    ending(member, 'KV/Put', PutRequest.encode({ key: bytes(key), value: bytes(value) }).finish());
  const txn = (member: VirtualMember, ...success: etcdserverpb.RequestOp.$Properties[]) =>
    ending(member, 'KV/Txn', TxnRequest.encode({ success }).finish());
  const remove = (member: VirtualMember, from: string, to: string) =>
    ending(member, 'KV/DeleteRange', DeleteRangeRequest.encode({ key: bytes(from), rangeEnd: bytes(to) }).finish());

  const grant = (member: VirtualMember, ID: number) =>
    ending(member, 'Lease/LeaseGrant', LeaseGrantRequest.encode({ ID, TTL: 2 }).finish());

  async function alarm(
    member: VirtualMember,
    request: etcdserverpb.AlarmRequest.$Properties,
  ): Promise<[number, string][]> {
    const result = await cluster.time.wait(
      member.call('/etcdserverpb.Maintenance/Alarm', AlarmRequest.encode(request).finish()),
    );
    if (result.kind === 'error') throw new Error(result.status.message);
    const { alarms } = AlarmResponse.decode(result.body);
    return alarms.map(({ memberID, alarm: kind }) => [clampInteger(memberID), AlarmType[kind ?? 0] ?? '?']);
  }

  async function errorsOf(member: VirtualMember): Promise<readonly string[]> {
    const result = await cluster.time.wait(member.call('/etcdserverpb.Maintenance/Status', Buffer.alloc(0)));
    return result.kind === 'ok' ? StatusResponse.decode(result.body).errors : [];
  }

  async function fill(member: VirtualMember): Promise<void> {
    for (let at = 0; at < 200; at++) {
      const answer = await put(member, `fill${at}`, 'v'.repeat(1000));
      if (answer === 'ok') continue;
      expect(answer).to.equal(NO_SPACE);
      return;
    }
    throw new Error('the store was never full');
  }

  it('NOSPACE is raised at the quota, and refuses only writes that take space until it is disarmed', async () => {
    const leader = await begin(100_000);
    const follower = cluster.members.find((member) => member !== leader) ?? leader;
    await put(leader, 'key');
    await fill(follower);
    const [raised] = await alarm(follower, { action: GET });
    expect(raised?.[1]).to.equal('NOSPACE');
    for (const member of cluster.members) {
      await cluster.time.until('it knows of the alarm', () => member.assembly.store.alarms().length > 0);
      expect(await put(member, 'key')).to.equal(NO_SPACE);
      expect(await errorsOf(member)).to.include(`memberID:${raised?.[0]} alarm:NOSPACE `);
      const { kind } = await cluster.time.wait(get(member, 'key', { level: 'consistent' }));
      expect(kind).to.equal('ok');
    }
    expect(await grant(leader, 5)).to.equal(NO_SPACE);
    const nested = { requestTxn: { success: [{ requestPut: { key: bytes('key') } }] } };
    expect(await txn(leader, nested)).to.equal(NO_SPACE);
    expect(await txn(leader, { requestDeleteRange: { key: bytes('key') } })).to.equal('ok');
    expect(await remove(leader, 'fill', 'film')).to.equal('ok');
    const revision = leader.assembly.store.revision();
    const compaction = CompactionRequest.encode({ revision, physical: true }).finish();
    expect(await ending(leader, 'KV/Compact', compaction)).to.equal('ok');
    for (const member of cluster.members) {
      const defragment = DefragmentRequest.encode({}).finish();
      expect(await ending(member, 'Maintenance/Defragment', defragment)).to.equal('ok');
    }
    expect(await put(leader, 'key'), 'space alone does not disarm it').to.equal(NO_SPACE);
    for (const [memberID] of await alarm(leader, { action: GET })) {
      const request = { action: DEACTIVATE, memberID, alarm: AlarmType.NOSPACE };
      expect(await alarm(leader, request)).to.deep.equal([[memberID, 'NOSPACE']]);
      expect(await alarm(leader, request)).to.deep.equal([]);
    }
    expect(await put(leader, 'key')).to.equal('ok');
  });

  it('survive the death of all members, and reach a new member', async () => {
    const leader = await begin(-1);
    const request = { action: ACTIVATE, memberID: 77, alarm: AlarmType.NOSPACE };
    expect(await alarm(leader, request)).to.deep.equal([[77, 'NOSPACE']]);
    expect(await alarm(leader, request), 'once more changes nothing').to.deep.equal([[77, 'NOSPACE']]);
    expect(await alarm(leader, { action: ACTIVATE, memberID: 3, alarm: AlarmType.CORRUPT })).to.have.length(1);
    for (const member of cluster.members) cluster.crash(member, 'power');
    for (const member of cluster.members) await cluster.time.wait(member.start());
    const next = await cluster.leader();
    const all = [
      [77, 'NOSPACE'],
      [3, 'CORRUPT'],
    ];
    expect(await alarm(next, { action: GET })).to.deep.equal(all);
    expect(await alarm(next, { action: GET, alarm: AlarmType.CORRUPT })).to.deep.equal([[3, 'CORRUPT']]);
    const added = await cluster.time.wait(addMember(next, { url: 'http://m4:2380' }));
    if (added.kind === 'failed') throw new Error(added.message);
    const newcomer = cluster.newcomer(added.id);
    await cluster.time.wait(newcomer.start());
    await cluster.time.until('the newcomer knows', () => newcomer.assembly.store.alarms().length === 2);
  });

  it('CORRUPT refuses every write, also beside another alarm', async () => {
    const leader = await begin(-1);
    await put(leader, 'key');
    await alarm(leader, { action: ACTIVATE, memberID: leader.id, alarm: AlarmType.NOSPACE });
    await alarm(leader, { action: ACTIVATE, memberID: leader.id, alarm: AlarmType.CORRUPT });
    const corrupt = 'etcdserver: corrupt cluster';
    expect(await put(leader, 'key')).to.equal(corrupt);
    expect(await remove(leader, 'a', 'z')).to.equal(corrupt);
    expect(await txn(leader, { requestDeleteRange: { key: bytes('key') } })).to.equal(corrupt);
    expect(await ending(leader, 'KV/Compact', CompactionRequest.encode({ revision: 2 }).finish())).to.equal(corrupt);
    const { kind } = await cluster.time.wait(get(leader, 'key', { level: 'consistent' }));
    expect(kind).to.equal('ok');
    await alarm(leader, { action: DEACTIVATE, memberID: leader.id, alarm: AlarmType.CORRUPT });
    expect(await put(leader, 'key')).to.equal(NO_SPACE);
  });

  it('CORRUPT keeps leases that have run out, without filling the log, until it is disarmed', async () => {
    const leader = await begin(-1);
    expect(await grant(leader, 5)).to.equal('ok');
    const corrupt = { memberID: leader.id, alarm: AlarmType.CORRUPT };
    await alarm(leader, { action: ACTIVATE, ...corrupt });
    const before = leader.assembly.node.status().lastIndex;
    await cluster.time.advance(10_000);
    expect(leader.assembly.store.leases.get(5n)).not.to.equal(undefined);
    expect(leader.assembly.node.status().lastIndex).to.equal(before);
    await alarm(leader, { action: DEACTIVATE, ...corrupt });
    await cluster.time.until('the lease to end', () => leader.assembly.store.leases.get(5n) === undefined);
  });
});
