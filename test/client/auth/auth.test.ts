import { expect } from 'chai';
import { FakeAuth } from '../../support/fake-auth.js';
import { clientErrorOf } from '../../support/rejections.js';
import { openedServers } from '../opened-servers.js';

describe("the client's calls about users and roles", () => {
  const { start, connect } = openedServers(() => FakeAuth.start());

  it('add, change and list them', async () => {
    const { auth } = connect([await start()]);
    await auth.userAdd('root', { password: 'r' });
    await auth.roleAdd('root');
    await auth.userGrantRole('root', 'root');
    await auth.roleAdd('readers');
    await auth.roleGrantPermission('readers', { access: 'read', keys: { prefix: 'a/' } });
    await auth.roleGrantPermission('readers', { access: 'write', keys: 'b' });
    await auth.roleGrantPermission('readers', { access: 'readwrite', keys: { from: 'c' } });
    await auth.roleGrantPermission('readers', { access: 'read', keys: { from: 'd', to: 'e' } });
    const { permissions, header } = await auth.roleGet('readers');
    expect(permissions.map(({ access, key, rangeEnd }) => [access, key.toString(), rangeEnd.toString()])).to.deep.equal(
      [
        ['read', 'a/', 'a0'],
        ['write', 'b', ''],
        ['readwrite', 'c', '\0'],
        ['read', 'd', 'e'],
      ],
    );
    expect(header.clusterId).to.equal('0000000000000001');
    await auth.roleRevokePermission('readers', { prefix: 'a/' });
    await auth.roleRevokePermission('readers', { from: 'd', to: 'e' });
    expect((await auth.roleGet('readers')).permissions.map(({ access }) => access)).to.deep.equal([
      'write',
      'readwrite',
    ]);
    expect((await auth.roleList()).roles).to.deep.equal(['readers', 'root']);
    await auth.userAdd('cn', { noPassword: true });
    await auth.userAdd('hashed', { hashedPassword: '$2a$04$' });
    expect((await auth.userList()).users).to.deep.equal(['cn', 'hashed', 'root']);
    await auth.userGrantRole('cn', 'readers');
    expect((await auth.userGet('cn')).roles).to.deep.equal(['readers']);
    await auth.userRevokeRole('cn', 'readers');
    await auth.userDelete('cn');
    await auth.roleDelete('readers');
    expect(await auth.status()).to.deep.include({ enabled: false, authRevision: 17 });
  });

  it('enable and disable authentication, change passwords and authenticate', async () => {
    const fake = await start();
    const { auth } = connect([fake], { user: 'root', password: 'first' });
    expect((await clientErrorOf(auth.enable())).code).to.equal('failed-precondition');
    fake.secure('root', 'first');
    expect((await auth.status()).enabled).to.equal(true);
    expect((await auth.authenticate({ user: 'root', password: 'first' })).token).to.equal('token-2');
    await auth.userChangePassword('root', { password: 'second' });
    const wrong = auth.authenticate({ user: 'root', password: 'first' });
    expect((await clientErrorOf(wrong)).code).to.equal('unauthenticated');
    await auth.disable();
    const off = auth.authenticate({ user: 'root', password: 'second' });
    expect((await clientErrorOf(off)).code).to.equal('failed-precondition');
  });

  it('report what is missing or in use', async () => {
    const { auth } = connect([await start()]);
    await auth.userAdd('u', { password: 'p' });
    await auth.roleAdd('r');
    const codes = await Promise.all(
      [
        auth.userAdd('u', { password: 'p' }),
        auth.roleAdd('r'),
        auth.userGet('absent'),
        auth.roleGet('absent'),
        auth.userRevokeRole('u', 'r'),
        auth.roleRevokePermission('r', 'a'),
      ].map(async (call) => (await clientErrorOf(call)).code),
    );
    expect(codes).to.deep.equal([
      'already-exists',
      'already-exists',
      'not-found',
      'not-found',
      'not-found',
      'not-found',
    ]);
  });

  it('refuse arguments of the wrong kind, without showing them', async () => {
    const { auth } = connect([await start()]);
    const secret = { toString: () => 'secret' };
    const refusals = [
      auth.userAdd('u', { password: secret } as never),
      auth.userAdd('u', { password: 'secret', noPassword: true } as never),
      auth.userAdd('u', {} as never),
      auth.userChangePassword('u', { noPassword: true } as never),
      auth.roleGrantPermission('r', { access: 'all' as never, keys: 'a' }),
      auth.roleGrantPermission('r', { access: 'read', keys: '' }),
      auth.authenticate({ user: 'u', password: secret as never }),
    ];
    for (const error of await Promise.all(refusals.map(clientErrorOf))) {
      expect(error.code).to.equal('invalid-argument');
      expect(error.message).not.to.include('secret');
    }
  });
});
