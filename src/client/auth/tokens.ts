import { onAbort } from '../../util/abort.js';
import { asError } from '../../util/error.js';
import { cancelledError, timedOutError } from '../calls/ended-errors.js';

/** The name and password of a user. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The result of one authentication. Tokens are compared by identity. */
export interface Token {
  /** Undefined if the cluster has no authentication. */
  readonly text: string | undefined;
}

export interface TokenWait {
  /** On the monotonic clock, in ms. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Authenticates at any member. @returns the token; undefined if the cluster has no authentication @throws RaftKvError */
export type Authenticate = () => Promise<string | undefined>;

/**
 * The token of one client, obtained at first use and again after a member has refused it. All calls that need a token at
 * the same time share one authentication.
 */
export class Tokens {
  readonly #authenticate: Authenticate;
  #pending: Promise<Token> | undefined;
  #token: Token | undefined;

  constructor(authenticate: Authenticate) {
    this.#authenticate = authenticate;
  }

  /** The token for the next call. @throws RaftKvError if the authentication fails, or takes longer than the call may */
  async current(wait: TokenWait): Promise<Token> {
    if (this.#token !== undefined) return this.#token;
    this.#pending ??= this.#obtain();
    return await within(this.#pending, wait);
  }

  /** The token, if there is one already. */
  get present(): Token | undefined {
    return this.#token;
  }

  /** Reports that a member refused a token. A token that has been replaced meanwhile changes nothing. */
  refuse(token: Token): void {
    if (this.#token === token) this.#token = undefined;
  }

  async #obtain(): Promise<Token> {
    try {
      const token = { text: await this.#authenticate() };
      this.#token = token;
      return token;
    } finally {
      this.#pending = undefined;
    }
  }
}

/** Waits for work that goes on without the waiter, for as long as the waiter may. @throws RaftKvError */
async function within<T>(work: Promise<T>, { deadlineMs, signal }: TokenWait): Promise<T> {
  let forget: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      work.then(resolve, (error: unknown) => reject(asError(error)));
      if (Number.isFinite(deadlineMs)) {
        const leftMs = Math.max(0, deadlineMs - performance.now());
        timer = setTimeout(() => reject(timedOutError('the authentication took too long')), leftMs);
      }
      forget = onAbort([signal], () => {
        if (signal !== undefined) reject(cancelledError('not-applied', signal));
      });
    });
  } finally {
    forget();
    clearTimeout(timer);
  }
}
