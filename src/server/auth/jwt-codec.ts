import { jwtVerify, SignJWT } from 'jose';
import type { KeyObject } from 'node:crypto';

/** How tokens are signed and verified. */
export interface JwtKeys {
  /** The only algorithm that is accepted, as in RFC 7518. */
  readonly algorithm: string;
  /** Undefined for a member that verifies only. */
  readonly signing: KeyObject | undefined;
  readonly verifying: KeyObject;
  readonly ttlMs: number;
}

/** What a valid token states. */
export interface JwtClaims {
  readonly username: string;
  /** The auth revision at which it was made. */
  readonly revision: number;
  /** Time until it expires, in ms. */
  readonly leftMs: number;
}

/** Signs and verifies tokens. The simulator has one without cryptography. */
export interface JwtCodec {
  readonly canSign: boolean;
  /** Call it only if `canSign`. */
  sign(username: string, revision: number): Promise<string>;
  /** @returns undefined for a token that is not valid; it does not throw */
  verify(text: string): Promise<JwtClaims | undefined>;
}

/** JSON web tokens (RFC 7519) with etcd's claims: `username`, `revision`, and `exp` by the time of day. */
export function joseCodec({ algorithm, signing, verifying, ttlMs }: JwtKeys): JwtCodec {
  return {
    canSign: signing !== undefined,
    sign: async (username, revision) => {
      if (signing === undefined) throw new Error('this member only verifies tokens');
      return await new SignJWT({ username, revision, exp: Math.floor((Date.now() + ttlMs) / 1000) })
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .sign(signing);
    },
    verify: async (text) => {
      try {
        const { payload } = await jwtVerify(text, verifying, { algorithms: [algorithm], requiredClaims: ['exp'] });
        const { username, revision, exp = 0 } = payload;
        if (typeof username !== 'string' || username === '' || !Number.isSafeInteger(revision)) return undefined;
        return { username, revision: Number(revision), leftMs: exp * 1000 - Date.now() };
      } catch {
        // Signature, algorithm, expiry or form are wrong: jose throws for each. The caller hears of an invalid token.
        return undefined;
      }
    },
  };
}
