import { patch, type TestedBug } from './mutation.js';

const TOKENS = { file: 'test/server/auth/simple-tokens.test.ts' };
const SIGNED = { file: 'test/server/auth/jwt-tokens.test.ts' };

/** Bugs in tokens that the simulator cannot show. */
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
        'src/server/auth/jwt-tokens.ts',
        "{ algorithms: [algorithm], requiredClaims: ['exp'] }",
        "{ requiredClaims: ['exp'] }",
      ),
    ],
    tests: SIGNED,
  },
];
