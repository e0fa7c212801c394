import * as fc from 'fast-check';
import { call, key, rangeEnd, rarely, type Call } from '../differential/calls.js';
import type { Plain } from '../differential/schema.js';

// Random calls of users whose permissions change. The users are set up and log in at the beginning of each run; then root, and
// sometimes others, change them, and everybody makes the calls that are compared without users too.

const USERS = ['ann', 'bob'] as const;
const ROLES = ['r', 's'] as const;
const PASSWORDS = ['x', 'y'] as const;

const user = fc.constantFrom(...USERS);
/** Root is seldom changed: without it nothing could be changed afterwards. */
const anyUser = fc.oneof(
  { weight: 12, arbitrary: user },
  { weight: 1, arbitrary: fc.constantFrom('root', 'none', '') },
);
const role = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...ROLES) },
  { weight: 1, arbitrary: fc.constantFrom('root', 'none', '') },
);
const permType = fc.constantFrom('READ', 'WRITE', 'READWRITE');
const password = fc.constantFrom(...PASSWORDS);
/** For root a password that is not its own is refused, so that it stays what it was. */
const others = user;

const changes: readonly [number, string, fc.Arbitrary<Plain>][] = [
  [4, 'Auth/RoleGrantPermission', fc.record({ name: role, perm: fc.record({ permType, key, rangeEnd }) })],
  [2, 'Auth/RoleRevokePermission', fc.record({ role, key, rangeEnd })],
  [3, 'Auth/UserGrantRole', fc.record({ user: anyUser, role })],
  [2, 'Auth/UserRevokeRole', fc.record({ name: anyUser, role })],
  [2, 'Auth/UserAdd', fc.record({ name: anyUser, password })],
  [1, 'Auth/UserDelete', fc.record({ name: anyUser })],
  [1, 'Auth/UserChangePassword', fc.record({ name: others, password })],
  [2, 'Auth/RoleAdd', fc.record({ name: role })],
  [1, 'Auth/RoleDelete', fc.record({ role })],
  [2, 'Auth/AuthEnable', fc.constant({})],
  [1, 'Auth/AuthDisable', fc.constant({})],
];
const queries: readonly [number, string, fc.Arbitrary<Plain>][] = [
  [1, 'Auth/UserGet', fc.record({ name: anyUser })],
  [1, 'Auth/UserList', fc.constant({})],
  [1, 'Auth/RoleGet', fc.record({ role })],
  [1, 'Auth/RoleList', fc.constant({})],
  [1, 'Auth/AuthStatus', fc.constant({})],
];

const callOf = (methods: typeof changes): fc.Arbitrary<Call> =>
  fc.oneof(
    ...methods.map(([weight, method, request]) => ({
      weight,
      arbitrary: fc.record({ method: fc.constant(method), request, asJson: rarely }),
    })),
  );
const by = (calls: fc.Arbitrary<Call>, who: fc.Arbitrary<string>): fc.Arbitrary<Call> =>
  fc.tuple(calls, who).map(([one, as]) => ({ ...one, as }));

const mostlyRoot = fc.oneof(
  { weight: 8, arbitrary: fc.constant('root') },
  { weight: 1, arbitrary: fc.constantFrom(...USERS, 'nobody') },
);
const anyone = fc.oneof(
  { weight: 8, arbitrary: user },
  { weight: 1, arbitrary: fc.constantFrom('root', 'nobody', 'stranger') },
);
const logIn: fc.Arbitrary<Call> = fc
  .oneof(
    { weight: 6, arbitrary: fc.record({ name: user, password }) },
    { weight: 1, arbitrary: fc.constantFrom({ name: 'none', password: 'x' }, { name: 'root', password: 'wrong' }) },
    { weight: 2, arbitrary: fc.constant({ name: 'root', password: 'root' }) },
  )
  .map((request) => ({ method: 'Auth/Authenticate', request }));

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: by(
      call.filter(({ request }) => !hasRangeWithoutKeys(request)),
      anyone,
    ),
  },
  { weight: 6, arbitrary: by(callOf(changes), mostlyRoot) },
  { weight: 2, arbitrary: by(callOf(queries), fc.constantFrom('root', ...USERS)) },
  { weight: 4, arbitrary: logIn },
);

const asRoot = (method: string, request: Plain): Call => ({ method, request, as: 'root' });
const logInAs = (name: string, own: string): Call => ({
  method: 'Auth/Authenticate',
  request: { name, password: own },
});

const BEGINNING: readonly Call[] = [
  asRoot('Auth/UserAdd', { name: 'root', password: 'root' }),
  asRoot('Auth/RoleAdd', { name: 'root' }),
  asRoot('Auth/UserGrantRole', { user: 'root', role: 'root' }),
  ...ROLES.map((name) => asRoot('Auth/RoleAdd', { name })),
  ...USERS.flatMap((name, at) => [
    asRoot('Auth/UserAdd', { name, password: 'x' }),
    asRoot('Auth/UserGrantRole', { user: name, role: ROLES[at] }),
  ]),
  asRoot('Auth/RoleGrantPermission', { name: 'r', perm: { permType: 'READWRITE', key: 'YQ==', rangeEnd: 'Yg==' } }),
  asRoot('Auth/RoleGrantPermission', { name: 's', perm: { permType: 'READ', key: 'YQ==', rangeEnd: 'AA==' } }),
  asRoot('Auth/AuthEnable', {}),
  logInAs('root', 'root'),
  ...USERS.map((name) => logInAs(name, 'x')),
];

/**
 * Whether a part of a request has an end that is not behind its start. Whether etcd permits that to a user depends on how the
 * user's permissions overlap: docs/DIVERGENCE.md.
 */
function hasRangeWithoutKeys(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { key: first = '', rangeEnd: end = '' } = part as { readonly key?: string; readonly rangeEnd?: string };
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  const isOpen = end === '' || end === 'AA==';
  if (!isOpen && Buffer.compare(bytes(end), bytes(first)) <= 0) return true;
  return Object.values(part).some(hasRangeWithoutKeys);
}

/** The calls of one run. */
export const runWithUsers: fc.Arbitrary<readonly Call[]> = fc
  .array(step, { minLength: 100, maxLength: 200, size: 'max' })
  .map((steps) => [...BEGINNING, ...steps]);
