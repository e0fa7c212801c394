import { EngineOpenError, type EngineOpenReason } from '../engine/errors.js';
import { UnknownCommandError } from '../kv/commands/command.js';
import { StoreFormatError } from '../kv/format/meta.js';
import { EngineCorruptionError } from '../ports/engine.js';
import { SnapshotDamageError } from '../ports/snapshot.js';
import { isSystemError } from '../util/system-error.js';
import { DataMismatchError } from './integrity/data-check.js';
import { DiskError } from './integrity/disk-advice.js';
import { LogError, type LogErrorCode } from '../wal/errors.js';

/**
 * The reasons for which a member did not start or has stopped, for programs to branch on. Codes are stable: new ones may be
 * added, none changes its meaning. docs/EMBEDDING.md says what to do.
 * - `data-in-use`: another process uses the data directory
 * - `data-foreign`: the data directory belongs to another member or cluster
 * - `data-damaged`: data is lost or corrupt; the member has to be removed from the cluster and added again
 * - `data-version`: another version of raftkv wrote the data or the log entry: this one does not read the format
 * - `disk-full`, `disk-failed`: the disk has no space left, or reported an error
 * - `system`: the operating system refused something else, as for want of permission or file descriptors
 */
export const MEMBER_ERROR_CODES = [
  'data-in-use',
  'data-foreign',
  'data-damaged',
  'data-version',
  'disk-full',
  'disk-failed',
  'system',
] as const;
export type MemberErrorCode = (typeof MEMBER_ERROR_CODES)[number];

/**
 * A failure of a running or starting member that an operator can correct: `startMember` and `Member.closed` reject with it. The
 * message is one line that says what to do; `cause` is the underlying error.
 */
export class MemberError extends Error {
  override readonly name = 'MemberError';
  readonly code: MemberErrorCode;

  constructor(code: MemberErrorCode, cause: Error) {
    super(cause.message, { cause });
    this.code = code;
  }
}

const LOG_CODES: Readonly<Record<LogErrorCode, MemberErrorCode | undefined>> = {
  locked: 'data-in-use',
  foreign: 'data-foreign',
  damaged: 'data-damaged',
  version: 'data-version',
  closed: undefined,
};

const ENGINE_CODES: Readonly<Record<EngineOpenReason, MemberErrorCode>> = {
  'other-engine': 'data-foreign',
  'in-use': 'data-in-use',
  format: 'data-version',
  damaged: 'data-damaged',
  failed: 'system',
};

const DISK_CODES: Readonly<Record<DiskError['code'], MemberErrorCode>> = {
  'disk-full': 'disk-full',
  'disk-failed': 'disk-failed',
  'disk-damaged': 'data-damaged',
};

/** The error for the embedder. Errors that no operator can correct, which are bugs, stay as they are. */
export function toMemberError(error: Error): Error {
  const code = codeOf(error);
  return code === undefined ? error : new MemberError(code, error);
}

function codeOf(error: Error): MemberErrorCode | undefined {
  if (error instanceof DiskError) return DISK_CODES[error.code];
  if (error instanceof DataMismatchError) return 'data-damaged';
  if (error instanceof LogError) return LOG_CODES[error.code];
  if (error instanceof EngineOpenError) return ENGINE_CODES[error.reason];
  if (error instanceof EngineCorruptionError || error instanceof SnapshotDamageError) return 'data-damaged';
  if (error instanceof UnknownCommandError || error instanceof StoreFormatError) return 'data-version';
  return isSystemError(error) ? 'system' : undefined;
}
