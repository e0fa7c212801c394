import type { UnaryCall } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { Errors, passwordNotHashed } from '../requests/errors.js';
import type { HashingQueue } from './hashing-queue.js';
import { HashingError } from './hashing-thread.js';
import { costOf, PASSWORD_BYTES_MAX, type Passwords } from './passwords.js';

/** A password for a user, or its hash. */
export interface GivenPassword {
  readonly password: string;
  /** A bcrypt hash in base64, instead of a password; empty for none. */
  readonly hashedPassword: string;
  /** Whether both may be absent: the user keeps its password, or has none. */
  readonly mayBeEmpty: boolean;
}

export interface NewPasswordsOptions {
  readonly passwords: Passwords;
  readonly hashing: HashingQueue;
  /** Shortest password, in characters. A hash of a shorter one cannot be found out. */
  readonly charsMin: number;
  readonly onFatal: (error: unknown) => void;
}

/** Cost of a hash that is accepted from a client: checking a password against one of 31 would take a day. */
const COST_MAX = 16;

/** etcd's answer, which is that of Go's bcrypt. */
const TOO_LONG: Status = {
  code: Code.UNKNOWN,
  message: `bcrypt: password length exceeds ${PASSWORD_BYTES_MAX} bytes`,
};
const EMPTY_PASSWORD: Status = {
  code: Code.INVALID_ARGUMENT,
  message: 'raftkv: the password is empty: a user who logs in with a certificate only has the option no_password',
};
const BAD_HASH: Status = {
  code: Code.INVALID_ARGUMENT,
  message: `raftkv: the hashed password must be a bcrypt hash of a cost up to ${COST_MAX}, in base64`,
};

function tooShort(charsMin: number): Status {
  return {
    code: Code.INVALID_ARGUMENT,
    message: `raftkv: the password has fewer than ${charsMin} characters (--password-min-length)`,
  };
}

/** Checks and hashes the passwords of new users, and new passwords. */
export class NewPasswords {
  readonly #options: NewPasswordsOptions;

  constructor(options: NewPasswordsOptions) {
    this.#options = options;
  }

  /** Why a password is not accepted; undefined if it is. Its text is in no message. */
  problem({ password, hashedPassword, mayBeEmpty }: GivenPassword): Status | undefined {
    if (Buffer.byteLength(password) > PASSWORD_BYTES_MAX) return TOO_LONG;
    if (password !== '') return this.#isTooShort(password) ? tooShort(this.#options.charsMin) : undefined;
    if (hashedPassword === '') return mayBeEmpty ? undefined : EMPTY_PASSWORD;
    const cost = costOf(Buffer.from(hashedPassword, 'base64').toString('latin1'));
    return cost !== undefined && cost <= COST_MAX ? undefined : BAD_HASH;
  }

  /** Characters as their user counts them: not units of UTF-16. */
  #isTooShort(password: string): boolean {
    return Array.from(password).length < this.#options.charsMin;
  }

  /** @param then gets the hash in base64; empty for no password. Not called if the call has ended meanwhile */
  hash(call: UnaryCall, { password, hashedPassword }: GivenPassword, then: (hashedPassword: string) => void): void {
    if (password === '') return then(hashedPassword);
    const { passwords, hashing, onFatal } = this.#options;
    const run = async (): Promise<void> => {
      try {
        then(Buffer.from(await passwords.hash(password)).toString('base64'));
      } catch (error) {
        if (error instanceof HashingError) return call.fail(passwordNotHashed(error.message));
        call.fail(Errors.stopped);
        onFatal(error);
      }
    };
    hashing.add({ call, run, refuse: () => call.fail(Errors.tooManyRequests) });
  }
}
