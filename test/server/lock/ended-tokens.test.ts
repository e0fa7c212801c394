import { expect } from 'chai';
import { authpb, etcdserverpb, v3lockpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { clampInteger } from '../../../src/util/integer.js';
import { poll } from '../../support/poll.js';
import { SecuredMember } from '../auth/secured-member.js';

const p = etcdserverpb;
const { READWRITE } = authpb.Permission.Type;

/** A bound on the wait for a lock, longer than the token is valid. */
const WAIT_MS = 3_000;

// The key of a lock whose call had ended was removed with the token of that call. If it had ended while the call waited,
// the removal was refused, and the key blocked all callers behind it until its lease ended. etcd 3.5.30 keeps it as well.
describe('a lock whose token ends while it waits', () => {
  let secured: SecuredMember;

  before(async () => {
    secured = await SecuredMember.start({ jwt: true });
    await secured.addUser('ann', { type: READWRITE, key: 'q', rangeEnd: 'r' });
    await secured.enable();
    await secured.logIn('root');
  });

  after(() => secured.dispose());

  const lock = (ID: number, token: string, timeoutMs: number) =>
    secured.member.raw(
      '/v3lockpb.Lock/Lock',
      v3lockpb.LockRequest.encode({ name: Buffer.from('q'), lease: ID }).finish(),
      { metadata: { token }, timeoutMs },
    );
  const range = (key: string, rangeEnd: string, user: string) =>
    secured.call('KV/Range', p.RangeRequest, { key: Buffer.from(key), rangeEnd: Buffer.from(rangeEnd) }, user);

  it('leaves no key when its call ends', async () => {
    for (const ID of [1, 2]) await secured.do('Lease/LeaseGrant', p.LeaseGrantRequest, { ID, TTL: 600 }, 'root');
    expect((await lock(1, await secured.logIn('root'), 30_000)).code).to.equal(Code.OK);
    const exp = Math.floor(Date.now() / 1000) + 2;
    const token = await secured.sign({ username: 'ann', revision: await secured.revision('root'), exp });
    secured.tokens.set('ann', token);
    const keys = async (): Promise<string[]> => {
      const { body } = await range('q', 'r', 'root');
      return p.RangeResponse.decode(body).kvs.map(({ key }) => String(key));
    };
    const waiting = lock(2, token, WAIT_MS);
    await poll('the place in the queue', async () => (await keys()).length === 2 || undefined);
    expect((await waiting).code).to.equal(Code.DEADLINE_EXCEEDED);
    expect((await range('q', '', 'ann')).code, 'the token has ended').to.equal(Code.UNAUTHENTICATED);
    await poll('the end of the place', async () => (await keys()).length === 1 || undefined);
    expect(await keys()).to.deep.equal(['q/1']);
  });

  it('does not remove the key for a user who has lost the permission', async () => {
    const token = await secured.logIn('ann');
    const waiting = lock(2, token, 1_000);
    const created = async (): Promise<number | undefined> => {
      const { body } = await range('q/2', '', 'root');
      const [found] = p.RangeResponse.decode(body).kvs;
      return found && clampInteger(found.createRevision);
    };
    const place = await poll('the place in the queue', created);
    await secured.do('Auth/UserRevokeRole', p.AuthUserRevokeRoleRequest, { name: 'ann', role: 'ann' }, 'root');
    await secured.logIn('root');
    expect((await waiting).code).to.equal(Code.DEADLINE_EXCEEDED);
    await secured.do('KV/Put', p.PutRequest, { key: Buffer.from('later') }, 'root');
    expect(await created()).to.equal(place);
  });
});
