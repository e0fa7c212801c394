import type { TokenEvent } from '../auth/auth-change.js';
import type { AuthState } from '../auth/auth-state.js';
import type { KvError } from '../errors.js';
import type { EntryPosition } from '../leases/lease-commands.js';
import type { Member } from '../membership/members.js';
import type { SessionTable } from '../sessions/session-table.js';
import type { Alarms } from './alarms.js';
import type { Draft } from './draft.js';
import type { BodyMaker } from './writes.js';

/** The outcome of a command: a maker of its body, or the error that answers it. */
export type Effect = BodyMaker | KvError;

/** The state that commands change, key space included. */
export interface CommandContext {
  readonly draft: Draft;
  /** By id. Replaced as a whole when one changes. */
  members: ReadonlyMap<number, Member>;
  /** The current entry. */
  entry: EntryPosition;
  /** Bound on the answer to the current entry, in bytes; undefined if no caller waits for it on this member. */
  answerBytesMax: number | undefined;
  /** Replaced as a whole when one changes. */
  alarms: Alarms;
  /** Users, roles and permissions. Replaced as a whole. */
  auth: AuthState;
  readonly sessions: SessionTable;
  /** The revision of the answer to a write that was applied before; undefined for that of the state. */
  firstRevision: number | undefined;
  /** Assigned and revoked tokens, in order. */
  readonly tokens: TokenEvent[];
}
