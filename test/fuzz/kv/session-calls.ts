import { etcdserverpb } from '../../../src/gen/proto.js';
import { splitSession } from '../../../src/kv/sessions/session-call.js';
import { clampInteger } from '../../../src/util/integer.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';
import { chance, pick, randomBytesOf } from '../pick.js';

const { PutRequest } = etcdserverpb;

/** One field of a put: a key or value, a lease, one that is unknown, a group, or a session. */
function randomField(random: Random): Uint8Array {
  switch (randomInteger(random, 0, 6)) {
    case 0:
      return PutRequest.encode({ key: randomBytesOf(random, randomInteger(random, 0, 200)) }).finish();
    case 1:
      return PutRequest.encode({ lease: randomInteger(random, 0, 2 ** 40) }).finish();
    case 2:
      // Fields 900 of 4 and of 8 bytes.
      return pick(random, [Buffer.from('a538abcdabcd', 'hex'), Buffer.from('a138abcdabcdabcdabcd', 'hex')] as const);
    case 3:
      // A group, in one case with a session in it, which is none of the request.
      return pick(random, [Buffer.from('a338a438', 'hex'), Buffer.from('a338da3e020805a438', 'hex')] as const);
    case 4:
      // The tag of a session in more bytes than it needs.
      return Buffer.from('dabe80000408051006', 'hex');
    default: {
      const [session, sequence] = [randomInteger(random, 0, 2 ** 40), randomInteger(random, 0, 1000)];
      return PutRequest.encode({ session: { session, sequence, acknowledged: sequence } }).finish();
    }
  }
}

function randomRequest(random: Random): Buffer {
  const bytes = Buffer.concat(Array.from({ length: randomInteger(random, 0, 6) }, () => randomField(random)));
  if (bytes.length === 0 || chance(random, 0.6)) return bytes;
  const at = randomInteger(random, 0, bytes.length);
  if (chance(random, 0.5)) bytes[at] = pick(random, [0, 1, 0x7f, 0x80, 0xff, randomInteger(random, 0, 256)]);
  return chance(random, 0.3) ? bytes.subarray(0, at) : bytes;
}

/** Checks that a session is taken out of a request as the codec reads it, and the rest is left as it was, for any bytes. */
export function sessionCalls(trial: Trial): void {
  for (let requests = 0; requests < 50; requests += 1) trial.feed(randomRequest(trial.random), checkSplit);
}

function checkSplit(bytes: Buffer): void {
  let wanted;
  try {
    wanted = PutRequest.decode(bytes);
  } catch {
    // What the codec refuses is refused after the split, if not by it.
    return;
  }
  let split;
  try {
    split = splitSession(bytes);
  } catch (error) {
    check(error instanceof RangeError, `${bytes.toString('hex')}: ${String(error)}`);
    return;
  }
  const { session, request } = split;
  const text = session === undefined ? 'none' : `${session.session} ${session.sequence} ${session.acknowledged}`;
  const seen = wanted.session ?? undefined;
  const numbers = [seen?.session, seen?.sequence, seen?.acknowledged].map((value) => clampInteger(value));
  check(text === (seen === undefined ? 'none' : numbers.join(' ')), `${bytes.toString('hex')}: session ${text}`);
  const rest = PutRequest.decode(request);
  check(rest.session === null || rest.session === undefined, `${bytes.toString('hex')}: a session is left`);
  check(
    Buffer.compare(rest.key, wanted.key) === 0 && clampInteger(rest.lease) === clampInteger(wanted.lease),
    `${bytes.toString('hex')}: the rest is ${Buffer.from(request).toString('hex')}`,
  );
}
