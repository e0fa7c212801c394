import { patch, type TestedBug } from './mutation.js';

const APPLY = { file: 'test/kv/auth/apply.test.ts' };
const COMMANDS = { file: 'test/kv/auth/auth-commands.test.ts' };
const RANGES = { file: 'test/kv/auth/key-ranges.test.ts' };
const TOKENS = { file: 'test/server/auth/simple-tokens.test.ts' };
const SIGNED = { file: 'test/server/auth/jwt-tokens.test.ts' };
const WATCHES = { file: 'test/server/auth/watch-guard.test.ts' };

/** Bugs in users, roles and permissions. */
export const PERMISSIONS: readonly TestedBug[] = [
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
    tests: APPLY,
  },
  {
    name: 'old-auth-revision-accepted',
    story: 'a command from before a change of users is applied after it',
    patches: [
      patch('src/kv/auth/admission.ts', "  if (authRevision < auth.revision) return kvError('auth-old-revision');\n"),
    ],
    tests: APPLY,
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
    tests: APPLY,
  },
  {
    name: 'nested-transaction-unchecked',
    story: 'the operations of nested transactions need no permission (CVE-2026-33343)',
    patches: [patch('src/kv/auth/requests.ts', 'return mayRun(rights, op.requestTxn ?? {});', 'return true;')],
    tests: APPLY,
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
    tests: APPLY,
  },
  {
    name: 'previous-version-unchecked',
    story: 'a user who may only write sees what was there',
    patches: [patch('src/kv/auth/requests.ts', ' && (prevKv !== true || read.contain(name, EMPTY))', '')],
    tests: APPLY,
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
    tests: APPLY,
  },
  {
    name: 'first-keys-of-a-lease-checked-only',
    story: 'a lease is revoked by a user who may write its first keys',
    patches: [
      patch('src/kv/auth/lease-keys.ts', '    from = leasedKey(lease, range.end);\n', '    return from !== lt;\n'),
    ],
    tests: APPLY,
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
    tests: RANGES,
  },
  {
    name: 'role-of-a-deleted-role-kept',
    story: 'a role that is added again gives its rights to those who had the former one',
    patches: [patch('src/kv/auth/role-commands.ts', '    users.set(user.name, without);\n')],
    tests: COMMANDS,
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
    tests: COMMANDS,
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
    tests: TOKENS,
  },
  {
    name: 'token-never-expires',
    story: 'a token is valid however long it was not used',
    patches: [
      patch(
        'src/server/auth/simple-tokens.ts',
        '    if (nowMs - token.usedMs >= this.#options.ttlMs) return undefined;\n',
      ),
    ],
    tests: TOKENS,
  },
  {
    name: 'algorithm-chosen-by-the-token',
    story: 'the header of a signed token says how it is verified',
    patches: [
      patch(
        'src/server/auth/jwt-tokens.ts',
        "{ algorithms: [algorithm], requiredClaims: ['exp'] }",
        "{ requiredClaims: ['exp'] }",
      ),
    ],
    tests: SIGNED,
  },
  {
    name: 'watch-checked-once',
    story: 'a watch goes on after its user has lost the permission',
    patches: [
      patch(
        'src/server/watch/watch-guard.ts',
        '    if (auth === this.#checked) return undefined;\n',
        '    if (auth !== undefined) return undefined;\n',
      ),
    ],
    tests: WATCHES,
  },
];
