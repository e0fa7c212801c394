import type { Clock } from '../../src/ports/clock.js';
import type { JwtCodec } from '../../src/server/auth/jwt-codec.js';
import type { Random } from '../../src/util/random.js';

const SIGNATURE = 'signed';

/** The auth revision that a virtual token states. */
export function revisionOfToken(text: string): number {
  return Number(text.split('.')[1]);
}

/** Signed tokens that anyone can read, and no one forges. Their verification takes time by the member's clock, and no work. */
export function virtualJwt({
  now,
  clock,
  random,
  ttlMs,
  longestMs,
}: {
  /** The time of day, which all members share, in ms. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly random: Random;
  readonly ttlMs: number;
  /** The longest time that a token takes. */
  readonly longestMs: number;
}): JwtCodec {
  const slowly = async <T>(result: () => T): Promise<T> => {
    await new Promise<void>((resolve) => clock.timeout(random.next() * longestMs, resolve));
    return result();
  };
  return {
    canSign: true,
    sign: (username, revision) => slowly(() => `${username}.${revision}.${Math.floor(now() + ttlMs)}.${SIGNATURE}`),
    verify: (text) =>
      slowly(() => {
        const [username = '', revision, endMs, signature] = text.split('.');
        const leftMs = Number(endMs) - now();
        return signature === SIGNATURE && leftMs > 0 ? { username, revision: Number(revision), leftMs } : undefined;
      }),
  };
}
