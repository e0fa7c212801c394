import { AuthState } from '../../src/kv/auth/auth-state.js';
import { Access } from '../../src/server/requests/access.js';

/** The checks of a member whose authentication is off. */
export const OPEN_ACCESS = new Access({
  auth: () => AuthState.empty,
  identities: { identify: () => ({ kind: 'nobody' }), resolve: (_call, done) => done() },
  fresh: (_call, done) => done(undefined),
});
