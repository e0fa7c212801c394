import type { Entry } from '../../raft/types.js';
import { assert } from '../../util/assert.js';
import { applyCommand, type CommandContext, type Effect } from './apply-command.js';
import { decodeCommand, UnknownCommandError, type Command, type CommandKind, type RequestOrigin } from './command.js';
import type { EncodedBody } from '../format/wire.js';
import type { ApplyResult } from '../results.js';
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
}

/** Executes the commands of adjacent entries on one draft, one after the other, until the draft or the memory for answers is full. */
export async function applyEntries(
  context: CommandContext,
  entries: readonly Entry[],
  { after, isWaiting, hasRoom = () => true, onExecuted }: EntriesOptions,
): Promise<AppliedEntries> {
  const answers: Answer[] = [];
  let answerBytes = 0;
  const done = ({ origin, kind }: Command, effect: Effect): void => {
    onExecuted?.(kind, typeof effect === 'function');
    if (context.answerBytesMax === undefined || !isWaiting(origin)) return;
    const result = resultOf(effect, context.draft.revision);
    answers.push({ origin, result });
    if (result.kind === 'ok') answerBytes += bytesOf(result.body);
  };
  let applied = 0;
  for (const entry of entries) {
    assert(entry.index === after + ++applied, `entry ${entry.index} follows ${after + applied - 1}`);
    const pending = applyEntry(context, entry, { isWaiting, hasRoom, done });
    if (pending !== undefined) await pending;
    if (context.draft.isFull || answerBytes >= TXN_ANSWER_BYTES_MAX) break;
  }
  return { answers, applied };
}

/** Returns no promise where the command needs none: most commands are puts, and a promise for each would cost. */
function applyEntry(
  context: CommandContext,
  entry: Entry,
  {
    isWaiting,
    hasRoom,
    done,
  }: Required<Pick<EntriesOptions, 'isWaiting' | 'hasRoom'>> & {
    readonly done: (command: Command, effect: Effect) => void;
  },
): void | Promise<void> {
  if (entry.type !== 'normal') throw new UnknownCommandError(`entry ${entry.index} is a ${entry.type}`);
  if (entry.data.length === 0) return undefined; // a new leader's first entry (paper, section 8)
  const command = decodeCommand(entry.data);
  context.entry = entry;
  const { origin } = command;
  context.answerBytesMax = isWaiting(origin) ? (hasRoom(origin) ? TXN_ANSWER_BYTES_MAX : 0) : undefined;
  const finish = (effect: Effect): void => {
    context.draft.finishCommand();
    done(command, effect);
  };
  const effect = applyCommand(context, command);
  return effect instanceof Promise ? effect.then(finish) : finish(effect);
}

function bytesOf(body: EncodedBody): number {
  if (body instanceof Uint8Array) return body.length;
  return body.reduce((sum, { length }) => sum + length, 0);
}

export function resultOf(effect: Effect, revision: number): ApplyResult {
  if (typeof effect === 'function') return { kind: 'ok', revision, body: effect() };
  return { kind: 'error', revision, error: effect };
}
