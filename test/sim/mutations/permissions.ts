import { patch, type TestedBug } from './mutation.js';

const KEEP_ALIVES = 'src/server/lease/keep-alives.ts';

const TOKENS = { file: 'test/server/auth/simple-tokens.test.ts' };
const APPLY = { file: 'test/kv/auth/apply.test.ts' };
const RECORDS = { file: 'test/kv/state/record-hash.test.ts' };
const COMPARISON = { file: 'test/partition/corruption.test.ts', titles: 'users differ' };
const RENEWALS = { file: 'test/server/lease/keep-alive-permissions.test.ts' };
const SIGNED = { file: 'test/server/auth/jwt-tokens.test.ts' };

/** Bugs in tokens, leases and hashes that the simulator does not show. */
export const PERMISSIONS: readonly TestedBug[] = [
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
        'src/server/auth/jwt-codec.ts',
        "{ algorithms: [algorithm], requiredClaims: ['exp'] }",
        "{ requiredClaims: ['exp'] }",
      ),
    ],
    tests: SIGNED,
  },
  {
    name: 'users-left-out-of-the-hash',
    story: 'members are compared, and their users and roles are not',
    patches: [patch('src/kv/state/record-hash.ts', '  Table.auth,\n')],
    tests: COMPARISON,
  },
  {
    name: 'leases-left-out-of-the-hash',
    story: 'a lease that only one member has lost is not noticed',
    patches: [
      patch(
        'src/kv/state/record-hash.ts',
        '  return scatter(crc32(value, crc32(key)));',
        '  return tableOf(key) === Table.leases ? 0 : scatter(crc32(value, crc32(key)));',
      ),
    ],
    tests: RECORDS,
  },
  {
    name: 'hash-of-a-batch',
    story: 'the hash of users and leases is that of the end of a batch, which other members divide in other ways',
    patches: [
      patch(
        'src/kv/state/record-hash.ts',
        '      this.#indexes.push(index);\n      this.#hashes.push(this.#hash);\n    }\n',
        '    }\n    this.#indexes.push(changes.at(-1)?.index ?? 0);\n    this.#hashes.push(this.#hash);\n',
      ),
    ],
    tests: RECORDS,
  },
  {
    name: 'first-keys-of-a-lease-checked-only',
    story: 'a lease is revoked by a user who may write its first keys',
    patches: [patch('src/kv/auth/lease-keys.ts', '    from = leasedKey(lease, end);\n', '    return from !== lt;\n')],
    tests: APPLY,
  },
  {
    name: 'lease-renewed-without-a-check',
    story: 'a user renews a lease whose keys it may not write',
    patches: [patch(KEEP_ALIVES, 'return holds ?', 'return holds || !rights.isRoot ?')],
    tests: RENEWALS,
  },
  {
    name: 'lease-without-keys-not-renewed',
    story: 'only root renews leases, also those without keys',
    patches: [patch(KEEP_ALIVES, 'return holds ?', 'return holds && rights.isRoot ?')],
    tests: RENEWALS,
  },
  {
    name: 'renewals-checked-once',
    story: 'a stream whose first renewal was permitted renews all leases, also once the permission is revoked',
    patches: [
      patch(
        KEEP_ALIVES,
        '    const checked: CheckedCall = new CheckedCall(call as unknown as StreamCall<never>, (request, done) => {\n',
        '    let passed = false;\n' +
          '    const checked: CheckedCall = new CheckedCall(call as unknown as StreamCall<never>, (request, then) => {\n' +
          '      if (passed) return then(undefined);\n' +
          '      const done = (refused: Status | undefined): void => {\n' +
          '        passed ||= refused === undefined;\n' +
          '        then(refused);\n' +
          '      };\n',
      ),
    ],
    tests: RENEWALS,
  },
  {
    name: 'old-signed-token-accepted',
    story: 'a signed token from before a change of users still reads',
    patches: [
      patch(
        'src/server/requests/access.ts',
        '    if (found.authRevision < auth.revision) return REFUSALS.oldRevision;\n',
      ),
    ],
    tests: { file: 'test/partition/users-storm.test.ts', titles: 'with signed tokens' },
  },
];
