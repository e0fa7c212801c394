import type { LogIdentity } from '../ports/log.js';
import { REBUILD_ADVICE } from '../util/rebuild-advice.js';
import { formatMemberId } from '../util/member-id.js';

/**
 * Why a log does not open or does not go on, for programs; the message is one line for people, and says what to do.
 * `locked`: somebody else holds the directory. `foreign`: it belongs to another member or cluster. `damaged`: what was
 * known to be on disk is not what was written. `version`: a newer raftkv wrote it. `closed`: `close` was called.
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

/** Where a log is wrong. */
export interface Damage {
  readonly file: string;
  /** In bytes from the start of the file. */
  readonly offset: number;
  readonly what: string;
}

/**
 * Entries that this member has acknowledged are gone, so it must not vote or acknowledge with what is left: the paper's
 * safety argument (section 5.4.3) rests on a majority that forgets nothing.
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

/** Ids as people meet them everywhere. */
function whose({ memberId, clusterId }: LogIdentity): string {
  return `member ${formatMemberId(memberId)} of cluster ${formatMemberId(clusterId)}`;
}
