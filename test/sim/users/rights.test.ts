import { expect } from 'chai';
import { may, type AuthView, type KeyUse, type ModelPermission } from './rights.js';

describe("the simulator's rules of permissions", () => {
  const viewWith = (permissions: readonly ModelPermission[], roles = ['r']): AuthView => ({
    enabled: true,
    revision: 1,
    users: new Map([['ann', { hash: '', noPassword: false, roles: new Set(roles) }]]),
    roles: new Map([['r', permissions]]),
  });
  const use = (access: KeyUse['access'], key: string, end = ''): readonly KeyUse[] => [{ access, key, end }];
  const pieces = viewWith([
    { access: 'read', key: 'b', end: 'c' },
    { access: 'both', key: 'a', end: 'b' },
    { access: 'read', key: 'c', end: '' },
  ]);

  it('add up the permissions of a user, without a gap', () => {
    expect(may(pieces, 'ann', use('read', 'a', 'c'))).to.equal(true);
    expect(may(pieces, 'ann', use('read', 'a', 'c\0'))).to.equal(true);
    expect(may(pieces, 'ann', use('read', 'a', 'c\0\0'))).to.equal(false);
    expect(may(pieces, 'ann', use('read', 'a', '\0'))).to.equal(false);
    expect(may(pieces, 'ann', use('write', 'a', 'b'))).to.equal(true);
    expect(may(pieces, 'ann', use('write', 'a', 'c'))).to.equal(false);
    expect(may(viewWith([{ access: 'both', key: 'k', end: '\0' }]), 'ann', use('write', 'l', '\0'))).to.equal(true);
  });

  it('let in root, and no one else, to what needs root', () => {
    expect(may(viewWith([], ['root']), 'ann', 'root')).to.equal(true);
    expect(may(pieces, 'ann', 'root')).to.equal(false);
    expect(may(pieces, 'ann', 'user')).to.equal(true);
    expect([may(pieces, 'bob', 'user'), may(pieces, '', 'user')]).to.deep.equal([false, false]);
    expect(may({ ...pieces, enabled: false }, '', 'root')).to.equal(true);
  });
});
