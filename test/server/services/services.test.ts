import { expect } from 'chai';
import { etcdserverpb, grpc } from '../../../src/gen/proto.js';
import { ETCD_API_VERSION, ETCD_STORAGE_VERSION, RAFTKV_VERSION } from '../../../src/server/settings/version.js';
import { Code } from '../../../src/rpc/status.js';
import { defined } from '../../../src/util/assert.js';
import { clampInteger } from '../../../src/util/integer.js';
import { expectOk, revisionOf } from '../../support/etcd-client.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember } from '../lone-member.js';
import { rawClient } from '../../support/raw-client.js';
import { elapsedMs, expectShortWait } from '../../support/time-limits.js';

const { DowngradeRequest, CompactionRequest, HashResponse } = etcdserverpb;
const { MemberListRequest, MemberListResponse, MemberUpdateRequest, StatusResponse, HashKVRequest, HashKVResponse } =
  etcdserverpb;
const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;
const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse.ServingStatus;

const FRESHNESS_FIELDS = ['appliedIndex', 'knownLeader', 'lastContactMs', 'stalenessMs'];

describe('the services beside KV', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start({ name: 'solo' });
    for (const value of ['1', '2', '3']) expectOk(await lone.client.put('k', value));
  });

  after(() => lone.dispose());

  const call = (path: string, body: Uint8Array = Buffer.alloc(0)) => lone.raw(path, body);

  describe('Cluster', () => {
    /** The members in a list, once this one's client URLs have gone through the log. */
    const published = (linearizable: boolean) =>
      poll('the client URLs to be published', async () => {
        const answer = await call(
          '/etcdserverpb.Cluster/MemberList',
          MemberListRequest.encode({ linearizable }).finish(),
        );
        expect(answer.code, answer.details).to.equal(Code.OK);
        const response = MemberListResponse.decode(answer.body);
        return (response.members[0]?.clientURLs ?? []).length > 0 ? response : undefined;
      });

    for (const linearizable of [false, true]) {
      it(`MemberList returns the member and its client URLs (linearizable ${linearizable})`, async () => {
        const { members, header } = await published(linearizable);
        // With port 0, a member advertised the configured port instead of the bound one.
        expect(members.map(({ ID, ...rest }) => ({ id: clampInteger(ID), ...rest }))).to.deep.equal([
          {
            id: lone.wireIds.member,
            name: 'solo',
            peerURLs: ['http://127.0.0.1:0'],
            clientURLs: [...lone.member.clientUrls],
          },
        ]);
        expect(clampInteger(header?.clusterId)).to.equal(lone.wireIds.cluster);
        expect(clampInteger(header?.memberId)).to.equal(lone.wireIds.member);
        expect(clampInteger(header?.raftTerm)).to.equal(lone.member.status().term);
        expect(Object.hasOwn(header ?? {}, 'revision'), "etcd's member answers have no revision").to.equal(false);
      });
    }

    // Random requests beside etcd: etcd looks up the member first, and accepts URLs with spaces around them.
    it('MemberUpdate of an unknown member fails, whatever its URLs are', async () => {
      const update = (ID: number, ...peerURLs: string[]) =>
        call('/etcdserverpb.Cluster/MemberUpdate', MemberUpdateRequest.encode({ ID, peerURLs }).finish());
      expect((await update(1, 'nowhere')).details).to.equal('etcdserver: member not found');
      expect((await update(lone.wireIds.member, 'nowhere')).details).to.equal(
        'etcdserver: given member URLs are invalid',
      );
      expect((await update(lone.wireIds.member, ' http://127.0.0.1:0 ')).code).to.equal(Code.OK);
    });
  });

  describe('Maintenance', () => {
    it('Status returns leader, log position, store size and versions', async () => {
      const { code, body } = await call('/etcdserverpb.Maintenance/Status');
      expect(code).to.equal(Code.OK);
      const { header, dbSize, dbSizeInUse, dbSizeQuota, hotWrite, ...status } = StatusResponse.decode(body);
      const { term, commit, applied, leader } = lone.member.status();
      expect(leader).to.equal(lone.member.id);
      const { leader: saidLeader, raftIndex, raftTerm, raftAppliedIndex, ...rest } = status;
      const numbers = [saidLeader, raftIndex, raftTerm, raftAppliedIndex].map(clampInteger);
      expect(numbers).to.deep.equal([lone.wireIds.member, commit, term, applied]);
      expect(rest).to.deep.equal({
        version: ETCD_API_VERSION,
        storageVersion: ETCD_STORAGE_VERSION,
        raftkvVersion: RAFTKV_VERSION,
        errors: [],
        downgradeInfo: { enabled: false, targetVersion: '' },
      });
      expect(String(hotWrite?.key)).to.equal('k');
      expect(clampInteger(dbSizeQuota)).to.equal(2 * 1024 ** 3);
      expect(clampInteger(dbSize)).to.be.at.least(1);
      expect(clampInteger(dbSizeInUse)).to.be.within(1, clampInteger(dbSize));
      expect(revisionOf({ ...(header === undefined ? {} : { header }) })).to.equal(4);
      expect(FRESHNESS_FIELDS.filter((name) => Object.hasOwn(header ?? {}, name))).to.deep.equal([]);
    });

    it('HashKV hashes the requested revision, or the newest', async () => {
      const hashOf = async (revision: number): Promise<[number, number, number, number]> => {
        const answer = await call('/etcdserverpb.Maintenance/HashKV', HashKVRequest.encode({ revision }).finish());
        expect(answer.code, answer.details).to.equal(Code.OK);
        const response = HashKVResponse.decode(answer.body);
        const { hash, compactRevision, hashRevision } = response;
        return [hash, clampInteger(compactRevision), clampInteger(hashRevision), revisionOf(response)];
      };
      const newest = await hashOf(0);
      expect(newest.slice(1)).to.deep.equal([-1, 4, 4]);
      expect(await hashOf(-5)).to.deep.equal(newest);
      expect(await hashOf(4)).to.deep.equal(newest);
      const older = await hashOf(3);
      expect(older.slice(1)).to.deep.equal([-1, 3, 4]);
      expect(older[0]).not.to.equal(newest[0]);
    });
  });

  describe('Maintenance methods that change something', () => {
    it('Defragment and Hash answer while the member serves', async () => {
      const [hash, defragmented, put] = await Promise.all([
        call('/etcdserverpb.Maintenance/Hash'),
        call('/etcdserverpb.Maintenance/Defragment'),
        lone.client.put('meanwhile', 'x'),
      ]);
      expect([hash.code, defragmented.code]).to.deep.equal([Code.OK, Code.OK]);
      expectOk(put);
      expect(HashResponse.decode(hash.body).hash).to.be.greaterThan(0);
      expect(
        HashResponse.decode((await call('/etcdserverpb.Maintenance/Hash')).body).hash,
        'of other rows',
      ).not.to.equal(HashResponse.decode(hash.body).hash);
    });

    it("Downgrade is refused with etcd's texts", async () => {
      const { VALIDATE, ENABLE, CANCEL } = DowngradeRequest.DowngradeAction;
      const cases: readonly (readonly [number, string, string])[] = [
        [VALIDATE, '3.4.0', 'invalid downgrade target version'],
        [ENABLE, '3.4', 'invalid downgrade target version'],
        [ENABLE, 'old', 'wrong downgrade target version format'],
        [CANCEL, '', 'no inflight downgrade job'],
        [9, '', 'unknown method'],
      ];
      for (const [action, version, text] of cases) {
        const request = DowngradeRequest.encode({ action, version }).finish();
        const { details } = await call('/etcdserverpb.Maintenance/Downgrade', request);
        expect(details).to.equal(`etcdserver: ${text}`);
      }
    });

    it('Compact waits until the space is free, if asked to', async () => {
      for (let at = 0; at < 50; at++) expectOk(await lone.client.put('churn', String(at)));
      const revision = revisionOf(expectOk(await lone.client.put('churn', 'last')));
      const compact = (physical: boolean) =>
        call('/etcdserverpb.KV/Compact', CompactionRequest.encode({ revision, physical }).finish());
      expect((await compact(true)).code).to.equal(Code.OK);
      expect((await compact(true)).details).to.equal('etcdserver: mvcc: required revision has been compacted');
    });
  });

  describe('grpc.health.v1', () => {
    const check = (service: string) =>
      call('/grpc.health.v1.Health/Check', HealthCheckRequest.encode({ service }).finish());

    it('Check reports the member and each service as serving', async () => {
      await poll('a leader', () => lone.member.status().leader !== undefined || undefined);
      for (const service of ['', 'KV', 'Watch', 'Lease', 'Cluster', 'Maintenance', 'Auth'].map(
        (name) => name && `etcdserverpb.${name}`,
      )) {
        const { code, body } = await check(service);
        const { status } = HealthCheckResponse.decode(body);
        expect({ service, code, status }).to.deep.equal({ service, code: Code.OK, status: SERVING });
      }
    });

    it('Check does not know other services', async () => {
      for (const service of ['x', 'etcdserverpb.Nowhere', '\u0000', 'x'.repeat(100_000)]) {
        const { code, details } = await check(service);
        expect({ code, details }).to.deep.equal({ code: Code.NOT_FOUND, details: 'unknown service' });
      }
    });

    it('Watch begins with the current status, and ends when the client cancels', async () => {
      const client = rawClient(endpointOf(lone.member));
      for (const [service, status] of [
        ['', SERVING],
        ['etcdserverpb.KV', SERVING],
        ['x', SERVICE_UNKNOWN],
      ] as const) {
        const stream = watch(client, service);
        expect(await stream.next()).to.equal(status);
        expect(await stream.cancel()).to.equal(Code.CANCELLED);
      }
      client.close();
    });
  });

  it('answer UNIMPLEMENTED for methods that do not exist yet', async () => {
    const paths = ['KV/Nonsense', 'Auth/Nonsense', 'Nowhere/At'];
    for (const path of paths) {
      const { code } = await call(`/etcdserverpb.${path}`);
      expect({ path, code }).to.deep.equal({ path, code: Code.UNIMPLEMENTED });
    }
    expect((await call('/raftkv.Peer/Link')).code, 'members are served at the peer URL alone').to.equal(
      Code.UNIMPLEMENTED,
    );
  });
});

describe('the health of a member without a leader', () => {
  let lone: LoneMember;

  before(async () => {
    // The other voter never starts.
    lone = await LoneMember.start({ name: 'a', 'initial-cluster': 'a=http://127.0.0.1:0,b=http://127.0.0.1:1' });
  });

  after(() => lone.dispose());

  it('is NOT_SERVING, and Status gives the reason', async () => {
    const { body } = await lone.raw('/grpc.health.v1.Health/Check', Buffer.alloc(0));
    expect(HealthCheckResponse.decode(body).status).to.equal(NOT_SERVING);
    const { errors, leader } = expectOk(await lone.client.status());
    expect({ errors, leader: clampInteger(leader) }).to.deep.equal({ errors: ['etcdserver: no leader'], leader: 0 });
  });

  it('is sent to open watches', async () => {
    const client = rawClient(endpointOf(lone.member));
    const stream = watch(client, '');
    expect(await stream.next()).to.equal(NOT_SERVING);
    await stream.cancel();
    client.close();
  });
});

// A health watch delayed the stop of a member for the whole grace period: two seconds at each restart.
it('a member that stops notifies health watches, and does not wait for them', async () => {
  await expectShortWait(1_500, async () => {
    const lone = await LoneMember.start();
    expectOk(await lone.client.put('k', 'v'));
    const client = rawClient(endpointOf(lone.member));
    const stream = watch(client, '');
    expect(await stream.next()).to.equal(SERVING);
    const last = stream.next();
    const stopMs = await elapsedMs(() => lone.member.stop());
    expect([await last, await stream.ended]).to.deep.equal([NOT_SERVING, Code.UNAVAILABLE]);
    client.close();
    await lone.dispose();
    return stopMs;
  });
});

interface Watching {
  next(): Promise<number>;
  cancel(): Promise<number>;
  /** The status code of the stream. */
  readonly ended: Promise<number>;
}

function watch(client: ReturnType<typeof rawClient>, service: string): Watching {
  const stream = client.makeServerStreamRequest(
    '/grpc.health.v1.Health/Watch',
    (request: Buffer) => request,
    (bytes: Buffer) => HealthCheckResponse.decode(bytes),
    Buffer.from(HealthCheckRequest.encode({ service }).finish()),
  );
  stream.on('error', () => undefined);
  const ended = new Promise<number>((resolve) => stream.once('status', ({ code }: { code: number }) => resolve(code)));
  return {
    next: () =>
      new Promise((resolve) =>
        stream.once('data', ({ status }: { status?: number }) => resolve(defined(status, 'status'))),
      ),
    cancel: () => {
      stream.cancel();
      return ended;
    },
    ended,
  };
}
