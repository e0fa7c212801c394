import type bcrypt from 'bcrypt';
import { availableParallelism } from 'node:os';

/** The longest password that bcrypt takes, in bytes. */
export const PASSWORD_BYTES_MAX = 72;
/** The form of a bcrypt hash: version, cost, salt and digest. */
const HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Hashing of passwords. The simulator has one without bcrypt. */
export interface Passwords {
  hash(password: string): Promise<string>;
  matches(password: string, hash: string): Promise<boolean>;
}

/** Passwords that are hashed at the same time: at most half of the processors, and of the four threads of Node's pool. */
export function hashesAtOnce(): number {
  return Math.min(2, Math.max(1, Math.floor(availableParallelism() / 2)));
}

/** @param cost logarithm of the number of rounds, 4 to 31: each step doubles the time */
export function bcryptPasswords(cost: number): Passwords {
  return {
    hash: async (password) => (await loadBcrypt()).hash(password, cost),
    matches: async (password, hash) => HASH.test(hash) && (await loadBcrypt()).compare(password, hash),
  };
}

/** At the first password: most members never see one, and a program made of one file cannot hold the native code. */
async function loadBcrypt(): Promise<typeof bcrypt> {
  return (await import('bcrypt')).default;
}

/** The cost of a hash; undefined if it is no bcrypt hash. */
export function costOf(hash: string): number | undefined {
  const cost = HASH.exec(hash)?.[1];
  return cost === undefined ? undefined : Number(cost);
}
