import type { Clock } from '../../src/ports/clock.js';
import type { Passwords } from '../../src/server/auth/passwords.js';
import type { Random } from '../../src/util/random.js';

/** The hash of a password, which anyone can read. */
export function virtualHash(password: string): string {
  return `hash of ${password}`;
}

/** Passwords that take time by the member's clock, and no work. */
export function virtualPasswords({
  clock,
  random,
  longestMs,
}: {
  readonly clock: Clock;
  readonly random: Random;
  readonly longestMs: number;
}): Passwords {
  const slowly = async <T>(result: T): Promise<T> => {
    if (longestMs > 0) await new Promise<void>((resolve) => clock.timeout(random.next() * longestMs, resolve));
    return result;
  };
  return {
    hash: (password) => slowly(virtualHash(password)),
    matches: (password, hash) => slowly(virtualHash(password.toString()) === hash),
    close: () => undefined,
  };
}
