import type { raftkv } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import { kvError } from '../errors.js';
import type { AuthOutcome } from './auth-change.js';
import type { AuthState } from './auth-state.js';

/**
 * Assigns a token to a user whose password a member has checked. If anything changed since, the password may be another one:
 * the member checks it again.
 */
export function assignToken(
  state: AuthState,
  { user, digest, checkedRevision }: raftkv.TokenAssignment,
  index: number,
): AuthOutcome {
  if (!state.enabled) return kvError('auth-not-enabled');
  if (clampInteger(checkedRevision) !== state.revision) return kvError('auth-old-revision');
  const known = state.users.get(user);
  if (known === undefined || known.noPassword) return kvError('auth-failed');
  // A copy: a view would keep the log entry in memory.
  const assigned = { kind: 'assigned', user, digest: Uint8Array.from(digest), index } as const;
  return { kind: 'changed', state, rows: [], tokens: [assigned] };
}
