import type { LogIdentity } from '../ports/log.js';
import { REBUILD_ADVICE } from '../util/rebuild-advice.js';
import { formatMemberId } from '../util/member-id.js';

/**
 * Why the log does not open or continue, for programs. The message is one line with advice. `locked`: another process
 * uses the directory. `foreign`: it belongs to another member or cluster. `damaged`: synced data are missing or
 * changed. `version`: another version of raftkv wrote it. `closed`: `close` was called.
 */
export type LogErrorCode = 'locked' | 'foreign' | 'damaged' | 'version' | 'closed';

export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A damaged place in the log. */
export interface Damage {
  readonly file: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  readonly what: string;
}

/**
 * Entries that this member acknowledged are lost, so it must not vote or acknowledge: the safety argument of the paper
 * (section 5.4.3) requires a majority that loses nothing.
 */
export function damagedError({ file, offset, what }: Damage): LogError {
  return new LogError(
    'damaged',
    `the log is damaged in ${file} at offset ${offset}: ${what}. Entries that this member acknowledged may be lost: ` +
      REBUILD_ADVICE,
  );
}

export function foreignError(found: LogIdentity, wanted: LogIdentity): LogError {
  return new LogError(
    'foreign',
    `the log belongs to ${whose(found)}, not to ${whose(wanted)}: choose another data directory, or start the ` +
      'member that this one belongs to',
  );
}

/** Ids in the format of all messages. */
function whose({ memberId, clusterId }: LogIdentity): string {
  return `member ${formatMemberId(memberId)} of cluster ${formatMemberId(clusterId)}`;
}
