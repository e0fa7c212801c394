import type { Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { Code } from '../../../src/rpc/status.js';
import { startMember } from '../../../src/server/member.js';
import { defined } from '../../../src/util/assert.js';
import { clampInteger, toBigInt } from '../../../src/util/integer.js';
import { EtcdClient, expectOk, revisionOf } from '../../support/etcd-client.js';
import { KeepAliveStream } from '../../support/keep-alive-stream.js';
import { poll } from '../../support/poll.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, LoneMember, loneSettings } from '../lone-member.js';
import { rawClient } from '../../support/raw-client.js';

const { LeaseGrantRequest, LeaseGrantResponse } = etcdserverpb;
const { LeaseRevokeRequest, LeaseRevokeResponse, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse } = etcdserverpb;
const { LeaseLeasesRequest, LeaseLeasesResponse } = etcdserverpb;

const GRANT = { request: LeaseGrantRequest, response: LeaseGrantResponse };
const REVOKE = { request: LeaseRevokeRequest, response: LeaseRevokeResponse };
const TIME_TO_LIVE = { request: LeaseTimeToLiveRequest, response: LeaseTimeToLiveResponse };
const LEASES = { request: LeaseLeasesRequest, response: LeaseLeasesResponse };
const PUT = { request: etcdserverpb.PutRequest, response: etcdserverpb.PutResponse };

/** Integers that a double cannot represent exactly. */
const WHOLE = 0x7fff_ffff_ffff_fff1n;

describe('the Lease service', () => {
  let lone: LoneMember;
  let client: EtcdClient;
  let raw: Client;

  before(async () => {
    lone = await LoneMember.start();
    ({ client } = lone);
    raw = rawClient(endpointOf(lone.member));
  });

  after(async () => {
    raw.close();
    await lone.dispose();
  });

  const grant = (id: bigint, ttl: number, at = client) =>
    at.call('/etcdserverpb.Lease/LeaseGrant', GRANT, { ID: wireLeaseId(id), TTL: ttl });
  const revoke = (id: bigint) => client.call('/etcdserverpb.Lease/LeaseRevoke', REVOKE, { ID: wireLeaseId(id) });
  const put = (key: string, id: bigint, at = client) =>
    at.call('/etcdserverpb.KV/Put', PUT, { key: Buffer.from(key), lease: wireLeaseId(id) });

  async function list(): Promise<bigint[]> {
    const { leases } = expectOk(await client.call('/etcdserverpb.Lease/LeaseLeases', LEASES, {}));
    return leases.map(({ ID }) => toBigInt(ID));
  }

  async function timeToLive(id: bigint, options: { keys?: boolean; at?: EtcdClient } = {}): Promise<unknown> {
    const { keys = true, at = client } = options;
    const request = { ID: wireLeaseId(id), keys };
    const answer = expectOk(await at.call('/etcdserverpb.Lease/LeaseTimeToLive', TIME_TO_LIVE, request));
    expect(toBigInt(answer.ID)).to.equal(id);
    return [clampInteger(answer.TTL), clampInteger(answer.grantedTTL), answer.keys.map(String)];
  }

  it('chooses a positive id if the client does not, and a TTL that outlasts a change of leader', async () => {
    const seen = new Set<bigint>();
    for (const [asked, given] of [
      [100, 100],
      [1, 2],
      [0, 2],
      [-5, 2],
      [9_000_000_000, 9_000_000_000],
    ] as const) {
      const { ID, TTL, header } = expectOk(await grant(0n, asked));
      expect(clampInteger(TTL)).to.equal(given);
      expect(clampInteger(header?.memberId)).to.equal(lone.wireIds.member);
      expect(toBigInt(ID) > 0n).to.equal(true);
      seen.add(toBigInt(ID));
    }
    expect(seen.size).to.equal(5);
    const known = await list();
    for (const id of seen) {
      expect(known).to.include(id);
      expectOk(await revoke(id));
    }
  });

  it('preserves 64-bit ids, and lists them', async () => {
    for (const id of [WHOLE, WHOLE + 1n, -5n]) {
      const { ID } = expectOk(await grant(id, 60));
      expect(toBigInt(ID)).to.equal(id);
    }
    expect(await list()).to.include.members([WHOLE, WHOLE + 1n, -5n]);
    const { code, details } = (await grant(WHOLE, 60)) as { code: number; details: string };
    expect({ code, details }).to.deep.equal({
      code: Code.FAILED_PRECONDITION,
      details: 'etcdserver: lease already exists',
    });
    for (const id of [WHOLE, WHOLE + 1n, -5n]) expectOk(await revoke(id));
    expect(await list()).to.deep.equal([]);
  });

  it('lists leases in the order of their expiry, as etcd does', async () => {
    for (const [id, ttl] of [
      [1n, 300],
      [2n, 100],
      [3n, 200],
      [-4n, 400],
    ] as const) {
      expectOk(await grant(id, ttl));
    }
    expect(await list()).to.deep.equal([2n, 3n, 1n, -4n]);
    for (const id of [1n, 2n, 3n, -4n]) expectOk(await revoke(id));
  });

  it('reports the remaining time, and the attached keys in order', async () => {
    expectOk(await grant(WHOLE, 100));
    for (const key of ['b', 'c', 'a']) expectOk(await put(key, WHOLE));
    const [left, granted, keys] = (await timeToLive(WHOLE)) as [number, number, string[]];
    expect(left).to.be.within(90, 99);
    expect([granted, keys]).to.deep.equal([100, ['a', 'b', 'c']]);
    expect(((await timeToLive(WHOLE, { keys: false })) as unknown[])[2]).to.deep.equal([]);
    expect(await timeToLive(WHOLE + 1n)).to.deep.equal([-1, 0, []]);
    expectOk(await revoke(WHOLE));
  });

  it('deletes the keys of a revoked lease in one revision', async () => {
    expectOk(await grant(WHOLE, 100));
    for (const key of ['x1', 'x2', 'x3']) expectOk(await put(key, WHOLE));
    const before = revisionOf(expectOk(await put('x1', 0n))); // detaches the key
    expect(revisionOf(expectOk(await revoke(WHOLE)))).to.equal(before + 1);
    const range = { key: Buffer.from('x'), rangeEnd: Buffer.from('y') };
    expect(expectOk(await client.range(range)).kvs.map(({ key }) => String(key))).to.deep.equal(['x1']);
  });

  it('ends a lease that is not renewed, with its keys, and keeps one that is', async () => {
    expectOk(await grant(1n, 2));
    expectOk(await grant(2n, 2));
    expectOk(await put('ends', 1n));
    expectOk(await put('stays', 2n));
    const alive = new KeepAliveStream(raw);
    const began = performance.now();
    await poll('the end of the lease', async () => {
      alive.send(2n);
      return expectOk(await client.get('ends')).kvs.length === 0 || undefined;
    });
    expect(performance.now() - began).to.be.at.least(1_900);
    expect(expectOk(await client.get('stays')).kvs.length).to.equal(1);
    expect(await timeToLive(1n)).to.deep.equal([-1, 0, []]);
    expect(new Set(alive.answers.map(({ ttl }) => ttl))).to.deep.equal(new Set([2]));
    alive.end();
    expectOk(await revoke(2n));
  });

  describe('LeaseKeepAlive', () => {
    it('answers the requests of a stream in order, however many there are', async () => {
      expectOk(await grant(WHOLE, 100));
      expectOk(await grant(7n, 50));
      const stream = new KeepAliveStream(raw);
      stream.pause();
      const ids = Array.from({ length: 5_000 }, (_, at) => defined([WHOLE, 7n, BigInt(at + 1000)][at % 3], 'an id'));
      for (const id of ids) stream.send(id);
      stream.end();
      // Answers that the client does not read must not accumulate in the member.
      const bystander = new KeepAliveStream(raw);
      bystander.send(7n);
      await poll('another stream to be answered', () => bystander.answers.length === 1 || undefined);
      stream.resume();
      await poll('the end of the stream', () => stream.status !== undefined || undefined);
      expect(stream.status?.code).to.equal(Code.OK);
      expect(stream.answers.map(({ id }) => id)).to.deep.equal(ids);
      const wanted = new Map([
        [WHOLE, 100],
        [7n, 50],
      ]);
      expect(stream.answers.every(({ id, ttl }) => ttl === (wanted.get(id) ?? 0))).to.equal(true);
      bystander.end();
      for (const id of [WHOLE, 7n]) expectOk(await revoke(id));
    });

    it('reports the revision at the time of the request', async () => {
      const revision = revisionOf(expectOk(await client.put('k', 'v')));
      const stream = new KeepAliveStream(raw);
      stream.send(12_345n);
      await poll('an answer', () => stream.answers.length === 1 || undefined);
      expect(stream.answers).to.deep.equal([{ id: 12_345n, ttl: 0, revision }]);
      stream.end();
    });
  });

  it('ends its streams when the member stops, and keeps its leases over a restart', async () => {
    const folder = makeTemporaryFolder('leases');
    const settings = loneSettings(folder);
    let member = await startMember(settings);
    let at = new EtcdClient(endpointOf(member));
    const connection = rawClient(endpointOf(member));
    try {
      expectOk(await grant(WHOLE, 100, at));
      expectOk(await grant(5n, 2, at));
      for (const [key, id] of [
        ['long', WHOLE],
        ['short', 5n],
      ] as const) {
        expectOk(await put(key, id, at));
      }
      const stream = new KeepAliveStream(connection);
      stream.send(WHOLE);
      await poll('an answer', () => stream.answers.length === 1 || undefined);
      await member.stop();
      await poll('the end of the stream', () => stream.status !== undefined || undefined);
      expect(stream.status).to.deep.equal({ code: Code.UNAVAILABLE, details: 'etcdserver: server stopped' });
      at.close();
      member = await startMember(settings);
      at = new EtcdClient(endpointOf(member));
      const [left, granted, keys] = (await timeToLive(WHOLE, { at })) as [number, number, string[]];
      expect(left).to.be.within(90, 99);
      expect([granted, keys]).to.deep.equal([100, ['long']]);
      await poll('the end of the short one', async () => expectOk(await at.get('short')).kvs.length === 0 || undefined);
      expect(expectOk(await at.get('long')).kvs.length).to.equal(1);
    } finally {
      connection.close();
      at.close();
      await member.stop();
      removeFolder(folder);
    }
  });
});
