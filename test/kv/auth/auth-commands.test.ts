import { expect } from 'chai';
import { applyAuthCommand } from '../../../src/kv/auth/auth-commands.js';
import type { TokenEvent } from '../../../src/kv/auth/auth-change.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import { auth, type AuthCommand } from './auth-requests.js';

/** Applies commands in order; an error ends with its kind. */
class Applied {
  state = AuthState.empty;
  tokens: TokenEvent[] = [];
  #index = 0;

  do(...commands: readonly AuthCommand[]): string {
    let last = 'ok';
    for (const [kind, request] of commands) {
      const outcome = applyAuthCommand(this.state, { kind, request, index: ++this.#index });
      last = outcome.kind === 'changed' ? 'ok' : outcome.kind;
      if (outcome.kind !== 'changed') continue;
      this.state = outcome.state;
      this.tokens.push(...outcome.tokens);
    }
    return last;
  }

  /** The outcome, and by how much the revision was raised. */
  try(command: AuthCommand): readonly [string, number] {
    const before = this.state.revision;
    return [this.do(command), this.state.revision - before];
  }
}

// The outcomes are those of etcd 3.5.30 for the same calls.
describe('auth commands', () => {
  let applied: Applied;

  beforeEach(() => {
    applied = new Applied();
  });

  it('enable authentication only with a user root that has the role root', () => {
    expect(applied.try(auth.enable())).to.deep.equal(['root-user-missing', 0]);
    applied.do(auth.addUser('root'));
    expect(applied.try(auth.enable())).to.deep.equal(['root-role-missing', 0]);
    expect(applied.try(auth.grantRole('root', 'root'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.enable())).to.deep.equal(['ok', 0]);
    expect(applied.try(auth.enable())).to.deep.equal(['ok', 0]);
    expect(applied.state.enabled).to.equal(true);
  });

  it('raise the revision and void all tokens when they disable authentication', () => {
    expect(applied.try(auth.disable())).to.deep.equal(['ok', 0]);
    applied.do(auth.addUser('root'), auth.grantRole('root', 'root'), auth.enable());
    expect(applied.try(auth.disable())).to.deep.equal(['ok', 1]);
    expect(applied.tokens).to.deep.equal([{ kind: 'all-revoked' }]);
    expect(applied.state.enabled).to.equal(false);
  });

  it('add users', () => {
    expect(applied.try(auth.addUser(''))).to.deep.equal(['user-empty', 0]);
    expect(applied.try(auth.addUser('a'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.addUser('a'))).to.deep.equal(['user-exists', 0]);
    expect(applied.try(auth.addUser('cn', { noPassword: true }))).to.deep.equal(['ok', 1]);
    expect(applied.state.users.get('cn')).to.deep.equal({ name: 'cn', passwordHash: '', noPassword: true, roles: [] });
    expect(applied.state.users.get('a')?.passwordHash).to.equal('hash');
  });

  it('delete users, and void their tokens', () => {
    applied.do(auth.addUser('a'));
    expect(applied.try(auth.deleteUser('b'))).to.deep.equal(['user-not-found', 0]);
    expect(applied.try(auth.deleteUser('a'))).to.deep.equal(['ok', 1]);
    expect(applied.tokens).to.deep.equal([{ kind: 'user-revoked', user: 'a' }]);
    expect(applied.state.users.size).to.equal(0);
  });

  it('change passwords, and keep those that they do not state', () => {
    applied.do(auth.addUser('a'), auth.addUser('cn', { noPassword: true }));
    expect(applied.try(auth.changePassword('b', 'new'))).to.deep.equal(['user-not-found', 0]);
    expect(applied.try(auth.changePassword('a', 'new'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.changePassword('a', ''))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.changePassword('cn', 'new'))).to.deep.equal(['ok', 1]);
    expect(applied.state.users.get('a')?.passwordHash).to.equal('new');
    expect(applied.state.users.get('cn')?.passwordHash).to.equal('');
    expect(applied.tokens[0]).to.deep.equal({ kind: 'user-revoked', user: 'a' });
  });

  it('grant and revoke roles', () => {
    applied.do(auth.addUser('a'), auth.addRole('r'), auth.addRole('q'));
    expect(applied.try(auth.grantRole('b', 'r'))).to.deep.equal(['user-not-found', 0]);
    expect(applied.try(auth.grantRole('a', 'none'))).to.deep.equal(['role-not-found', 0]);
    expect(applied.try(auth.grantRole('a', 'r'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.grantRole('a', 'r'))).to.deep.equal(['ok', 0]);
    expect(applied.try(auth.grantRole('a', 'q'))).to.deep.equal(['ok', 1]);
    expect(applied.state.users.get('a')?.roles).to.deep.equal(['q', 'r']);
    expect(applied.try(auth.revokeRole('b', 'r'))).to.deep.equal(['user-not-found', 0]);
    expect(applied.try(auth.revokeRole('a', 'none'))).to.deep.equal(['role-not-granted', 0]);
    expect(applied.try(auth.revokeRole('a', 'r'))).to.deep.equal(['ok', 1]);
    expect(applied.state.users.get('a')?.roles).to.deep.equal(['q']);
  });

  it('delete roles, from their users too', () => {
    applied.do(auth.addRole('r'), auth.addUser('a'), auth.addUser('b'), auth.grantRole('a', 'r'));
    expect(applied.try(auth.deleteRole('none'))).to.deep.equal(['role-not-found', 0]);
    expect(applied.try(auth.deleteRole('r'))).to.deep.equal(['ok', 1]);
    expect(applied.state.users.get('a')?.roles).to.deep.equal([]);
    expect(applied.tokens).to.deep.equal([]);
  });

  it('check permissions in the order of etcd', () => {
    applied.do(auth.addRole('r'));
    expect(applied.try(auth.addRole(''))).to.deep.equal(['role-empty', 0]);
    expect(applied.try(auth.addRole('r'))).to.deep.equal(['role-exists', 0]);
    expect(applied.try(auth.grantNothing('none'))).to.deep.equal(['permission-not-given', 0]);
    expect(applied.try(auth.grant('none', 'read', 'b', 'a'))).to.deep.equal(['invalid-auth-management', 0]);
    expect(applied.try(auth.grant('r', 'read', ''))).to.deep.equal(['invalid-auth-management', 0]);
    expect(applied.try(auth.grant('r', 'read', '', '\0'))).to.deep.equal(['invalid-auth-management', 0]);
    expect(applied.try(auth.grant('r', 'read', 'b', 'b'))).to.deep.equal(['invalid-auth-management', 0]);
    expect(applied.try(auth.grant('none', 'read', 'k'))).to.deep.equal(['role-not-found', 0]);
    expect(applied.try(auth.grant('r', 'read', '\0', '\0'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.revoke('none', 'k'))).to.deep.equal(['role-not-found', 0]);
    expect(applied.try(auth.revoke('r', 'k'))).to.deep.equal(['permission-not-granted', 0]);
    expect(applied.try(auth.revoke('r', '\0', '\0'))).to.deep.equal(['ok', 1]);
  });

  // Each grant writes all permissions of its role: 10,000 grants to one role wrote 1.4 GB.
  it('bound the permissions of a role, of which each may still be replaced or revoked', () => {
    applied.do(auth.addRole('r'), ...Array.from({ length: 1_000 }, (_, at) => auth.grant('r', 'read', `k${at}`)));
    expect(applied.try(auth.grant('r', 'read', 'l'))).to.deep.equal(['too-many-permissions', 0]);
    expect(applied.try(auth.grant('none', 'read', 'l'))).to.deep.equal(['role-not-found', 0]);
    expect(applied.try(auth.grant('r', 'both', 'k7'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.revoke('r', 'k7'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.grant('r', 'read', 'l'))).to.deep.equal(['ok', 1]);
  });

  // etcd 3.5.30 keeps both where another permission begins with the same key: a right that was narrowed stays.
  it('replace a permission for the same keys, wherever it is', () => {
    applied.do(auth.addRole('r'), auth.grant('r', 'both', 'k'), auth.grant('r', 'both', 'k', 'm'));
    applied.do(auth.grant('r', 'read', 'k', 'm'), auth.grant('r', 'write', 'a'));
    const permissions = applied.state.roles
      .get('r')
      ?.permissions.map(({ type, key, rangeEnd }) => [
        type,
        Buffer.from(key).toString(),
        Buffer.from(rangeEnd).toString(),
      ]);
    expect(permissions).to.deep.equal([
      [1, 'a', ''],
      [2, 'k', ''],
      [0, 'k', 'm'],
    ]);
  });

  it('protect root while authentication is on', () => {
    applied.do(auth.addUser('root'), auth.addRole('root'), auth.grantRole('root', 'root'), auth.enable());
    expect(applied.try(auth.deleteUser('root'))).to.deep.equal(['invalid-auth-management', 0]);
    expect(applied.try(auth.deleteRole('root'))).to.deep.equal(['invalid-auth-management', 0]);
    expect(applied.try(auth.revokeRole('root', 'root'))).to.deep.equal(['invalid-auth-management', 0]);
    applied.do(auth.disable());
    expect(applied.try(auth.revokeRole('root', 'root'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.deleteRole('root'))).to.deep.equal(['ok', 1]);
    expect(applied.try(auth.deleteUser('root'))).to.deep.equal(['ok', 1]);
  });

  it('assign tokens whose passwords were checked at the newest revision', () => {
    expect(applied.do(auth.token('a', 1))).to.equal('auth-not-enabled');
    applied.do(
      auth.addUser('root'),
      auth.grantRole('root', 'root'),
      auth.enable(),
      auth.addUser('cn', { noPassword: true }),
    );
    const { revision } = applied.state;
    expect(applied.do(auth.token('root', revision - 1))).to.equal('auth-old-revision');
    expect(applied.do(auth.token('gone', revision))).to.equal('auth-failed');
    expect(applied.do(auth.token('cn', revision))).to.equal('auth-failed');
    expect(applied.try(auth.token('root', revision, 'd'))).to.deep.equal(['ok', 0]);
    expect(applied.tokens).to.deep.equal([
      { kind: 'assigned', user: 'root', digest: Uint8Array.from(Buffer.from('d')), index: 9 },
    ]);
  });
});
