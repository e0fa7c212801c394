import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { JoinedRanges } from '../../../src/kv/auth/joined-ranges.js';
import { KeyRanges } from '../../../src/kv/auth/key-ranges.js';
import { joseCodec } from '../../../src/server/auth/jwt-codec.js';
import { JwtTokens } from '../../../src/server/auth/jwt-tokens.js';
import { SimpleTokens } from '../../../src/server/auth/simple-tokens.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { compareBytes } from '../../../src/util/bytes.js';
import type { Random } from '../../../src/util/random.js';
import { realClock } from '../../../src/util/real-clock.js';
import { check } from '../check.js';
import { mutatedText } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomSize } from '../pick.js';

const TOKENS = 100;

/** Simple tokens, some changed: only a token that was assigned has a user. */
export function simpleTokens(trial: Trial): void {
  const { random } = trial;
  const tokens = new SimpleTokens({
    clock: { ...realClock, timeout: () => () => undefined },
    random,
    ttlMs: 1e9,
    revision: () => 4,
  });
  const users = new Map<string, string>();
  for (let index = 1; index <= 8; index += 1) {
    const made = tokens.make();
    const user = `user ${index}`;
    tokens.applied([{ kind: 'assigned', user, index, digest: made.digest }]);
    users.set(tokens.textOf(made, index), user);
  }
  const known = [...users.keys()];
  for (let count = 0; count < TOKENS; count += 1) {
    const token = pick(random, known as [string]);
    trial.feed(chance(random, 0.1) ? token : mutatedText(random, token, known), (text) => {
      const user = tokens.find(text);
      check(user?.name === users.get(text), 'the user of another token');
      check(user === undefined || user.authRevision === 4, 'another auth revision');
    });
  }
  const revoked = pick(random, known as [string]);
  tokens.applied([{ kind: 'user-revoked', user: users.get(revoked) ?? '' }]);
  check(tokens.find(revoked) === undefined, 'a revoked token is accepted');
  tokens.stop();
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SECRET = createSecretKey(Buffer.alloc(32, 7));
const KEYS = [
  { algorithm: 'HS256', signing: SECRET, verifying: SECRET, ttlMs: 1e9 },
  { algorithm: 'HS256', signing: SECRET, verifying: SECRET, ttlMs: 1e9 },
  { algorithm: 'ES256', signing: privateKey, verifying: publicKey, ttlMs: 1e9 },
] as const;
const HEADERS = [
  '{"alg":"none"}',
  '{"alg":"HS256"}',
  '{"alg":"HS256","typ":"JWT"}',
  '{"alg":"ES256"}',
  '{"alg":"HS512"}',
  '{"alg":"HS256","crit":["b64"],"b64":false}',
  '{"alg":["HS256"]}',
  '{}',
  'null',
] as const;
const CLAIMS = [
  '{"username":"root","revision":1,"exp":9999999999}',
  '{"username":"root","revision":1}',
  '{"username":["root"],"revision":1,"exp":9999999999}',
  '{"username":"","revision":1,"exp":9999999999}',
  '{"username":"root","revision":"1","exp":9e99}',
  '[]',
] as const;

const JWTS = 20;

/** Signed tokens, some changed or forged: only one with a signature that holds has a user, and that is the one who was signed. */
export async function jwtTokens(trial: Trial): Promise<void> {
  const { random } = trial;
  const keys = pick(random, KEYS);
  const tokens = new JwtTokens({ codec: joseCodec(keys), clock: realClock });
  const made = new Map<string, string>();
  for (let count = 0; count < 3; count += 1) {
    const name = pick(random, ['root', 'user', 'ünïcode', 'a.b', '"']);
    made.set(await tokens.make(name, count), `${name} ${count}`);
  }
  const known = [...made.keys()];
  for (let count = 0; count < JWTS; count += 1) {
    const token = pick(random, known as [string]);
    const [head = '', body = '', signature = ''] = token.split('.');
    const base64 = (text: string): string => Buffer.from(text).toString('base64url');
    const forged = pick(random, [
      token,
      mutatedText(random, token, known),
      `${base64(pick(random, HEADERS))}.${body}.${signature}`,
      `${base64(pick(random, HEADERS))}.${base64(pick(random, CLAIMS))}.${pick(random, ['', signature])}`,
      `${head}.${base64(mutatedText(random, Buffer.from(body, 'base64url').toString()))}.${signature}`,
    ]);
    await trial.feedSlowly(forged, async (text) => {
      await new Promise<void>((resolve) => tokens.verify(OWN_CALL, text, resolve));
      const user = tokens.find(text);
      if (made.has(text)) check(user !== undefined, 'a valid token is refused');
      if (user === undefined) return;
      // Base64 may be written in several ways; the content is the same.
      const same = known.find((original) => decoded(original) === decoded(text));
      check(
        same !== undefined && made.get(same) === `${user.name} ${user.authRevision}`,
        `${user.name} by a token that was not made`,
      );
    });
  }
}

function decoded(token: string): string {
  const [head = '', body = '', signature = ''] = token.split('.');
  return `${head}.${body}.${Buffer.from(signature, 'base64url').toString('hex')}`;
}

const RANGES = 20;
const QUERIES = 20;

function randomKey(random: Random): Buffer {
  return Buffer.from(Array.from({ length: randomSize(random, 4) }, () => pick(random, [0, 0, 1, 0x61, 0x62, 0xff])));
}

/** Unions of permitted ranges: the same answers as from a search for a key that no range holds. */
export function keyRanges(trial: Trial): void {
  const { random } = trial;
  for (let count = 0; count < RANGES; count += 1) {
    // A range that is empty is refused when it is granted.
    const permissions = Array.from({ length: randomSize(random, 8) }, () => ({
      key: randomKey(random),
      rangeEnd: randomKey(random),
    })).filter(
      ({ key, rangeEnd }) =>
        key.length > 0 && (rangeEnd.length === 0 || isOpen(rangeEnd) || compareBytes(key, rangeEnd) < 0),
    );
    const ranges = KeyRanges.of(permissions);
    const parts = [0, 1, 2].map((part) => permissions.filter((_, at) => at % 3 === part));
    const joined = new JoinedRanges(parts.map((part) => KeyRanges.of(part)));
    check(ranges.size <= permissions.length, 'more ranges than permissions');
    for (let query = 0; query < QUERIES; query += 1) {
      const [key, rangeEnd] = [randomKey(random), chance(random, 0.3) ? Buffer.alloc(0) : randomKey(random)];
      trial.feed(key, (wanted) => {
        const seen = ranges.contain(wanted, rangeEnd);
        const expected = containsAll(permissions, wanted, rangeEnd);
        check(joined.contain(wanted, rangeEnd) === expected, `${wanted.toString('hex')}: not so in parts`);
        check(seen === expected, `${wanted.toString('hex')} to ${rangeEnd.toString('hex')}: ${seen}`);
      });
    }
  }
}

function isOpen(rangeEnd: Buffer): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

interface Wanted {
  readonly key: Buffer;
  readonly rangeEnd: Buffer;
}

/** Whether the ranges, one after the other, lead from the first key to the end. */
function containsAll(permissions: readonly Wanted[], key: Buffer, rangeEnd: Buffer): boolean {
  let at: Buffer = key;
  const endOf = (wanted: Wanted): Buffer | undefined => {
    if (isOpen(wanted.rangeEnd)) return undefined;
    return wanted.rangeEnd.length === 0 ? Buffer.concat([wanted.key, Buffer.from([0])]) : wanted.rangeEnd;
  };
  const end = endOf({ key, rangeEnd });
  const isBehind = (): boolean => end !== undefined && compareBytes(at, end) >= 0;
  // An empty range needs its first key.
  for (let isFirst = true; isFirst || !isBehind(); isFirst = false) {
    const holding = permissions.filter((permission) => {
      const last = endOf(permission);
      return compareBytes(permission.key, at) <= 0 && (last === undefined || compareBytes(at, last) < 0);
    });
    if (holding.length === 0) return false;
    const ends = holding.map(endOf);
    if (ends.includes(undefined)) return true;
    at = (ends as Buffer[]).reduce((left, right) => (compareBytes(left, right) < 0 ? right : left));
  }
  return true;
}
