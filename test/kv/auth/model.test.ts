import { expect } from 'chai';
import * as fc from 'fast-check';
import { applyAuthCommand } from '../../../src/kv/auth/auth-commands.js';
import { AuthState } from '../../../src/kv/auth/auth-state.js';
import { readAuth } from '../../../src/kv/auth/auth-rows.js';
import { MemoryEngine } from '../../../src/engine/memory/memory-engine.js';
import { auth, type TYPES, type AuthCommand } from './auth-requests.js';

/*
 * Random commands on the state and on a model that knows nothing but lists: roles of users, permissions of roles. The rows are
 * written too, and must read back as the same state.
 */

type Kind = keyof typeof TYPES;

class Model {
  readonly users = new Map<string, Set<string>>();
  readonly roles = new Map<string, Map<string, Kind>>();

  may(user: string, kind: 'read' | 'write', key: string): boolean {
    const roles = [...(this.users.get(user) ?? [])];
    if (roles.includes('root')) return true;
    const permissions = roles.flatMap((role) => [...(this.roles.get(role) ?? [])]);
    return permissions.some(([range, type]) => {
      const [from = '', to = ''] = range.split('|');
      const inside = to === '' ? key === from : key >= from && (to === '\0' || key < to);
      return inside && (type === 'both' || type === kind);
    });
  }
}

interface Step {
  readonly command: AuthCommand;
  readonly apply: (model: Model) => void;
}

const USERS = ['root', 'ann', 'bob'];
const ROLES = ['root', 'r', 's'];
const KEYS = ['a', 'b', 'b0', 'c', 'd'];
const user = fc.constantFrom(...USERS);
const role = fc.constantFrom(...ROLES);
const type = fc.constantFrom<Kind>('read', 'write', 'both');
const keys = fc
  .tuple(fc.constantFrom(...KEYS), fc.constantFrom('', '\0', ...KEYS))
  .filter(([from, to]) => to === '' || to === '\0' || from < to);

const step: fc.Arbitrary<Step> = fc.oneof(
  user.map((name) => ({
    command: auth.addUser(name),
    apply: ({ users }: Model) => void (users.has(name) || users.set(name, new Set())),
  })),
  user.map((name) => ({ command: auth.deleteUser(name), apply: ({ users }: Model) => void users.delete(name) })),
  role.map((name) => ({
    command: auth.addRole(name),
    apply: ({ roles }: Model) => void (roles.has(name) || roles.set(name, new Map())),
  })),
  role.map((name) => ({
    command: auth.deleteRole(name),
    apply: ({ users, roles }: Model) => {
      if (roles.delete(name)) for (const granted of users.values()) granted.delete(name);
    },
  })),
  fc.tuple(user, role).map(([name, granted]) => ({
    command: auth.grantRole(name, granted),
    apply: ({ users, roles }: Model) => {
      if (granted === 'root' || roles.has(granted)) users.get(name)?.add(granted);
    },
  })),
  fc.tuple(user, role).map(([name, revoked]) => ({
    command: auth.revokeRole(name, revoked),
    apply: ({ users }: Model) => void users.get(name)?.delete(revoked),
  })),
  fc.tuple(role, type, keys).map(([name, kind, [from, to]]) => ({
    command: auth.grant(name, kind, from, to),
    apply: ({ roles }: Model) => void roles.get(name)?.set(`${from}|${to}`, kind),
  })),
  fc.tuple(role, keys).map(([name, [from, to]]) => ({
    command: auth.revoke(name, from, to),
    apply: ({ roles }: Model) => void roles.get(name)?.delete(`${from}|${to}`),
  })),
);

describe('auth state', () => {
  it('permits what a naive model permits, after any commands, and reads back from its rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const model = new Model();
        const engine = new MemoryEngine();
        let state = AuthState.empty;
        for (const [index, { command, apply }] of steps.entries()) {
          const [kind, request] = command;
          const outcome = applyAuthCommand(state, { kind, request, index });
          if (outcome.kind === 'changed') {
            ({ state } = outcome);
            await engine.write(outcome.rows);
          }
          apply(model);
        }
        for (const current of [state, await readAuth(engine)]) {
          expect(current.revision).to.equal(state.revision);
          expect([...current.users.keys()].sort()).to.deep.equal([...model.users.keys()].sort());
          for (const name of USERS) {
            const rights = current.rightsOf(name);
            for (const key of KEYS) {
              const bytes = Buffer.from(key);
              for (const kind of ['read', 'write'] as const) {
                const may = rights !== undefined && (rights.isRoot || rights[kind].contain(bytes, Buffer.alloc(0)));
                expect(may, `${name} may ${kind} ${key}`).to.equal(model.may(name, kind, key));
              }
            }
          }
        }
        await engine.close();
      }),
      { numRuns: 200 },
    );
  });
});
