import { availableParallelism } from 'node:os';
import { HashingThread } from './hashing-thread.js';

/** The longest password that bcrypt takes, in bytes. */
export const PASSWORD_BYTES_MAX = 72;
/** The form of a bcrypt hash: version, cost, salt and digest. */
const HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Hashing of passwords. The simulator has one without bcrypt. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** @param password at most the bytes that bcrypt takes */
  matches(password: Buffer, hash: string): Promise<boolean>;
  /** Frees its threads. Work that is not done fails. */
  close(): void;
}

/** Passwords that are hashed at the same time: at most half of the processors, and no more than two. */
export function hashesAtOnce(): number {
  return Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)));
}

/**
 * Hashes in threads of its own, which begin with the first password: most members never see one.
 * @param cost logarithm of the number of rounds, 4 to 31: each step doubles the time
 */
export function bcryptPasswords(cost: number): Passwords {
  const threads = Array.from({ length: hashesAtOnce() }, () => new HashingThread());
  const idlest = (): HashingThread => threads.reduce((best, thread) => (thread.jobs < best.jobs ? thread : best));
  return {
    hash: async (password) => String(await idlest().run({ password: Buffer.from(password), against: undefined, cost })),
    matches: async (password, hash) =>
      HASH.test(hash) && (await idlest().run({ password, against: hash, cost })) === true,
    close: () => {
      for (const thread of threads) thread.close();
    },
  };
}

/** The cost of a hash; undefined if it is no bcrypt hash. */
export function costOf(hash: string): number | undefined {
  const cost = HASH.exec(hash)?.[1];
  return cost === undefined ? undefined : Number(cost);
}
