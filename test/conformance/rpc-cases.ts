import { etcdserverpb, v3electionpb, v3lockpb } from '../../src/gen/proto.js';
import { wireLeaseId } from '../../src/kv/leases/leases.js';
import { poll } from '../support/poll.js';
import type { RpcClient, UnderWay } from './rpc-client.js';

/** Calls that etcdctl cannot make, or not in this form. */
export interface RpcCase {
  readonly title: string;
  readonly run: (client: RpcClient) => Promise<unknown>;
}

const pb = etcdserverpb;
const GRANT = { request: pb.LeaseGrantRequest, response: pb.LeaseGrantResponse };
const REVOKE = { request: pb.LeaseRevokeRequest, response: pb.LeaseRevokeResponse };
const KEEP_ALIVE = { request: pb.LeaseKeepAliveRequest, response: pb.LeaseKeepAliveResponse };
const TIME_TO_LIVE = { request: pb.LeaseTimeToLiveRequest, response: pb.LeaseTimeToLiveResponse };
const LEASES = { request: pb.LeaseLeasesRequest, response: pb.LeaseLeasesResponse };
const PUT = { request: pb.PutRequest, response: pb.PutResponse };
const RANGE = { request: pb.RangeRequest, response: pb.RangeResponse };
const LOCK = { request: v3lockpb.LockRequest, response: v3lockpb.LockResponse };
const UNLOCK = { request: v3lockpb.UnlockRequest, response: v3lockpb.UnlockResponse };
const CAMPAIGN = { request: v3electionpb.CampaignRequest, response: v3electionpb.CampaignResponse };
const LEADER = { request: v3electionpb.LeaderRequest, response: v3electionpb.LeaderResponse };
const PROCLAIM = { request: v3electionpb.ProclaimRequest, response: v3electionpb.ProclaimResponse };
const RESIGN = { request: v3electionpb.ResignRequest, response: v3electionpb.ResignResponse };

const bytes = (text: string): Buffer => Buffer.from(text);
const grant = (client: RpcClient, ID: number, TTL: number): Promise<unknown> =>
  client.call('/etcdserverpb.Lease/LeaseGrant', GRANT, { ID, TTL });
const revoke = (client: RpcClient, ID: number): Promise<unknown> =>
  client.call('/etcdserverpb.Lease/LeaseRevoke', REVOKE, { ID });
const put = (client: RpcClient, key: string, lease: number): Promise<unknown> =>
  client.call('/etcdserverpb.KV/Put', PUT, { key: bytes(key), lease });
const range = (client: RpcClient, key: string, rangeEnd = ''): Promise<unknown> =>
  client.call('/etcdserverpb.KV/Range', RANGE, { key: bytes(key), rangeEnd: bytes(rangeEnd) });
const timeToLive = (client: RpcClient, id: number | bigint): Promise<unknown> =>
  client.call('/etcdserverpb.Lease/LeaseTimeToLive', TIME_TO_LIVE, { ID: wireLeaseId(BigInt(id)), keys: true });
const lock = (client: RpcClient, lease: number, name = 'lock'): UnderWay =>
  client.begin('/v3lockpb.Lock/Lock', LOCK, { name: bytes(name), lease });
const unlock = (client: RpcClient, key: string): Promise<unknown> =>
  client.call('/v3lockpb.Lock/Unlock', UNLOCK, { key: bytes(key) });
const campaign = (client: RpcClient, lease: number, value: string): UnderWay =>
  client.begin('/v3electionpb.Election/Campaign', CAMPAIGN, { name: bytes('chair'), lease, value: bytes(value) });
const leader = (client: RpcClient): Promise<unknown> =>
  client.call('/v3electionpb.Election/Leader', LEADER, { name: bytes('chair') });

type LeaderKey = v3electionpb.LeaderKey.$Properties | undefined;
const proclaim = (client: RpcClient, of: LeaderKey, value: string): Promise<unknown> =>
  client.call('/v3electionpb.Election/Proclaim', PROCLAIM, { leader: of ?? null, value: bytes(value) });
const resign = (client: RpcClient, of: LeaderKey): Promise<unknown> =>
  client.call('/v3electionpb.Election/Resign', RESIGN, { leader: of ?? null });

/** Waits until a name has this many keys. */
const queued = async (client: RpcClient, name: string, count: number): Promise<unknown> =>
  await poll(`${count} keys of ${name}`, async () => {
    const answer = await range(client, `${name}/`, `${name}0`);
    return new RegExp(`"count":"${count}"`).test(JSON.stringify(answer)) ? answer : undefined;
  });

/** Revisions may differ after calls that are not compared. */
function keyOf(answer: unknown, lease: number): LeaderKey {
  const rev = Number(/"rev":"(\d+)"/.exec(JSON.stringify(answer))?.[1]);
  return { name: bytes('chair'), key: bytes(`chair/${lease.toString(16)}`), rev, lease };
}

async function inTurn(...steps: readonly (() => Promise<unknown>)[]): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const step of steps) answers.push(await step());
  return answers;
}

export const RPC_CASES: readonly RpcCase[] = [
  {
    title: 'leases are granted within limits, each id once, any but 0',
    run: (client) =>
      inTurn(
        ...[100, 1, 0, -1, 9_000_000_000].map((ttl, at) => () => grant(client, 0xa0 + at, ttl)),
        () => grant(client, 0xa0, 100),
        () => grant(client, 0xa0, 9_000_000_001),
        () => grant(client, 0xaf, Number.MAX_SAFE_INTEGER),
        () => grant(client, -7, 500),
      ),
  },
  {
    title: 'refused grants, and calls for missing leases',
    run: (client) =>
      inTurn(
        () => revoke(client, 0),
        () => revoke(client, 999),
        () => timeToLive(client, 0),
        () => timeToLive(client, 999),
        () => put(client, 'rpc/x', 999),
        () => put(client, 'rpc/x', -8),
      ),
  },
  {
    title: 'a stream renews leases in order, and answers TTL 0 for missing ones',
    run: (client) =>
      client.exchange(
        '/etcdserverpb.Lease/LeaseKeepAlive',
        KEEP_ALIVE,
        [0xa0, 999, -7, 0, 0xa0].map((ID) => ({ ID })),
      ),
  },
  {
    title: 'keys go with the lease of their newest version, in one revision',
    run: (client) =>
      inTurn(
        () => put(client, 'rpc/a', 0xa0),
        () => put(client, 'rpc/b', 0xa0),
        () => put(client, 'rpc/c', -7),
        () => put(client, 'rpc/b', 0),
        () => put(client, 'rpc/c', 0xa0),
        () => revoke(client, -7),
        () => range(client, 'rpc/', 'rpc0'),
        () => revoke(client, 0xa0),
        () => range(client, 'rpc/', 'rpc0'),
        () => range(client, 'rpc/b'),
      ),
  },
  {
    title: 'leases are listed by expiry',
    run: async (client) => {
      for (const id of [0xa1, 0xa2, 0xa3, 0xa4]) await revoke(client, id);
      for (const [at, ttl] of [700, 500, 600, 800].entries()) await grant(client, 0xb1 + at, ttl);
      const answer = await client.call('/etcdserverpb.Lease/LeaseLeases', LEASES, {});
      // Other existing leases have no name that both systems share.
      return [...JSON.stringify(answer).matchAll(/"ID":"(17[7-9]|180)"/g)].map(([, id]) => id);
    },
  },
  {
    title: 'a lock has one holder at a time',
    run: (client) =>
      inTurn(
        () => lock(client, 0xb1).end,
        () => lock(client, 0xb1).end,
        () => range(client, 'lock/', 'lock0'),
        async () => {
          const waits = lock(client, 0xb2);
          await queued(client, 'lock', 2);
          const gone = lock(client, 0xb3);
          await queued(client, 'lock', 3);
          gone.cancel();
          await queued(client, 'lock', 2);
          return [await unlock(client, 'lock/b1'), await waits.end];
        },
        () => unlock(client, 'lock/b2'),
        () => unlock(client, 'lock/b2'),
      ),
  },
  {
    title: 'locks that cannot be acquired',
    run: (client) =>
      inTurn(
        () => lock(client, 999).end,
        () => unlock(client, ''),
        () => unlock(client, 'never/1'),
      ),
  },
  {
    title: 'a lock without a lease gets one of a minute',
    run: async (client) => {
      const key = String(/"key":"([^"]+)"/.exec(JSON.stringify(await lock(client, 0, 'alone').end))?.[1]);
      const lease = BigInt(`0x${key.split('/')[1] ?? ''}`);
      const left = JSON.stringify(await timeToLive(client, lease));
      await unlock(client, key);
      return [key.replace(/\/.*/, ''), /"grantedTTL":"\d+"/.exec(left)];
    },
  },
  {
    title: 'an election has a leader with a value, and the next one after it resigns',
    run: async (client) => {
      const vacant = await leader(client);
      const won = await campaign(client, 0xb1, 'one').end;
      const first = keyOf(won, 0xb1);
      const observed = client.listen('/v3electionpb.Election/Observe', LEADER, { name: bytes('chair') });
      await poll('what it says', () => observed.answers.length === 1 || undefined);
      const says = await proclaim(client, first, 'uno');
      await poll('what it says', () => observed.answers.length === 2 || undefined);
      const again = await campaign(client, 0xb1, 'eins').end;
      await poll('what it says', () => observed.answers.length === 3 || undefined);
      const next = campaign(client, 0xb2, 'two');
      await queued(client, 'chair', 2);
      const still = await leader(client);
      const resigned = await resign(client, first);
      const second = await next.end;
      await poll('what it says', () => observed.answers.length === 4 || undefined);
      const late = await proclaim(client, first, 'still me');
      const twice = await resign(client, first);
      const now = await leader(client);
      await resign(client, keyOf(second, 0xb2));
      observed.cancel();
      return [vacant, won, says, again, still, resigned, second, late, twice, now, observed.answers];
    },
  },
  {
    title: 'elections that cannot be won, and invalid leaders',
    run: (client) =>
      inTurn(
        () => campaign(client, 999, 'x').end,
        () => proclaim(client, undefined, 'x'),
        () => proclaim(client, {}, 'x'),
        () => resign(client, undefined),
        () => resign(client, {}),
        () => leader(client),
      ),
  },
  {
    title: 'a proclamation without a lease gets one of a minute',
    run: async (client) => {
      const won = await campaign(client, 0xb3, 'one').end;
      const key = keyOf(won, 0xb3);
      await proclaim(client, { ...key, lease: 0 }, 'uno');
      const [, lease] = /"lease":"(\d+)"/.exec(JSON.stringify(await range(client, 'chair/b3'))) ?? [];
      const left = JSON.stringify(await timeToLive(client, BigInt(lease ?? 0)));
      await resign(client, key);
      return /"grantedTTL":"\d+"/.exec(left);
    },
  },
];
