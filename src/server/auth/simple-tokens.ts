import { createHash } from 'node:crypto';
import type { TokenEvent } from '../../kv/store.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { randomInteger, type Random } from '../../util/random.js';
import type { OnLimit } from '../../util/limit-hits.js';
import type { CallUser } from '../requests/access.js';

export interface SimpleTokensOptions {
  readonly clock: Clock;
  /** Must be unpredictable. */
  readonly random: Random;
  /** Time without use after which a token is void, in ms. */
  readonly ttlMs: number;
  /** The auth revision of this member's state: simple tokens have none of their own. */
  readonly revision: () => number;
  /** Called when there are too many tokens. Default: not counted. */
  readonly onLimit?: OnLimit;
}

/** A token that is made but not assigned yet. */
export interface NewToken {
  readonly secret: string;
  readonly digest: Uint8Array;
}

const SECRET_LETTERS = 16;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Bound on the tokens of a member. Above it one that was not used for long is dropped: its client logs in again. */
export const TOKENS_MAX = 100_000;
/** Parts of the time to live in which expired tokens are removed. */
const SWEEPS_PER_TTL = 4;
/** Tokens that are looked at to find one that was not used for long. */
const LOOKS_MAX = 64;

/** A token, and the user whose calls it carries. */
class Token implements CallUser {
  readonly kind = 'user';
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly index: number;
  /** As the clients send it; undefined before its first use here. */
  text: string | undefined;
  usedMs: number;
  /** `usedMs` when the token was put at its place in the order of dropping. */
  placedMs: number;
  readonly #revision: () => number;

  constructor(
    { user, index }: Extract<TokenEvent, { kind: 'assigned' }>,
    { revision, nowMs }: { readonly revision: () => number; readonly nowMs: number },
  ) {
    this.name = user;
    this.bytes = Buffer.from(user);
    this.index = index;
    this.usedMs = nowMs;
    this.placedMs = nowMs;
    this.#revision = revision;
  }

  get authRevision(): number {
    return this.#revision();
  }
}

/**
 * etcd's simple tokens: random letters, a dot, and the index of the log entry that assigned them, so that every member knows
 * them. The log has a digest of the letters only. A token is void after some time without use on this member.
 */
export class SimpleTokens {
  readonly #options: SimpleTokensOptions;
  /** By digest in latin1, in the order of dropping: those that were used since they took their place get a later one first. */
  readonly #tokens = new Map<string, Token>();
  /** The same by their text, once they were used here: a lookup without a hash. */
  readonly #byText = new Map<string, Token>();
  #cancelSweep: Cancel | undefined;
  #stopped = false;

  constructor(options: SimpleTokensOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#tokens.size;
  }

  /** Makes a token, to be assigned through the log. */
  make(): NewToken {
    let secret = '';
    for (let at = 0; at < SECRET_LETTERS; at++) {
      secret += LETTERS[randomInteger(this.#options.random, 0, LETTERS.length)];
    }
    return { secret, digest: digestOf(secret) };
  }

  /** The text of a token once it is assigned. */
  textOf({ secret }: NewToken, index: number): string {
    return `${secret}.${index}`;
  }

  /** The user of a token, whose time to live begins anew; undefined if it is not valid. */
  find(text: string): CallUser | undefined {
    const token = this.#byText.get(text) ?? this.#findNew(text);
    if (token === undefined) return undefined;
    const nowMs = this.#options.clock.now();
    if (nowMs - token.usedMs >= this.#options.ttlMs) return undefined;
    token.usedMs = nowMs;
    return token;
  }

  /** Takes over what commands did to tokens. */
  applied(events: readonly TokenEvent[]): void {
    for (const event of events) {
      if (event.kind === 'assigned') this.#assign(event);
      else if (event.kind === 'user-revoked') this.#remove(({ name }) => name === event.user);
      else this.#remove(() => true);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelSweep?.();
  }

  #assign(event: Extract<TokenEvent, { kind: 'assigned' }>): void {
    const { clock, revision } = this.#options;
    if (this.#tokens.size >= TOKENS_MAX) this.#dropOne();
    this.#tokens.set(latin1(event.digest), new Token(event, { revision, nowMs: clock.now() }));
    this.#armSweep();
  }

  #findNew(text: string): Token | undefined {
    const dot = text.indexOf('.');
    if (dot !== SECRET_LETTERS || text.length > 64) return undefined;
    const token = this.#tokens.get(latin1(digestOf(text.slice(0, dot))));
    if (token === undefined || String(token.index) !== text.slice(dot + 1)) return undefined;
    token.text = text;
    this.#byText.set(text, token);
    return token;
  }

  #dropOne(): void {
    this.#options.onLimit?.('tokens');
    let looks = 0;
    for (const [digest, token] of this.#tokens) {
      looks += 1;
      if (token.usedMs === token.placedMs || looks >= LOOKS_MAX) return this.#delete(digest, token);
      token.placedMs = token.usedMs;
      this.#tokens.delete(digest);
      this.#tokens.set(digest, token);
    }
  }

  #remove(isVoid: (token: Token) => boolean): void {
    for (const [digest, token] of this.#tokens) if (isVoid(token)) this.#delete(digest, token);
  }

  #delete(digest: string, { text }: Token): void {
    this.#tokens.delete(digest);
    if (text !== undefined) this.#byText.delete(text);
  }

  #armSweep(): void {
    if (this.#cancelSweep !== undefined || this.#stopped) return;
    const { clock, ttlMs } = this.#options;
    this.#cancelSweep = clock.timeout(ttlMs / SWEEPS_PER_TTL, () => {
      this.#cancelSweep = undefined;
      const nowMs = clock.now();
      this.#remove(({ usedMs }) => nowMs - usedMs >= ttlMs);
      if (this.#tokens.size > 0) this.#armSweep();
    });
  }
}

function digestOf(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
