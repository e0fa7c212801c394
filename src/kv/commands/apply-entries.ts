import type { Entry } from '../../raft/types.js';
import { AssertionError } from '../../util/assert.js';
import { applyCommand } from './apply-command.js';
import type { CommandContext, Effect } from './command-context.js';
import { CommandReader, UnknownCommandError, type CommandKind, type RequestOrigin } from './command.js';
import type { EncodedBody } from '../format/wire.js';
import type { ApplyResult } from '../results.js';
import type { RecordChange } from '../state/record-hash.js';
import { TXN_ANSWER_BYTES_MAX } from './answer-budget.js';

/** The result of a command, for the call that proposed it. */
export interface Answer {
  readonly origin: RequestOrigin;
  readonly result: ApplyResult;
}

export interface EntriesOptions {
  /** The applied index. */
  readonly after: number;
  /** Whether to make an answer. */
  readonly isWaiting: (origin: RequestOrigin) => boolean;
  /** Whether the caller can take an answer of any size. Default: always. */
  readonly hasRoom?: (origin: RequestOrigin) => boolean;
  /** Called with each executed command. */
  readonly onExecuted?: ((kind: CommandKind, ok: boolean) => void) | undefined;
}

/** The extent of a batch, and the answers to its commands in order. */
export interface AppliedEntries {
  readonly answers: readonly Answer[];
  /** Entries that the batch holds: all, unless the draft or the memory for answers was full before the last. */
  readonly applied: number;
  /** The entries that changed records. */
  readonly recordChanges: readonly RecordChange[];
}

/** Executes the commands of adjacent entries on one draft, one after the other, until the draft or the memory for answers is full. */
export async function applyEntries(
  context: CommandContext,
  entries: readonly Entry[],
  { after, isWaiting, hasRoom = () => true, onExecuted }: EntriesOptions,
): Promise<AppliedEntries> {
  const answers: Answer[] = [];
  const recordChanges: RecordChange[] = [];
  let recordSum = 0;
  const command = new CommandReader();
  let answerBytes = 0;
  let applied = 0;
  for (const entry of entries) {
    applied += 1;
    if (entry.index !== after + applied)
      throw new AssertionError(`entry ${entry.index} follows ${after + applied - 1}`);
    if (entry.type !== 'normal') throw new UnknownCommandError(`entry ${entry.index} is a ${entry.type}`);
    if (entry.data.length === 0) continue; // a new leader's first entry (paper, section 8)
    command.read(entry.data);
    const { kind } = command;
    const origin = isWaiting(command) ? command.origin() : undefined;
    context.entry = entry;
    context.firstRevision = undefined;
    context.answerBytesMax = origin === undefined ? undefined : hasRoom(origin) ? TXN_ANSWER_BYTES_MAX : 0;
    // All members keep the result, those without room for a large answer too.
    if (command.session !== 0) context.answerBytesMax ||= 2 * context.sessions.bounds.resultBytes;
    const pending = applyCommand(context, command);
    // A put, the most frequent command, is no promise: a turn for each would cost.
    const effect = pending instanceof Promise ? await pending : pending;
    context.draft.finishCommand();
    const rest = context.draft.spend(0);
    if (rest !== undefined) await rest;
    const sum = context.draft.recordSum;
    if (sum !== recordSum) {
      recordSum = sum;
      recordChanges.push({ index: entry.index, sum });
    }
    onExecuted?.(kind, typeof effect === 'function');
    // The caller may have left while a slow command ran.
    if (origin !== undefined && (effect === pending || isWaiting(origin))) {
      const result = resultOf(effect, context.firstRevision ?? context.draft.revision);
      answers.push({ origin, result });
      if (result.kind === 'ok') answerBytes += bytesOf(result.body);
    }
    if (context.draft.isFull || answerBytes >= TXN_ANSWER_BYTES_MAX) break;
  }
  return { answers, applied, recordChanges };
}

function bytesOf(body: EncodedBody): number {
  if (body instanceof Uint8Array) return body.length;
  return body.reduce((sum, { length }) => sum + length, 0);
}

export function resultOf(effect: Effect, revision: number): ApplyResult {
  if (typeof effect === 'function') return { kind: 'ok', revision, body: effect() };
  return { kind: 'error', revision, error: effect };
}
