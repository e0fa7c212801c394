import type { AuthState } from '../auth/auth-state.js';
import type { EngineOperation } from '../../ports/engine.js';
import type { ConfChangeApplication } from '../../ports/state-machine.js';
import { assert, defined } from '../../util/assert.js';
import type { Effect } from '../commands/command-context.js';
import type { RequestOrigin } from '../commands/command.js';
import { kvError } from '../errors.js';
import {
  changeBody,
  changedTable,
  checkMemberCommand,
  commandOf,
  type MemberChange,
  type MembersTable,
} from './member-change.js';
import { confStateRow, memberRow, removalRows } from './members.js';

/** The members after an entry that changes the configuration. */
export interface ConfEntryOutcome {
  readonly members: MembersTable;
  readonly rows: readonly EngineOperation[];
  /** The answer to the request, if the change came from one. */
  readonly answer: { readonly origin: RequestOrigin; readonly effect: () => Effect } | undefined;
}

/**
 * Applies an entry that changes the configuration. Stores the core's configuration in any case, and changes the members only
 * if the change is admitted.
 */
export function applyConfEntry(
  { members, auth }: { readonly members: MembersTable; readonly auth: AuthState },
  { entry, change, admitted, confState }: ConfChangeApplication,
): ConfEntryOutcome {
  const configuration = confStateRow(confState);
  const found = commandOf(change);
  if (found === undefined) return { members, rows: [configuration], answer: undefined };
  const { origin } = found.command;
  const wrong = checkMemberCommand({ members, auth }, found);
  if (!admitted) {
    const effect = (): Effect => wrong ?? kvError('configuration-refused');
    return { members, rows: [configuration], answer: { origin, effect } };
  }
  assert(wrong === undefined, 'a change that is admitted can be applied');
  const changed = changedTable(members, found.change, entry.index);
  const rows = [configuration, ...rowsOf(found.change, changed)];
  return { members: changed, rows, answer: { origin, effect: () => changeBody(found.change, changed) } };
}

function rowsOf(change: MemberChange, { members }: MembersTable): readonly EngineOperation[] {
  if (change.kind === 'memberRemove') return removalRows(change.id);
  const id = change.kind === 'memberAdd' ? change.member.id : change.id;
  return [memberRow(defined(members.get(id), `member ${id}`))];
}
