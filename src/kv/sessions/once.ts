import { asBuffer } from '../../util/bytes.js';
import type { CommandContext, Effect } from '../commands/command-context.js';
import type { CommandReader } from '../commands/command.js';
import { kvError, type KvErrorKind } from '../errors.js';
import { bodySize, wholeBody } from '../format/wire.js';
import type { Outcome } from './session-rows.js';
import type { Applied } from './session-table.js';

/** Refusals that say nothing of the write: nothing was applied, and the same sequence number may be sent again. */
const NOT_RESULTS: ReadonlySet<KvErrorKind> = new Set<KvErrorKind>([
  'auth-old-revision',
  'user-empty',
  'no-space',
  'corrupt',
]);

/**
 * Executes a write of a session unless its sequence number was applied before: then the first result answers it (Raft thesis,
 * section 6.3). It is looked up before alarms and permissions, which may have changed since.
 * @param run executes the command
 */
export function applyOnce(
  context: CommandContext,
  command: CommandReader,
  run: () => Effect | Promise<Effect>,
): Effect | Promise<Effect> {
  const { sessions, draft, entry } = context;
  const { session: id, sessionSequence: sequence } = command;
  const session = sessions.get(id);
  if (session === undefined) return kvError('session-not-found');
  if (session.user !== userOf(command)) return kvError('session-of-another-user');
  sessions.use(draft, id, { index: entry.index, acknowledged: Math.min(command.acknowledged, sequence) });
  if (sequence < session.acknowledged) return kvError('session-acknowledged');
  const applied = session.applied.get(sequence);
  if (applied !== undefined) return repeat(context, applied);
  if (sequence >= session.acknowledged + sessions.bounds.window) return kvError('session-window');
  const keep = (effect: Effect): Effect => keepResult(context, { session: id, sequence }, effect);
  const effect = run();
  return effect instanceof Promise ? effect.then(keep) : keep(effect);
}

/** The name of the user who sent a command; empty without one. */
export function userOf({ user }: Pick<CommandReader, 'user'>): string {
  return user.length === 0 ? '' : asBuffer(user).toString('utf8');
}

function repeat(context: CommandContext, applied: Applied): Effect {
  const { outcome, revision } = context.sessions.result(context.draft, applied);
  if (outcome.kind === 'dropped') return kvError('already-applied');
  context.firstRevision = revision;
  return outcome.kind === 'error' ? outcome.error : () => outcome.body;
}

function keepResult(context: CommandContext, write: Pick<Applied, 'session' | 'sequence'>, effect: Effect): Effect {
  const { sessions, draft, entry } = context;
  if (typeof effect !== 'function' && NOT_RESULTS.has(effect.kind)) return effect;
  // All members make the body: a later repeat may reach any of them.
  const body = typeof effect === 'function' ? effect() : undefined;
  let outcome: Outcome = { kind: 'dropped' };
  if (typeof effect !== 'function') {
    // Members give the answer different room, so that only some of them know a large body.
    if (effect.kind !== 'answer-too-large') outcome = { kind: 'error', error: effect };
  } else if (body !== undefined && bodySize(body) <= sessions.bounds.resultBytes) {
    outcome = { kind: 'body', body: wholeBody(body) };
  }
  sessions.keep(draft, write, { index: entry.index, revision: draft.revision, outcome });
  return body === undefined ? effect : () => body;
}
