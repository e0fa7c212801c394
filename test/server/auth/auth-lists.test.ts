import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { byBytes } from '../../../src/kv/auth/auth-state.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import { AuthLists } from '../../../src/server/auth/auth-lists.js';
import { expectShortTurns } from '../../support/time-limits.js';

const { AuthUserListResponse, AuthRoleListResponse, AuthRoleGetResponse } = etcdserverpb;
const pause = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const names = Array.from(
  { length: 20_000 },
  (_, at) => `${at % 2 === 0 ? 'user' : 'Ünal \u{1f600}'} ${(at * 7919) % 20_000}`,
);
const table = (): ReadonlyMap<string, unknown> => new Map(names.map((name) => [name, {}]));

// The names of 20,000 users were sorted and encoded in one turn of 60 ms; a role of 10,000 permissions took 15 ms.
describe('lists of very many users, roles and permissions', () => {
  it('are made without a hold of the event loop, in the order of the bytes', async () => {
    let users: Uint8Array = Buffer.alloc(0);
    let roles: Uint8Array = Buffer.alloc(0);
    await expectShortTurns(
      async () => {
        const lists = new AuthLists(pause);
        users = wholeBody(await lists.users(table()));
        roles = wholeBody(await lists.roles(table()));
      },
      { limitMs: 25 },
    );
    const sorted = [...names].sort(byBytes);
    expect(AuthUserListResponse.decode(users).users).to.deep.equal(sorted);
    expect(AuthRoleListResponse.decode(roles).roles).to.deep.equal(sorted);
  });

  it('are made of all permissions, in their order', async () => {
    const permissions = Array.from({ length: 10_000 }, (_, at) => ({
      type: at % 3,
      key: Buffer.from(`key ${at}`),
      rangeEnd: Buffer.from(`key ${at}/`),
    }));
    let body: Uint8Array = Buffer.alloc(0);
    await expectShortTurns(
      async () => (body = wholeBody(await new AuthLists(pause).permissions({ name: 'r', permissions }))),
      { limitMs: 25 },
    );
    const found = AuthRoleGetResponse.decode(body).perm.map(({ permType, key, rangeEnd }) => ({
      type: permType,
      key: Buffer.from(key ?? []),
      rangeEnd: Buffer.from(rangeEnd ?? []),
    }));
    expect(found).to.deep.equal(permissions);
  });

  it('are made once for all calls of one state, and again after a failure', async () => {
    let pauses = 0;
    let isBroken = true;
    const lists = new AuthLists(() => {
      pauses += 1;
      return isBroken ? Promise.reject(new Error('broken')) : pause();
    });
    const users = table();
    const failure = await Promise.resolve(lists.users(users)).catch(String);
    expect(failure).to.equal('Error: broken');
    isBroken = false;
    const first = await lists.users(users);
    const once = pauses;
    const all = Array.from({ length: 64 }, () => lists.users(users));
    expect(all.every((body) => body === first)).to.equal(true);
    expect(pauses).to.equal(once);
    const other = table();
    const shared = Array.from({ length: 64 }, () => lists.users(other));
    expect(new Set(shared).size).to.equal(1);
    expect(wholeBody(await Promise.resolve(shared[0] ?? []))).to.deep.equal(wholeBody(first));
  });
});
