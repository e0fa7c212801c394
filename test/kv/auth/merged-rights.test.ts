import { expect } from 'chai';
import { authpb } from '../../../src/gen/proto.js';
import { AuthState, type Permission, type Role, type User } from '../../../src/kv/auth/auth-state.js';
import { expectShortWork } from '../../support/time-limits.js';

const { READ, READWRITE } = authpb.Permission.Type;
const EMPTY = Buffer.alloc(0);

function role(name: string, keys: readonly string[], type: authpb.Permission.Type = READWRITE): Role {
  const permissions: Permission[] = keys.map((key) => ({ type, key: Buffer.from(key), rangeEnd: EMPTY }));
  return { name, permissions };
}

function state(users: readonly User[], roles: readonly Role[]): AuthState {
  return new AuthState({
    enabled: true,
    revision: 1,
    users: new Map(users.map((user) => [user.name, user])),
    roles: new Map(roles.map((each) => [each.name, each])),
  });
}

const user = (name: string, roles: readonly string[]): User => ({ name, passwordHash: '', noPassword: true, roles });

describe('the merged rights of a user', () => {
  const [reading, writing] = [role('reading', ['a'], READ), role('writing', ['b'])];
  const ann = user('ann', ['reading', 'writing']);
  const first = state([ann], [reading, writing]);
  const rights = first.rightsOf('ann');

  it('are taken over by states in which the user and its roles are the same', () => {
    const other = first.with({ revision: 2, users: new Map([...first.users, ['bob', user('bob', [])]]) });
    expect(other.rightsOf('ann')).to.equal(rights);
    expect(other.rightsOf('bob')?.read.size).to.equal(0);
  });

  it('are those of the state that they are asked of, whatever came before or after it', () => {
    const replaced = role('reading', ['a', 'c'], READ);
    const granted = first.with({ roles: new Map([...first.roles, ['reading', replaced]]) });
    const reduced = granted.with({ users: new Map([['ann', user('ann', ['writing'])]]) });
    const without = granted.with({ roles: new Map([['writing', writing]]) });
    const added = without.with({
      roles: new Map([
        ['writing', writing],
        ['reading', reading],
      ]),
    });
    const readable = (of: AuthState): readonly boolean[] =>
      ['a', 'b', 'c'].map((key) => of.rightsOf('ann')?.read.contain(Buffer.from(key), EMPTY) === true);
    for (let round = 0; round < 2; round++) {
      expect(readable(granted)).to.deep.equal([true, true, true]);
      expect(readable(reduced)).to.deep.equal([false, true, false]);
      expect(readable(without)).to.deep.equal([false, true, false]);
      expect(readable(added)).to.deep.equal([true, true, false]);
      expect(readable(first)).to.deep.equal([true, true, false]);
    }
    expect(reduced.with({ users: new Map() }).rightsOf('ann')).to.equal(undefined);
  });

  // Each change of any user or role had the rights of all others merged anew, in one turn: 0.2 s for a user with a thousand roles.
  it('of a user with very many roles are merged fast, and not again for changes of others', async () => {
    const roles = Array.from({ length: 1_000 }, (_, at) =>
      role(
        `r${at}`,
        Array.from({ length: 20 }, (_each, key) => `${at}/${key}`),
      ),
    );
    const names = roles.map(({ name }) => name);
    await expectShortWork(100, () =>
      expect(state([user('bob', names)], roles).rightsOf('bob')?.read.size).to.equal(20_000),
    );
    let latest = state([user('bob', names)], roles);
    latest.rightsOf('bob');
    await expectShortWork(100, () => {
      for (let change = 0; change < 50; change++) {
        latest = latest.with({ roles: new Map([...latest.roles, [`x${change}`, role(`x${change}`, [])]]) });
        expect(latest.rightsOf('bob')?.write.size).to.equal(20_000);
      }
    });
  });

  // The permissions of a role were merged for each of its users: with 300 users and 3,000 permissions on single keys a change of
  // the role took 0.6 s in one turn, and the member grew by 600 MB.
  it('are shared by the users of a role, and beside their other roles too', async () => {
    const keys = Array.from({ length: 10_000 }, (_, at) => `key ${at}`);
    const users = Array.from({ length: 1_000 }, (_, at) =>
      user(`u${at}`, at % 2 === 0 ? ['big'] : ['big', `own ${at}`]),
    );
    const own = users.map((_, at) => role(`own ${at}`, [`own ${at}`]));
    let latest = state(users, [role('big', keys), ...own]);
    const rightsOfAll = (): void => {
      for (const { name } of users)
        expect(latest.rightsOf(name)?.write.contain(Buffer.from('key 77'), EMPTY)).to.equal(true);
    };
    rightsOfAll();
    expect(latest.rightsOf('u0')?.read).to.equal(latest.rightsOf('u2')?.read);
    expect(latest.rightsOf('u1')?.read.contain(Buffer.from('own 1'), EMPTY)).to.equal(true);
    expect(latest.rightsOf('u1')?.read.contain(Buffer.from('own 3'), EMPTY)).to.equal(false);
    await expectShortWork(200, () => {
      latest = latest.with({ roles: new Map([...latest.roles, ['big', role('big', [...keys, 'z'])]]) });
      rightsOfAll();
    });
  });

  it('of many roles are those of all of them', () => {
    const roles = Array.from({ length: 40 }, (_, at) =>
      role(
        `r${at}`,
        Array.from({ length: at + 1 }, (_each, key) => `${at}/${key}`),
      ),
    );
    const rights = state(
      [
        user(
          'bob',
          roles.map(({ name }) => name),
        ),
      ],
      roles,
    ).rightsOf('bob');
    const missing = roles
      .flatMap(({ permissions }) => permissions)
      .filter(({ key }) => rights?.read.contain(key, EMPTY) !== true);
    expect(missing).to.deep.equal([]);
    expect(rights?.read.contain(Buffer.from('39/40'), EMPTY)).to.equal(false);
  });
});
