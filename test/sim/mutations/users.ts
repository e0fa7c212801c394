import { patch, type Mutation } from './mutation.js';
import { users, usersAtLaggards, usersAway, usersWithLeases, usersWithSnapshots } from './profiles.js';

const PERMITTED = 'src/kv/commands/permitted.ts';
const REQUESTS = 'src/kv/auth/requests.ts';

/** Bugs in users, roles and permissions. */
export const USERS: readonly Mutation[] = [
  {
    name: 'applied-without-a-check',
    story: 'permissions are checked before a command is proposed only, and a revocation in between does not count',
    patches: [
      patch(
        'src/kv/commands/apply-command.ts',
        '  if (!context.auth.enabled || !needsUser(kind))',
        '  if (kind !== undefined)',
      ),
    ],
    profile: users,
  },
  {
    name: 'old-auth-revision-accepted',
    story: 'a command from before a change of users is applied after it',
    patches: [
      patch('src/kv/auth/admission.ts', "  if (authRevision < auth.revision) return kvError('auth-old-revision');\n"),
    ],
    profile: users,
  },
  {
    name: 'command-without-a-user-accepted',
    story: 'a command that names no user is taken for one of a member',
    patches: [
      patch(
        'src/kv/commands/apply-command.ts',
        'if (!context.auth.enabled || !needsUser(kind))',
        'if (!context.auth.enabled || !needsUser(kind) || command.user.length === 0)',
      ),
    ],
    profile: users,
  },
  {
    name: 'nested-transaction-unchecked',
    story: 'the operations of nested transactions need no permission (CVE-2026-33343)',
    patches: [patch('src/kv/auth/requests.ts', 'return mayRun(rights, op.requestTxn ?? {}, indexes);', 'return true;')],
    profile: users,
  },
  {
    name: 'comparison-unchecked',
    story: 'a comparison tells what the user may not read',
    patches: [
      patch(
        'src/kv/auth/requests.ts',
        '  for (const compare of request.compare ?? []) if (!mayRead(rights, compare)) return false;\n',
      ),
    ],
    profile: users,
  },
  {
    name: 'previous-version-unchecked',
    story: 'a user who may only write sees what was there',
    patches: [patch('src/kv/auth/requests.ts', ' && (prevKv !== true || read.contain(name, EMPTY))', '')],
    profile: users,
  },
  {
    name: 'lease-of-a-nested-put-unchecked',
    story: 'a key is attached to a lease whose keys the user may not delete',
    patches: [
      patch(
        'src/kv/auth/requests.ts',
        "      if (op.request === 'requestTxn') leasesOf(op.requestTxn ?? {}, found);\n",
      ),
    ],
    profile: usersWithLeases,
  },
  {
    name: 'key-taken-for-an-open-range',
    story: 'a permission on one key covers all keys from it on (GHSA-xg4h-6gfc-h4m8)',
    patches: [
      patch(
        'src/kv/auth/key-ranges.ts',
        'return !isOpenEnd(rangeEnd) && compareBytes',
        'return isOpenEnd(rangeEnd) || compareBytes',
      ),
    ],
    profile: users,
  },
  {
    name: 'role-of-a-deleted-role-kept',
    story: 'a role that is added again gives its rights to those who had the former one',
    patches: [patch('src/kv/auth/role-commands.ts', '    return without;\n', '    return user;\n')],
    profile: users,
  },
  {
    name: 'token-for-a-password-that-was-changed',
    story: 'a password that was changed while it was checked still opens the door',
    patches: [
      patch(
        'src/kv/auth/token-commands.ts',
        "  if (clampInteger(checkedRevision) !== state.revision) return kvError('auth-old-revision');\n",
      ),
    ],
    profile: users,
  },
  {
    name: 'token-outlives-its-user',
    story: 'the token of a deleted user is accepted',
    patches: [
      patch(
        'src/server/auth/simple-tokens.ts',
        "      else if (event.kind === 'user-revoked') this.#remove(({ name }) => name === event.user);\n",
        "      else if (event.kind === 'user-revoked') continue;\n",
      ),
    ],
    profile: users,
  },
  {
    name: 'watch-checked-once',
    story: 'a watch goes on after its user has lost the permission',
    patches: [
      patch(
        'src/server/watch/watch-guard.ts',
        '    if (auth.revision === this.#checked) return undefined;\n',
        '    if (auth !== undefined) return undefined;\n',
      ),
    ],
    profile: users,
  },
  {
    name: 'lease-revoked-without-a-check',
    story: 'a user revokes a lease whose keys it may not delete',
    patches: [
      patch(PERMITTED, '      return holdLeasedKeys(state, command.lease, rights.write);', '      return true;'),
    ],
    profile: users,
  },
  {
    name: 'key-attached-without-a-check',
    story: 'a user attaches a key to a lease whose keys it may not delete',
    patches: [
      patch(PERMITTED, 'lease === 0n || holdLeasedKeys(state, lease, rights.write)', 'lease >= 0n || lease < 0n'),
    ],
    profile: users,
  },
  {
    name: 'range-deleted-by-its-first-key',
    story: 'a user who may write the first key of a range may delete all of it',
    patches: [
      patch(
        REQUESTS,
        'return write.contain(request.key ?? EMPTY, request.rangeEnd ?? EMPTY);',
        'return write.contain(request.key ?? EMPTY, EMPTY);',
      ),
    ],
    profile: users,
  },
  {
    name: 'ranges-of-an-earlier-state',
    story: 'the merged ranges of a user are kept when permissions change',
    patches: [
      patch(
        'src/kv/auth/auth-state.ts',
        '  readonly #rights = new Map<string, Rights>();',
        '  static readonly known = new Map<string, Rights>();\n  readonly #rights = AuthState.known;',
      ),
    ],
    profile: users,
  },
  {
    name: 'users-in-memory-only',
    story: 'changes of users are not written, and are lost with the process',
    patches: [
      patch('src/kv/commands/apply-command.ts', '  for (const row of outcome.rows) context.draft.writeRecord(row);\n'),
    ],
    profile: users,
  },
  {
    name: 'users-not-taken-from-a-snapshot',
    story: 'a member that installs a snapshot keeps its old users and permissions',
    patches: [
      patch(
        'src/kv/state/stored-state.ts',
        '    this.#tables = tables;\n    this.#current = this',
        '    this.#tables = { ...tables, auth: this.#tables.auth };\n    this.#current = this',
      ),
    ],
    profile: usersWithSnapshots,
  },
  {
    name: 'tokens-outlive-a-snapshot',
    story: 'a snapshot holds the deletion of a user, whose token the member still accepts',
    patches: [patch('src/kv/commands/store-writes.ts', "tokens: [{ kind: 'all-revoked' }]", 'tokens: []')],
    profile: usersAway,
  },
  {
    name: 'tokens-outlive-authentication',
    story: 'tokens from before authentication was disabled are accepted once it is on again',
    patches: [patch('src/kv/auth/auth-commands.ts', "tokens: [{ kind: 'all-revoked' }]", 'tokens: []')],
    profile: users,
  },
  {
    name: 'token-outlives-its-password',
    story: 'whoever logged in with the old password keeps access after it was changed',
    patches: [
      patch(
        'src/kv/auth/user-commands.ts',
        "    { rows: [userRow(user)], tokens: [{ kind: 'user-revoked', user: name }] },\n",
        '    { rows: [userRow(user)] },\n',
      ),
    ],
    profile: users,
  },
  {
    name: 'read-checked-when-it-arrives',
    story: 'a read that waits for its level is answered from a state in which the user has lost the permission',
    patches: [
      patch(
        'src/server/services/kv-service.ts',
        '        const answer = (): ReturnType<Evaluate> => range(request, call);\n',
        '        const answer = (): ReturnType<Evaluate> => range(request, call);\n' +
          '        const permits = (rights: Rights): boolean => mayRead(rights, request);\n' +
          '        const early = access.enabled ? access.refusal({ call, permits }) : undefined;\n' +
          '        if (early === undefined) return read(call, request, answer);\n',
      ),
    ],
    profile: users,
  },
  {
    name: 'refused-by-what-was',
    story: 'a member that lags refuses a user who was given the permission',
    patches: [
      patch(
        'src/server/requests/access.ts',
        '      fresh(call, ',
        '      void fresh;\n      ((then: () => void) => then())(',
      ),
    ],
    profile: usersAtLaggards,
  },
  {
    name: 'watch-not-looked-at-again',
    story: 'a watch without events goes on when its user loses the permission',
    patches: [
      patch(
        'src/server/assembly/services.ts',
        '  authEvents.subscribe(() => watches.authChanged());\n',
        '  void authEvents;\n',
      ),
    ],
    profile: users,
  },
  {
    name: 'expiry-needs-a-user',
    story: 'leases never end while authentication is on, as no user sends their end',
    patches: [patch('src/kv/auth/admission.ts', "leaseExpire: 'none'", "leaseExpire: 'user'")],
    profile: (drawn) => ({ ...users(drawn), leaseHolders: 2 }),
  },
];
