/**
 * What went wrong, for a program to branch on.
 * - `unavailable`: no member could be reached, or the one that was could not serve (no leader, leader changed, stopping)
 * - `deadline-exceeded`: the call's time was up
 * - `cancelled`: the caller's signal; `closed`: the client was closed meanwhile
 * - `compacted`, `future-revision`: the revision asked for is not there any more, or not yet
 * - `lease-lost`: what this client held, a lease, a lock or a leadership, is not its own any more
 * - `not-found`: what a call names is not there: a lease, a member, a key whose value is to be kept
 * - `too-many-requests`, `no-space`, `too-large`: refused for want of room
 * - `internal`: the connection or a server broke the protocol; `unknown`: a server said nothing better
 */
export type ErrorCode =
  | 'unavailable'
  | 'deadline-exceeded'
  | 'cancelled'
  | 'closed'
  | 'invalid-argument'
  | 'not-found'
  | 'already-exists'
  | 'permission-denied'
  | 'unauthenticated'
  | 'failed-precondition'
  | 'out-of-range'
  | 'compacted'
  | 'future-revision'
  | 'lease-lost'
  | 'too-many-requests'
  | 'no-space'
  | 'too-large'
  | 'unimplemented'
  | 'data-loss'
  | 'internal'
  | 'unknown';

/**
 * What became of a write that failed. `not-applied` is a proof: it was not applied and never will be. `unknown` means
 * that it may have been applied, or may yet be, however long ago it was sent.
 */
export type Fate = 'not-applied' | 'unknown';

/** The message of a failure that leaves a write in doubt says so. */
export function withFate(message: string, fate: Fate): string {
  return fate === 'unknown' ? `${message}; the write may or may not have been applied` : message;
}

export interface RaftKvErrorFields {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fate: Fate;
  readonly retryable: boolean;
  readonly grpcCode?: number;
  readonly compactRevision?: number;
  readonly cause?: unknown;
}

/** The one error that calls of the client reject with. */
export class RaftKvError extends Error {
  override readonly name = 'RaftKvError';
  readonly code: ErrorCode;
  /** The status code of gRPC; undefined where the call never got as far as gRPC. */
  readonly grpcCode: number | undefined;
  /** Of a write. A read has nothing to apply: always `not-applied`. */
  readonly fate: Fate;
  /** The cause may pass by itself. Whether repeating is safe is for `fate` to say. */
  readonly retryable: boolean;
  /** Of a watch that is `compacted`: the first revision that one could begin at now. */
  readonly compactRevision: number | undefined;

  constructor(fields: RaftKvErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.grpcCode = fields.grpcCode;
    this.fate = fields.fate;
    this.retryable = fields.retryable;
    this.compactRevision = fields.compactRevision;
  }
}

export function invalidArgument(message: string): RaftKvError {
  return new RaftKvError({ code: 'invalid-argument', message, fate: 'not-applied', retryable: false });
}
