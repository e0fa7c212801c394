import type { EngineOperation } from '../../ports/engine.js';
import type { KvError } from '../errors.js';
import { authRow } from './auth-rows.js';
import type { AuthState } from './auth-state.js';

/** What members do with their tokens once a command is applied. */
export type TokenEvent =
  | { readonly kind: 'assigned'; readonly user: string; readonly digest: Uint8Array; readonly index: number }
  /** The tokens of a user are void. */
  | { readonly kind: 'user-revoked'; readonly user: string }
  /** All tokens are void. */
  | { readonly kind: 'all-revoked' };

/** The effect of a command: the state after it, the rows that it writes, and what happens to tokens. */
export interface AuthChange {
  readonly kind: 'changed';
  readonly state: AuthState;
  readonly rows: readonly EngineOperation[];
  readonly tokens: readonly TokenEvent[];
}

export type AuthOutcome = AuthChange | KvError;

/** A change of users or roles, which raises the revision. */
export function changed(
  state: AuthState,
  fields: Partial<Pick<AuthState, 'users' | 'roles'>>,
  { rows, tokens = [] }: { readonly rows: readonly EngineOperation[]; readonly tokens?: readonly TokenEvent[] },
): AuthChange {
  const next = state.with({ ...fields, revision: state.revision + 1 });
  return { kind: 'changed', state: next, rows: [...rows, authRow(next)], tokens };
}
