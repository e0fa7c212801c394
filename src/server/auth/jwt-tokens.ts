import { jwtVerify, SignJWT } from 'jose';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../ports/clock.js';
import type { CallUser } from '../requests/access.js';

/** How tokens are signed and verified. */
export interface JwtKeys {
  /** The only algorithm that is accepted, as in RFC 7518. */
  readonly algorithm: string;
  /** Undefined for a member that verifies only. */
  readonly signing: KeyObject | undefined;
  readonly verifying: KeyObject;
  readonly ttlMs: number;
}

interface Verified {
  /** Undefined for a token that is not valid. */
  readonly user: CallUser | undefined;
  /** When it expires, in ms of the clock. */
  readonly endsMs: number;
}

/** Verified tokens that are kept: verification costs more than the rest of a call. */
const KEPT_MAX = 4096;
/** Invalid tokens that are kept, apart from the others: a flood of them must not displace those in use. */
const INVALID_KEPT_MAX = 1024;
/** Signatures that are verified at the same time: threads of the pool are left to the disk. */
const AT_ONCE_MAX = 2;
/** Longer tokens are refused unseen, in characters. */
const TEXT_MAX = 8192;
/** Time for which a token is known to be invalid, in ms. */
const INVALID_MS = 1_000;

/**
 * JSON web tokens (RFC 7519) with etcd's claims: `username`, the auth `revision` at which they were made, and `exp`. A member
 * needs no memory of them: any change of users or permissions makes them old.
 */
export class JwtTokens {
  readonly #keys: JwtKeys;
  readonly #clock: Clock;
  /** By text, the oldest first. */
  readonly #kept = new Map<string, Verified>();
  /** The same for invalid ones. */
  readonly #invalid = new Map<string, Verified>();
  /** Verifications that wait, in order. */
  readonly #waiting = new Set<() => void>();
  #verifying = 0;

  constructor({ keys, clock }: { readonly keys: JwtKeys; readonly clock: Clock }) {
    this.#keys = keys;
    this.#clock = clock;
  }

  get canSign(): boolean {
    return this.#keys.signing !== undefined;
  }

  /** Call it only if `canSign`. */
  async make(username: string, revision: number): Promise<string> {
    const { algorithm, signing, ttlMs } = this.#keys;
    if (signing === undefined) throw new Error('this member only verifies tokens');
    return new SignJWT({ username, revision, exp: Math.floor((Date.now() + ttlMs) / 1000) })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
      .sign(signing);
  }

  /** The user of a token that was verified; undefined if it is not valid, or not verified yet. */
  find(text: string): CallUser | undefined {
    const kept = this.#keptOf(text);
    return kept !== undefined && this.#clock.now() < kept.endsMs ? kept.user : undefined;
  }

  /** Verifies a token, so that `find` knows it. Calls back once. */
  verify(text: string, done: () => void): void {
    const kept = this.#keptOf(text);
    if (text.length > TEXT_MAX || (kept !== undefined && this.#clock.now() < kept.endsMs)) return done();
    const begin = (): void => {
      this.#verifying += 1;
      void this.#verify(text).then((verified) => {
        this.#verifying -= 1;
        this.#keep(text, verified);
        this.#goOn();
        done();
      });
    };
    this.#waiting.add(begin);
    this.#goOn();
  }

  #goOn(): void {
    for (const begin of this.#waiting) {
      if (this.#verifying >= AT_ONCE_MAX) return;
      this.#waiting.delete(begin);
      begin();
    }
  }

  #keptOf(text: string): Verified | undefined {
    return this.#kept.get(text) ?? this.#invalid.get(text);
  }

  async #verify(text: string): Promise<Verified> {
    const { algorithm, verifying } = this.#keys;
    try {
      const { payload } = await jwtVerify(text, verifying, { algorithms: [algorithm], requiredClaims: ['exp'] });
      const { username: name, revision: authRevision, exp = 0 } = payload;
      if (typeof name !== 'string' || name === '' || !Number.isSafeInteger(authRevision)) return this.#notValid();
      const user = { kind: 'user', name, bytes: Buffer.from(name), authRevision: Number(authRevision) } as const;
      return { user, endsMs: this.#clock.now() + exp * 1000 - Date.now() };
    } catch {
      // Signature, algorithm, expiry or form are wrong: jose throws for each. The caller hears of an invalid token.
      return this.#notValid();
    }
  }

  #notValid(): Verified {
    return { user: undefined, endsMs: this.#clock.now() + INVALID_MS };
  }

  #keep(text: string, verified: Verified): void {
    this.#kept.delete(text);
    const [kept, max] = verified.user === undefined ? [this.#invalid, INVALID_KEPT_MAX] : [this.#kept, KEPT_MAX];
    if (kept.size >= max) {
      const [oldest] = kept.keys();
      if (oldest !== undefined) kept.delete(oldest);
    }
    kept.set(text, verified);
  }
}
