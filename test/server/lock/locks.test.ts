import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import { expect } from 'chai';
import { etcdserverpb, v3electionpb, v3lockpb } from '../../../src/gen/proto.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { Code } from '../../../src/rpc/status.js';
import { startMember } from '../../../src/server/member.js';
import { clampInteger } from '../../../src/util/integer.js';
import { expectOk, revisionOf, type EtcdClient } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { makeTemporaryFolder, removeFolder } from '../../support/temporary-folder.js';
import { endpointOf, LoneMember, loneSettings } from '../lone-member.js';
import { rawCall, rawClient, type RawAnswer } from '../../support/raw-client.js';

const { LockRequest, LockResponse, UnlockRequest, UnlockResponse } = v3lockpb;
const { CampaignRequest, CampaignResponse, LeaderRequest, LeaderResponse } = v3electionpb;
const { ProclaimRequest, ResignRequest } = v3electionpb;
const { LeaseGrantRequest, LeaseGrantResponse, LeaseRevokeRequest, LeaseRevokeResponse } = etcdserverpb;

const GRANT = { request: LeaseGrantRequest, response: LeaseGrantResponse };
const REVOKE = { request: LeaseRevokeRequest, response: LeaseRevokeResponse };
const UNLOCK = { request: UnlockRequest, response: UnlockResponse };

/** A pending call: its result, and its cancellation. */
interface UnderWay {
  answer: RawAnswer | undefined;
  readonly giveUp: () => void;
}

/** A host may send a text with success, too. */
const outcomeOf = ({ code, details }: { readonly code: number; readonly details: string }): string =>
  code === Code.OK ? 'OK' : `${code} ${details}`;

describe('locks and elections', () => {
  let lone: LoneMember;
  let client: EtcdClient;
  let raw: Client;
  let names = 0;
  let name: string;

  before(async () => {
    lone = await LoneMember.start();
    ({ client } = lone);
    raw = rawClient(endpointOf(lone.member));
    for (const id of [0xa, 0xb, 0xc]) await grant(id);
  });

  beforeEach(() => {
    name = `name ${++names}`;
  });

  after(async () => {
    raw.close();
    await lone.dispose();
  });

  const grant = async (id: number, ttl = 1000): Promise<unknown> =>
    expectOk(await client.call('/etcdserverpb.Lease/LeaseGrant', GRANT, { ID: id, TTL: ttl }));
  const revoke = async (id: number): Promise<unknown> =>
    expectOk(await client.call('/etcdserverpb.Lease/LeaseRevoke', REVOKE, { ID: id }));
  const unlock = async (key: string): Promise<unknown> =>
    expectOk(await client.call('/v3lockpb.Lock/Unlock', UNLOCK, { key: Buffer.from(key) }));

  function begin(path: string, body: Uint8Array, timeoutMs = 20_000): UnderWay {
    const abort = new AbortController();
    const call: UnderWay = { answer: undefined, giveUp: () => abort.abort() };
    void rawCall(raw, path, body, { signal: abort.signal, timeoutMs }).then((answer) => (call.answer = answer));
    return call;
  }

  const lock = (lease: number, options: { name?: string; timeoutMs?: number } = {}): UnderWay =>
    begin(
      '/v3lockpb.Lock/Lock',
      LockRequest.encode({ name: Buffer.from(options.name ?? name), lease: wireLeaseId(BigInt(lease)) }).finish(),
      options.timeoutMs,
    );
  const campaign = (lease: number, value: string): UnderWay =>
    begin(
      '/v3electionpb.Election/Campaign',
      CampaignRequest.encode({ name: Buffer.from(name), lease, value: Buffer.from(value) }).finish(),
    );
  const ended = async (call: UnderWay): Promise<RawAnswer> => await poll('the end of the call', () => call.answer);

  async function keyOf(call: UnderWay): Promise<string> {
    const { code, details, body } = await ended(call);
    expect(code, details).to.equal(Code.OK);
    return String(LockResponse.decode(body).key);
  }

  /** The keys of the name, oldest first. */
  async function keys(): Promise<string[]> {
    const request = { key: Buffer.from(`${name}/`), rangeEnd: Buffer.from(`${name}0`), sortTarget: 2 };
    return expectOk(await client.range(request)).kvs.map(({ key }) => String(key));
  }

  const waiting = async (count: number): Promise<string[]> =>
    await poll(`${count} keys`, async () => {
      const found = await keys();
      return found.length === count ? found : undefined;
    });

  async function leaderNow(): Promise<string> {
    const { code, details, body } = await lone.raw(
      '/v3electionpb.Election/Leader',
      LeaderRequest.encode({ name: Buffer.from(name) }).finish(),
    );
    return code === Code.OK ? String(LeaderResponse.decode(body).kv?.value) : `${code} ${details}`;
  }

  describe('Lock', () => {
    it('is held by one caller at a time, in the order of the calls', async () => {
      expect(await keyOf(lock(0xa))).to.equal(`${name}/a`);
      const second = lock(0xb);
      await waiting(2);
      const third = lock(0xc);
      expect(await waiting(3)).to.deep.equal([`${name}/a`, `${name}/b`, `${name}/c`]);
      expect([second.answer, third.answer]).to.deep.equal([undefined, undefined]);
      await unlock(`${name}/a`);
      expect(await keyOf(second)).to.equal(`${name}/b`);
      expect(third.answer).to.equal(undefined);
      await unlock(`${name}/b`);
      expect(await keyOf(third)).to.equal(`${name}/c`);
      await unlock(`${name}/c`);
      expect(await keys()).to.deep.equal([]);
    });

    it('is granted again to the lease that holds it, at the same revision', async () => {
      const first = LockResponse.decode((await ended(lock(0xa))).body);
      const again = LockResponse.decode((await ended(lock(0xa))).body);
      expect(again).to.deep.equal(first);
      await unlock(`${name}/a`);
    });

    it("passes on when its holder's lease ends", async () => {
      await grant(0xd, 2);
      await keyOf(lock(0xd));
      const next = lock(0xb);
      expect(await keyOf(next)).to.equal(`${name}/b`);
      const { header } = LockResponse.decode((await ended(next)).body);
      expect(clampInteger(header?.revision), 'as of the turn, not of the call').to.equal(
        revisionOf(expectOk(await client.get('k'))),
      );
      await unlock(`${name}/b`);
    });

    it('skips callers that leave the queue by cancellation or deadline', async () => {
      await keyOf(lock(0xa));
      const goes = lock(0xb);
      await waiting(2);
      const last = lock(0xc);
      await waiting(3);
      goes.giveUp();
      expect(await waiting(2)).to.deep.equal([`${name}/a`, `${name}/c`]);
      const late = lock(0xb, { timeoutMs: 300 });
      expect((await ended(late)).code).to.equal(Code.DEADLINE_EXCEEDED);
      await waiting(2);
      await unlock(`${name}/a`);
      expect(await keyOf(last)).to.equal(`${name}/c`);
      await unlock(`${name}/c`);
    });

    it('is not released by a second call of the lease that holds it', async () => {
      await keyOf(lock(0xa));
      await keyOf(lock(0xb, { name: `${name} other` }));
      const waits = lock(0xb);
      await waiting(2);
      const again = lock(0xb);
      await poll('the second call to be served', async () => {
        await client.put('k', 'v');
        return true;
      });
      again.giveUp();
      await ended(again);
      await client.put('k', 'v');
      expect(await keys()).to.deep.equal([`${name}/a`, `${name}/b`]);
      await unlock(`${name}/a`);
      expect(await keyOf(waits)).to.equal(`${name}/b`);
      await unlock(`${name}/b`);
    });

    it('fails waiting calls when their own lease has ended', async () => {
      await grant(0xe);
      await keyOf(lock(0xa));
      const waits = lock(0xe);
      await waiting(2);
      await revoke(0xe);
      const { code, details } = await ended(waits);
      expect({ code, details }).to.deep.equal({ code: Code.UNKNOWN, details: 'mutex: session is expired' });
      await unlock(`${name}/a`);
    });

    it('grants a lease of a minute to a caller without one', async () => {
      const key = await keyOf(lock(0));
      expect(key).to.match(new RegExp(`^${name}/[0-9a-f]+$`));
      const lease = BigInt(`0x${key.slice(key.lastIndexOf('/') + 1)}`);
      const codecs = { request: etcdserverpb.LeaseTimeToLiveRequest, response: etcdserverpb.LeaseTimeToLiveResponse };
      const request = { ID: wireLeaseId(lease), keys: true };
      const left = expectOk(await client.call('/etcdserverpb.Lease/LeaseTimeToLive', codecs, request));
      expect([clampInteger(left.grantedTTL), left.keys.map(String)]).to.deep.equal([60, [key]]);
      await unlock(key);
    });

    // Code and text are those of etcd 3.4.
    it('refuses what etcd refuses', async () => {
      const unknown = await ended(lock(999));
      expect([unknown.code, unknown.details]).to.deep.equal([Code.UNKNOWN, 'etcdserver: requested lease not found']);
      const { code, details } = await lone.raw('/v3lockpb.Lock/Unlock', Buffer.alloc(0));
      expect([code, details]).to.deep.equal([Code.UNKNOWN, 'etcdserver: key is not provided']);
      // A request that is too large was refused with the code for a put.
      const large = LockRequest.encode({ name: Buffer.alloc(1_600_000), lease: 0xa }).finish();
      const tooLarge = await lone.raw('/v3lockpb.Lock/Lock', large);
      expect([tooLarge.code, tooLarge.details]).to.deep.equal([Code.UNKNOWN, 'etcdserver: request is too large']);
      await unlock('never locked');
      expect(await keys()).to.deep.equal([]);
    });
  });

  describe('Election', () => {
    type Key = v3electionpb.LeaderKey.$Properties;

    async function elected(call: UnderWay): Promise<Key> {
      const { code, details, body } = await ended(call);
      expect(code, details).to.equal(Code.OK);
      return CampaignResponse.decode(body).leader ?? {};
    }
    const proclaim = async (leader: Key | undefined, value: string): Promise<string> => {
      const body = ProclaimRequest.encode({ leader: leader ?? null, value: Buffer.from(value) }).finish();
      return outcomeOf(await lone.raw('/v3electionpb.Election/Proclaim', body));
    };
    const resign = async (leader: Key | undefined): Promise<string> => {
      const body = ResignRequest.encode({ leader: leader ?? null }).finish();
      return outcomeOf(await lone.raw('/v3electionpb.Election/Resign', body));
    };

    it('elects the first candidate, and the next one when it resigns', async () => {
      expect(await leaderNow()).to.equal('2 election: no leader');
      const leader = await elected(campaign(0xa, 'one'));
      expect([String(leader.name), String(leader.key), clampInteger(leader.lease)]).to.deep.equal([
        name,
        `${name}/a`,
        0xa,
      ]);
      expect(await leaderNow()).to.equal('one');
      const next = campaign(0xb, 'two');
      await waiting(2);
      expect(await leaderNow()).to.equal('one');
      expect(await proclaim(leader, 'uno')).to.equal('OK');
      expect(await leaderNow()).to.equal('uno');
      expect(await resign(leader)).to.equal('OK');
      const successor = await elected(next);
      expect(await leaderNow()).to.equal('two');
      expect(await proclaim(leader, 'still me')).to.equal('2 election: not leader');
      expect(await resign(leader), 'once more changes nothing').to.equal('OK');
      expect(await leaderNow()).to.equal('two');
      await resign(successor);
    });

    it('lets a leader that campaigns again change its value', async () => {
      const first = await elected(campaign(0xa, 'one'));
      const again = await elected(campaign(0xa, 'uno'));
      expect(again).to.deep.equal(first);
      expect(await leaderNow()).to.equal('uno');
      await resign(first);
    });

    // The key was written without the lease, so it stayed when the leader's session ended, and no other candidate was
    // elected.
    it('gives a lease of a minute to a key that is proclaimed without one', async () => {
      const leader = await elected(campaign(0xa, 'one'));
      expect(await proclaim({ ...leader, lease: 0 }, 'uno')).to.equal('OK');
      const [kv] = expectOk(await client.get(String(leader.key))).kvs;
      expect(String(kv?.value)).to.equal('uno');
      const codecs = { request: etcdserverpb.LeaseTimeToLiveRequest, response: etcdserverpb.LeaseTimeToLiveResponse };
      const left = await client.call('/etcdserverpb.Lease/LeaseTimeToLive', codecs, { ID: kv?.lease ?? 0 });
      expect(clampInteger(expectOk(left).grantedTTL)).to.equal(60);
      await resign(leader);
    });

    // Code and text are those of etcd 3.4.
    it('refuses what etcd refuses', async () => {
      expect(await proclaim(undefined, 'x')).to.equal('2 "leader" field must be provided');
      expect(await resign(undefined)).to.equal('2 "leader" field must be provided');
      expect(await proclaim({}, 'x')).to.equal('2 etcdserver: key is not provided');
      const leader = await elected(campaign(0xa, 'one'));
      expect(await proclaim({ ...leader, lease: 999 }, 'x')).to.equal('2 etcdserver: requested lease not found');
      const { code, details } = await ended(campaign(999, 'x'));
      expect([code, details]).to.deep.equal([Code.UNKNOWN, 'etcdserver: requested lease not found']);
      await resign(leader);
    });

    /** The responses of a stream, as value and key. */
    class Observer {
      readonly told: string[] = [];
      code: number | undefined;
      readonly stream: ClientReadableStream<Buffer>;

      constructor(connection: Client) {
        const same = (bytes: Buffer): Buffer => bytes;
        const request = Buffer.from(LeaderRequest.encode({ name: Buffer.from(name) }).finish());
        this.stream = connection.makeServerStreamRequest('/v3electionpb.Election/Observe', same, same, request);
        this.stream.on('data', (bytes: Buffer) => {
          const { kv } = LeaderResponse.decode(bytes);
          this.told.push(`${String(kv?.key).replace(`${name}/`, '')} ${String(kv?.value)}`);
        });
        this.stream.on('error', () => undefined);
        this.stream.on('status', ({ code }) => (this.code = code));
      }
    }

    it('notifies observers of the leader and its value, now and after each change', async () => {
      const early = new Observer(raw);
      const leader = await elected(campaign(0xa, 'one'));
      await poll('the first', () => early.told.length === 1 || undefined);
      const late = new Observer(raw);
      await poll('the present one', () => late.told.length === 1 || undefined);
      for (const value of ['uno', 'eins']) {
        await proclaim(leader, value);
        await poll(value, () => early.told.at(-1) === `a ${value}` || undefined);
      }
      const next = campaign(0xb, 'two');
      await waiting(2);
      await resign(leader);
      const successor = await elected(next);
      await poll('the successor', () => early.told.at(-1) === 'b two' || undefined);
      expect(early.told).to.deep.equal(['a one', 'a uno', 'a eins', 'b two']);
      await poll('the late one too', () => late.told.length === 4 || undefined);
      expect(late.told).to.deep.equal(early.told);
      late.stream.cancel();
      await resign(successor);
      early.stream.cancel();
    });
  });

  it('end when the member stops', async () => {
    const folder = makeTemporaryFolder('locks');
    const member = await startMember(loneSettings(folder));
    const connection = rawClient(endpointOf(member));
    try {
      const body = LockRequest.encode({ name: Buffer.from('a') }).finish();
      expect((await rawCall(connection, '/v3lockpb.Lock/Lock', body)).code).to.equal(Code.OK);
      const waits = rawCall(connection, '/v3lockpb.Lock/Lock', body, { timeoutMs: 20_000 });
      const range = etcdserverpb.RangeRequest.encode({ key: Buffer.from('a/'), rangeEnd: Buffer.from('a0') }).finish();
      await poll('two keys', async () => {
        const { body: found } = await rawCall(connection, '/etcdserverpb.KV/Range', range);
        return etcdserverpb.RangeResponse.decode(found).kvs.length === 2 || undefined;
      });
      await member.stop();
      const { code, details } = await waits;
      expect([code, details]).to.deep.equal([Code.UNAVAILABLE, 'etcdserver: server stopped']);
    } finally {
      connection.close();
      await member.stop();
      removeFolder(folder);
    }
  });
});
