import type { JwtTokens } from './jwt-tokens.js';
import type { SimpleTokens } from './simple-tokens.js';

/** The tokens of a member. All members of a cluster use the same kind. */
export type Tokens =
  { readonly kind: 'simple'; readonly simple: SimpleTokens } | { readonly kind: 'jwt'; readonly jwt: JwtTokens };
