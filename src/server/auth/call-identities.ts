import type { CallContext } from '../../rpc/service.js';
import type { CallUser, Identified, Identities } from '../requests/access.js';
import type { Tokens } from './tokens.js';

const NOBODY: Identified = { kind: 'nobody' };
const REFUSED: Identified = { kind: 'refused' };

const SCHEME = 'Bearer ';

export interface CallIdentitiesOptions {
  readonly tokens: Tokens;
  /** The user of a call without a token, by the certificate of its connection. */
  readonly certified: (call: CallContext) => CallUser | undefined;
}

/** Identifies callers: by the token in the metadata `token`, or else `authorization`; without one by a certificate. */
export class CallIdentities implements Identities {
  readonly #tokens: Tokens;
  readonly #certified: (call: CallContext) => CallUser | undefined;

  constructor({ tokens, certified }: CallIdentitiesOptions) {
    this.#tokens = tokens;
    this.#certified = certified;
  }

  identify(call: CallContext): Identified {
    const token = tokenOf(call);
    if (token === undefined) return this.#certified(call) ?? NOBODY;
    const tokens = this.#tokens;
    return (tokens.kind === 'simple' ? tokens.simple.find(token) : tokens.jwt.findFor(call, token)) ?? REFUSED;
  }

  resolve(call: CallContext, done: () => void): void {
    const token = tokenOf(call);
    if (token === undefined || this.#tokens.kind === 'simple') return done();
    this.#tokens.jwt.verify(call, token, done);
  }
}

/** An empty token counts: it is not valid. */
function tokenOf(call: CallContext): string | undefined {
  const token = call.metadata('token') ?? call.metadata('authorization');
  return token?.startsWith(SCHEME) === true ? token.slice(SCHEME.length) : token;
}
