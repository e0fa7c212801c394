import { expect } from 'chai';
import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { KeepAliveStream } from '../../support/keep-alive-stream.js';
import { poll } from '../../support/poll.js';
import { SecuredMember } from '../auth/secured-member.js';

const p = etcdserverpb;
const { READ, WRITE } = authpb.Permission.Type;
const DENIED = { code: Code.PERMISSION_DENIED, details: 'etcdserver: permission denied' };

// Any user could renew the lease of another one, and so keep keys alive that the user may not write. etcd refuses this
// since 3.5.30.
describe('LeaseKeepAlive with authentication on', () => {
  let secured: SecuredMember;

  beforeEach(async () => {
    secured = await SecuredMember.start();
    await secured.addUser('writer', { type: WRITE, key: 'a', rangeEnd: 'c' });
    await secured.addUser('reader', { type: READ, key: 'a', rangeEnd: 'c' });
    await secured.enable();
    for (const user of ['root', 'writer', 'reader']) await secured.logIn(user);
    await grant(7);
    for (const key of ['a', 'b']) await attach(key, 7);
  });

  afterEach(() => secured.dispose());

  async function grant(ID: number): Promise<void> {
    await secured.do('Lease/LeaseGrant', p.LeaseGrantRequest, { ID, TTL: 100 }, 'root');
  }

  async function attach(key: string, lease: number): Promise<void> {
    await secured.do('KV/Put', p.PutRequest, { key: Buffer.from(key), lease }, 'root');
  }

  async function permit(name: string, key: string, user = 'root'): Promise<void> {
    const perm = { permType: WRITE, key: Buffer.from(key) };
    await secured.do('Auth/RoleGrantPermission', p.AuthRoleGrantPermissionRequest, { name, perm }, user);
    await secured.logIn('writer');
    await secured.logIn('root');
  }

  function open(user: string): KeepAliveStream {
    return new KeepAliveStream(secured.client, secured.tokens.get(user));
  }

  /** The TTLs that a stream answered, and the status it ended with. */
  async function renew(user: string, ...leases: readonly bigint[]): Promise<readonly unknown[]> {
    const stream = open(user);
    for (const lease of leases) stream.send(lease);
    stream.end();
    const status = await poll('the end of the stream', () => stream.status);
    return [...stream.answers.map(({ ttl }) => ttl), status];
  }

  const OK = { code: Code.OK, details: '' };

  it('needs permission to write all keys of the lease', async () => {
    expect(await renew('root', 7n)).to.deep.equal([100, OK]);
    expect(await renew('writer', 7n)).to.deep.equal([100, OK]);
    expect(await renew('reader', 7n)).to.deep.equal([DENIED]);
    await attach('c', 7);
    expect(await renew('writer', 7n)).to.deep.equal([DENIED]);
    await permit('writer', 'c');
    expect(await renew('writer', 7n)).to.deep.equal([100, OK]);
  });

  it('needs none for a lease without keys, or without a lease', async () => {
    await grant(8);
    expect(await renew('reader', 8n, 9n)).to.deep.equal([100, 0, OK]);
  });

  it('answers what came before a refused request, and nothing behind it', async () => {
    await grant(8);
    const stream = open('reader');
    stream.send(8n);
    await poll('the first answer', () => stream.answers.length === 1 || undefined);
    for (const lease of [7n, 8n]) stream.send(lease);
    expect(await poll('the end of the stream', () => stream.status)).to.deep.equal(DENIED);
    expect(stream.answers.map(({ id }) => id)).to.deep.equal([8n]);
  });

  it('counts a permission that is revoked while the stream is open', async () => {
    const stream = open('writer');
    stream.send(7n);
    await poll('an answer', () => stream.answers.length === 1 || undefined);
    const revoked = { role: 'writer', key: Buffer.from('a'), rangeEnd: Buffer.from('c') };
    await secured.do('Auth/RoleRevokePermission', p.AuthRoleRevokePermissionRequest, revoked, 'root');
    stream.send(7n);
    expect(await poll('the end of the stream', () => stream.status))
      .to.have.property('code')
      .that.is.not.equal(Code.OK);
    expect(stream.answers).to.have.length(1);
  });
});
