import type { Clock } from '../../ports/clock.js';
import type { CallContext } from '../../rpc/service.js';
import { OwnerTurns } from '../../util/owner-turns.js';
import { sourceOf } from '../../util/source-set.js';
import type { CallUser } from '../requests/access.js';
import type { JwtCodec } from './jwt-codec.js';

/** A token that waits to be verified. */
interface Unverified {
  readonly call: CallContext;
  readonly text: string;
  readonly done: () => void;
}

class ValidToken {
  readonly user: CallUser;
  /** When it expires, in ms of the clock. */
  readonly endsMs: number;
  /** Number of its place in the order of dropping. */
  place = 0;

  constructor(user: CallUser, endsMs: number) {
    this.user = user;
    this.endsMs = endsMs;
  }
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

/** Signed tokens. A member needs no memory of them: any change of users or permissions makes them old. */
export class JwtTokens {
  readonly #codec: JwtCodec;
  readonly #clock: Clock;
  /** Valid ones by text, in the order of dropping: one that is used and not among the later half gets the last place. */
  readonly #kept = new Map<string, ValidToken>();
  /** Number of the last place. */
  #places = 0;
  /** Until when others are known to be invalid, in ms of the clock, by text, the oldest first. */
  readonly #invalid = new Map<string, number>();
  /** Tokens that wait, by the address that they come from: a flood of invalid ones delays those of others by one each. */
  readonly #waiting = new OwnerTurns<string, Unverified>();
  #verifying = 0;

  constructor({ codec, clock }: { readonly codec: JwtCodec; readonly clock: Clock }) {
    this.#codec = codec;
    this.#clock = clock;
  }

  get canSign(): boolean {
    return this.#codec.canSign;
  }

  /** Call it only if `canSign`. */
  make(username: string, revision: number): Promise<string> {
    return this.#codec.sign(username, revision);
  }

  /** The user of a token that was verified; undefined if it is not valid, or not verified yet. */
  find(text: string): CallUser | undefined {
    return this.#find(text)?.user;
  }

  /** As `find`, for a call: a token that was found for it once stays known to it until the token expires. */
  findFor(call: CallContext, text: string): CallUser | undefined {
    const own = call.credential;
    if (own instanceof ValidToken) return this.#clock.now() < own.endsMs ? own.user : undefined;
    const found = this.#find(text);
    if (found !== undefined) call.credential = found;
    return found?.user;
  }

  #find(text: string): ValidToken | undefined {
    const token = this.#kept.get(text);
    if (token === undefined || this.#clock.now() >= token.endsMs) return undefined;
    if (this.#places - token.place > KEPT_MAX / 2) this.#place(text, token);
    return token;
  }

  #place(text: string, token: ValidToken): void {
    this.#kept.delete(text);
    this.#places += 1;
    token.place = this.#places;
    this.#kept.set(text, token);
  }

  /** Verifies the token of a call, so that `find` knows it. Calls back once. */
  verify(call: CallContext, text: string, done: () => void): void {
    if (text.length > TEXT_MAX || this.#isKnown(text)) return done();
    this.#waiting.add(sourceOf(call.remote), { call, text, done });
    this.#goOn();
  }

  #isKnown(text: string): boolean {
    return this.#clock.now() < (this.#kept.get(text)?.endsMs ?? this.#invalid.get(text) ?? -Infinity);
  }

  #goOn(): void {
    while (this.#verifying < AT_ONCE_MAX) {
      const next = this.#waiting.take();
      if (next === undefined) return;
      const { call, text, done } = next;
      // Its caller has left, or another call has brought the same token.
      if (call.cancelled || this.#isKnown(text)) {
        done();
        continue;
      }
      this.#verifying += 1;
      void this.#verify(text).then((verified) => {
        this.#verifying -= 1;
        this.#keep(text, verified);
        this.#goOn();
        done();
      });
    }
  }

  /** @returns undefined for a token that is not valid */
  async #verify(text: string): Promise<ValidToken | undefined> {
    const claims = await this.#codec.verify(text);
    if (claims === undefined) return undefined;
    const { username: name, revision: authRevision, leftMs } = claims;
    const user = { kind: 'user', name, bytes: Buffer.from(name), authRevision } as const;
    return new ValidToken(user, this.#clock.now() + leftMs);
  }

  #keep(text: string, token: ValidToken | undefined): void {
    this.#kept.delete(text);
    this.#invalid.delete(text);
    if (token === undefined) {
      if (this.#invalid.size >= INVALID_KEPT_MAX) dropOldest(this.#invalid);
      this.#invalid.set(text, this.#clock.now() + INVALID_MS);
    } else {
      if (this.#kept.size >= KEPT_MAX) dropOldest(this.#kept);
      this.#place(text, token);
    }
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
