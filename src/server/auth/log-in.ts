import { etcdserverpb, raftkv } from '../../gen/proto.js';
import { kvError } from '../../kv/errors.js';
import type { KvStore } from '../../kv/store.js';
import type { UnaryCall } from '../../rpc/service.js';
import { Code, type Status } from '../../rpc/status.js';
import { asError } from '../../util/error.js';
import { clampInteger } from '../../util/integer.js';
import { inOneLine } from '../../util/one-line.js';
import { wholeBody } from '../../kv/format/wire.js';
import { Errors, passwordNotHashed, statusOf, tokenNotSigned } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import type { Proposer } from '../requests/proposer.js';
import type { HashingQueue } from './hashing-queue.js';
import { HashingError } from './hashing-thread.js';
import { PASSWORD_BYTES_MAX, type Passwords } from './passwords.js';
import type { Tokens } from './tokens.js';

/** As etcd answers where it can verify tokens, and not sign them. */
const VERIFY_ONLY: Status = {
  code: Code.UNKNOWN,
  message: 'auth: token signing attempted with verify-only key',
};
const NOT_ENABLED = statusOf(kvError('auth-not-enabled'));
const FAILED = statusOf(kvError('auth-failed'));
const NO_PASSWORD = statusOf(kvError('auth-no-password'));
/** Checks of one password while users or permissions keep changing. */
const ATTEMPTS_MAX = 10;

export interface LogInOptions {
  readonly store: Pick<KvStore, 'auth' | 'revision'>;
  readonly proposer: Pick<Proposer, 'submit'>;
  readonly headers: Headers;
  readonly tokens: Tokens;
  readonly passwords: Passwords;
  readonly hashing: Pick<HashingQueue, 'add'>;
  /** Calls back once this member's state is fresh; with the reason if it cannot be. */
  readonly fresh: (call: UnaryCall, done: (failed: Status | undefined) => void) => void;
  readonly onFatal: (error: unknown) => void;
}

interface Attempt {
  readonly call: UnaryCall;
  readonly name: string;
  /** At most as many bytes as bcrypt takes. */
  readonly password: Buffer;
  readonly left: number;
  /** A hash that the password is known to have. */
  readonly proven?: string;
}

/** What a password is checked against. */
interface Checked {
  readonly hash: string | undefined;
  readonly revision: number;
}

/**
 * Auth.Authenticate: checks a password against this member's state, outside of the log, and assigns a token through the log.
 * If anything changed between the two, it begins anew, but hashes the password again only if the user has another one: while
 * permissions changed faster than passwords are hashed, no log-in would come to an end.
 */
export class LogIn {
  readonly #options: LogInOptions;
  /** A hash that no password has: an unknown name takes as long to refuse as a wrong password. */
  #nobodysHash: Promise<string> | undefined;

  constructor(options: LogInOptions) {
    this.#options = options;
  }

  begin(call: UnaryCall, { name, password }: etcdserverpb.AuthenticateRequest): void {
    // A longer text, of which bcrypt takes no more, must not wait in memory.
    const cut = Buffer.from(password).subarray(0, PASSWORD_BYTES_MAX);
    this.#attempt({ call, name, password: Buffer.from(cut), left: ATTEMPTS_MAX });
  }

  #attempt(attempt: Attempt): void {
    const { fresh, store } = this.#options;
    const { call, name } = attempt;
    fresh(call, (failed) => {
      if (failed !== undefined) return call.fail(failed);
      const auth = store.auth();
      if (!auth.enabled) return call.fail(NOT_ENABLED);
      const user = auth.users.get(name);
      if (user?.noPassword === true) return call.fail(NO_PASSWORD);
      // The name of a user who does not exist may be long, and is not needed.
      const known = user === undefined ? { ...attempt, name: '' } : attempt;
      if (user !== undefined && attempt.proven === user.passwordHash) return this.#assign(attempt, auth.revision);
      this.#queue(known, { hash: user?.passwordHash, revision: auth.revision });
    });
  }

  /** A function of its own: its closures would keep all variables of the one that they were in. */
  #queue(attempt: Attempt, checked: Checked): void {
    const { call } = attempt;
    this.#options.hashing.add({
      call,
      run: () => this.#check(attempt, checked),
      refuse: () => call.fail(Errors.tooManyRequests),
    });
  }

  async #check(attempt: Attempt, { hash, revision }: Checked): Promise<void> {
    const { call, password } = attempt;
    try {
      const matches = await this.#matches(password, hash);
      if (!matches) call.fail(FAILED);
      else if (this.#options.tokens.kind === 'jwt') await this.#sign(attempt, revision);
      else this.#assign({ ...attempt, ...(hash !== undefined && { proven: hash }) }, revision);
    } catch (error) {
      if (error instanceof HashingError) return call.fail(passwordNotHashed(error.message));
      call.fail(Errors.stopped);
      this.#options.onFatal(error);
    }
  }

  async #matches(password: Buffer, hash: string | undefined): Promise<boolean> {
    const { passwords } = this.#options;
    if (hash !== undefined) return passwords.matches(password, hash);
    this.#nobodysHash ??= passwords.hash('').catch((error: unknown) => {
      this.#nobodysHash = undefined;
      throw error;
    });
    await passwords.matches(password, await this.#nobodysHash);
    return false;
  }

  /** A signed token carries the revision at which the password was checked, and is old if there is a newer one. */
  async #sign({ call, name }: Attempt, revision: number): Promise<void> {
    const { tokens, headers, store } = this.#options;
    if (tokens.kind !== 'jwt' || !tokens.jwt.canSign) return call.fail(VERIFY_ONLY);
    let token;
    try {
      token = await tokens.jwt.make(name, revision);
    } catch (error) {
      // A key that cannot sign concerns log-ins alone.
      return call.fail(tokenNotSigned(inOneLine(asError(error).message)));
    }
    call.respond(headers.prepend(store.revision(), etcdserverpb.AuthenticateResponse.encode({ token }).finish()));
  }

  #assign(attempt: Attempt, revision: number): void {
    const { tokens, proposer, headers } = this.#options;
    const { call, name } = attempt;
    if (tokens.kind !== 'simple') return;
    const made = tokens.simple.make();
    const { digest } = made;
    proposer.submit({
      call,
      kind: 'tokenAssign',
      request: raftkv.TokenAssignment.encode({ user: name, digest, checkedRevision: revision }).finish(),
      done: (outcome) => {
        if (outcome.kind === 'failed') return call.fail(outcome.status);
        const { result } = outcome;
        if (result.kind === 'ok') {
          const { index } = raftkv.AssignedToken.decode(wholeBody(result.body));
          const token = tokens.simple.textOf(made, clampInteger(index));
          const body = etcdserverpb.AuthenticateResponse.encode({ token }).finish();
          return call.respond(headers.prepend(result.revision, body));
        }
        if (result.error.kind !== 'auth-old-revision' || attempt.left <= 1) return call.fail(statusOf(result.error));
        this.#attempt({ ...attempt, left: attempt.left - 1 });
      },
    });
  }
}
