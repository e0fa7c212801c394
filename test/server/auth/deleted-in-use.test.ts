import type { Client } from '@grpc/grpc-js';
import { expect } from 'chai';
import { authpb, etcdserverpb, v3electionpb, v3lockpb } from '../../../src/gen/proto.js';
import { asBytes, rawCall, toMetadata } from '../../support/raw-client.js';
import { poll } from '../../support/poll.js';
import { WatchCall } from '../../support/watch-call.js';
import { SecuredMember } from './secured-member.js';

const p = etcdserverpb;
const { READWRITE } = authpb.Permission.Type;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const K = bytes('k');
const LEASES = { alive: 7, holder: 8, waiting: 9, candidate: 10 };
const DENIED = 'rpc error: code = PermissionDenied desc = etcdserver: permission denied';

/** Codes that a call may end with: done; old revision, which its client answers with a new token; denied; token void. */
const CODES = [0, 3, 7, 16];
/** Locks and elections report refusals without their code, as in etcd. */
const LOCK_CODES = [...CODES, 2];

interface Request {
  readonly path: string;
  readonly body: Uint8Array;
  readonly codes?: readonly number[];
}

const op = { requestPut: { key: K, value: bytes('v'), prevKv: true } };
const REQUESTS: readonly Request[] = [
  { path: 'etcdserverpb.KV/Put', body: p.PutRequest.encode({ key: K, value: bytes('v'), lease: 7 }).finish() },
  { path: 'etcdserverpb.KV/Range', body: p.RangeRequest.encode({ key: K, rangeEnd: bytes('l') }).finish() },
  { path: 'etcdserverpb.KV/Range', body: p.RangeRequest.encode({ key: K, serializable: true }).finish() },
  { path: 'etcdserverpb.KV/Txn', body: p.TxnRequest.encode({ success: [{ requestTxn: { success: [op] } }] }).finish() },
  {
    path: 'etcdserverpb.KV/DeleteRange',
    body: p.DeleteRangeRequest.encode({ key: bytes('k9'), prevKv: true }).finish(),
  },
  { path: 'etcdserverpb.Lease/LeaseTimeToLive', body: p.LeaseTimeToLiveRequest.encode({ ID: 7, keys: true }).finish() },
  { path: 'etcdserverpb.Auth/UserGet', body: p.AuthUserGetRequest.encode({ name: 'ann' }).finish() },
  {
    path: 'etcdserverpb.Auth/RoleGet',
    body: p.AuthRoleGetRequest.encode({ role: 'ann' }).finish(),
    codes: [...CODES, 9],
  },
  {
    path: 'v3electionpb.Election/Leader',
    body: v3electionpb.LeaderRequest.encode({ name: bytes('k/none') }).finish(),
    codes: LOCK_CODES,
  },
];

interface Stream {
  readonly messages: Buffer[];
  status: string | undefined;
  send(body: Uint8Array): void;
  /** Ends the client's side. */
  end(): void;
  cancel(): void;
}

function bidi(client: Client, path: string, token: string): Stream {
  const call = client.makeBidiStreamRequest(path, asBytes, asBytes, toMetadata({ token }));
  const stream: Stream = {
    messages: [],
    status: undefined,
    send: (body) => void call.write(Buffer.from(body)),
    end: () => void call.end(),
    cancel: () => call.cancel(),
  };
  call.on('data', (message: Buffer) => stream.messages.push(message));
  call.on('error', () => undefined);
  call.on('status', ({ code, details }) => (stream.status = `${code} ${details}`));
  return stream;
}

describe('a user or role that is deleted while it is in use', function () {
  this.timeout(60_000);
  let secured: SecuredMember;
  const ends: (() => void)[] = [];

  afterEach(async () => {
    for (const end of ends.splice(0)) end();
    await secured.dispose();
  });

  const root = (path: string, codec: Parameters<SecuredMember['do']>[1], request: object): Promise<Buffer> =>
    secured.do(path, codec, request, 'root');

  async function start(host: string): Promise<string> {
    secured = await SecuredMember.start({ settings: { 'rpc-host': host } });
    await secured.addUser('ann', { type: READWRITE, key: 'k', rangeEnd: 'l' });
    await secured.enable();
    await secured.logIn('root');
    for (const ID of Object.values(LEASES)) await root('Lease/LeaseGrant', p.LeaseGrantRequest, { ID, TTL: 600 });
    // Unlike k, it stays with its lease.
    await root('KV/Put', p.PutRequest, { key: bytes('k1'), lease: LEASES.alive });
    return secured.logIn('ann');
  }

  for (const host of ['native', 'grpc-js']) {
    for (const what of ['user', 'role'] as const) {
      it(`ends its calls, streams and waits with the reason, and nothing else (${what}, ${host})`, async () => {
        const token = await start(host);
        const metadata = { token };
        const call = (path: string, body: Uint8Array): ReturnType<typeof rawCall> =>
          rawCall(secured.client, `/${path}`, body, { metadata, timeoutMs: 30_000 });

        const watch = new WatchCall(secured.client, metadata);
        ends.push(() => watch.cancel());
        expect(await watch.created({ key: 'k', rangeEnd: 'l' })).to.include({ canceled: false });
        const keepAlive = bidi(secured.client, '/etcdserverpb.Lease/LeaseKeepAlive', token);
        const observer = bidi(secured.client, '/v3electionpb.Election/Observe', token);
        ends.push(
          () => keepAlive.cancel(),
          () => observer.cancel(),
        );
        const renew = p.LeaseKeepAliveRequest.encode({ ID: LEASES.alive }).finish();
        keepAlive.send(renew);
        observer.send(v3electionpb.LeaderRequest.encode({ name: bytes('k/e') }).finish());
        observer.end();
        const lockOf = (lease: number): Uint8Array =>
          v3lockpb.LockRequest.encode({ name: bytes('k/lock'), lease }).finish();
        const held = await call('v3lockpb.Lock/Lock', lockOf(LEASES.holder));
        expect(held.code).to.equal(0);
        const waiting = call('v3lockpb.Lock/Lock', lockOf(LEASES.waiting));
        const campaign = v3electionpb.CampaignRequest.encode({ name: bytes('k/e'), lease: LEASES.candidate }).finish();
        expect((await call('v3electionpb.Election/Campaign', campaign)).code).to.equal(0);
        await poll('a leader', () => observer.messages[0]);
        await poll('a renewal', () => keepAlive.messages[0]);

        let isDeleted = false;
        const outcomes = new Map<string, number>();
        const late: string[] = [];
        const loop = async ({ path, body, codes = CODES }: Request): Promise<void> => {
          for (let last = false; !last;) {
            last = isDeleted;
            const { code, details } = await call(path, body);
            expect(codes, `${path}: ${code} ${details}`).to.include(code);
            outcomes.set(`${path} ${code}`, (outcomes.get(`${path} ${code}`) ?? 0) + 1);
            // Nothing that began after the deletion may succeed; what a user with no role may do, it still may.
            if (last && code === 0 && !(what === 'role' && path.endsWith('UserGet'))) late.push(path);
          }
        };
        const loops = REQUESTS.map(loop);
        await poll('calls of each kind', () => (outcomes.size >= 5 ? true : undefined));
        if (what === 'user') await root('Auth/UserDelete', p.AuthUserDeleteRequest, { name: 'ann' });
        else await root('Auth/RoleDelete', p.AuthRoleDeleteRequest, { role: 'ann' });
        isDeleted = true;
        await Promise.all(loops);
        expect(late).to.deep.equal([]);

        await poll('the end of the watch', () => watch.responses.find(({ canceled }) => canceled));
        expect(watch.responses.at(-1)).to.include({ canceled: true, cancelReason: DENIED });
        keepAlive.send(renew);
        if (what === 'user') {
          expect(await poll('the end of the renewals', () => keepAlive.status)).to.match(/^16 .*invalid auth token$/);
        } else {
          // The lease has a key that the user may not write any more.
          expect(await poll('the end of the renewals', () => keepAlive.status)).to.match(/^7 .*permission denied$/);
        }

        // The lock is free: the deleted user does not get it, and its place goes with its lease.
        await root('KV/DeleteRange', p.DeleteRangeRequest, { key: bytes('k/lock/8') });
        const { code, details } = await waiting;
        expect(LOCK_CODES.slice(1), details).to.include(code);
        await root('Lease/LeaseRevoke', p.LeaseRevokeRequest, { ID: LEASES.waiting });
        const { count } = p.RangeResponse.decode(
          await root('KV/Range', p.RangeRequest, { key: bytes('k/lock/'), rangeEnd: bytes('k/lock0') }),
        );
        expect(String(count)).to.equal('0');
        // Its election: a new leader is not shown to it.
        const seen = observer.messages.length;
        await root('Lease/LeaseRevoke', p.LeaseRevokeRequest, { ID: LEASES.candidate });
        const next = v3electionpb.CampaignRequest.encode({ name: bytes('k/e'), lease: LEASES.alive }).finish();
        const rootToken = { token: secured.tokens.get('root') ?? '' };
        const elected = await rawCall(secured.client, '/v3electionpb.Election/Campaign', next, { metadata: rootToken });
        expect(elected.code).to.equal(0);
        expect(await poll('the end of the observation', () => observer.status)).to.match(/^(?:2|7|16) etcdserver: /);
        expect(observer.messages).to.have.length(seen);
        expect(secured.member.logger.messages('error')).to.deep.equal([]);
      });
    }
  }
});
