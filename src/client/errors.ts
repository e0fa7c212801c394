/**
 * The kind of failure, for programs to branch on. Codes are stable: new ones may be added, none changes its meaning.
 * - `unavailable`: no member could be reached, or the members reached could not serve (no leader, leader changed, stopping)
 * - `tls-failed`: no member could be reached securely: a certificate is not accepted, or only one side uses TLS
 * - `deadline-exceeded`: the call took longer than its timeout, or a lease was not renewed in time
 * - `cancelled`: the caller's signal was aborted; `closed`: the client was closed
 * - `invalid-argument`: an argument is malformed; the message names it
 * - `not-found`: the lease, member, user, role, grant, index, or the key whose value is to be kept does not exist
 * - `already-exists`: the lease id, the peer URLs, or the name of the user, role or index are in use; or another key has the
 *   value in a unique index
 * - `unauthenticated`: name or password is wrong, or the call needs a user; `permission-denied`: the user may not do that
 * - `failed-precondition`: the state of the cluster does not allow the call, as promoting a learner that lags
 * - `out-of-range`: a number is beyond what the server allows
 * - `compacted`, `future-revision`: the revision has been compacted, or does not exist yet
 * - `lease-lost`: the lease, lock or leadership is no longer held by this client
 * - `session-lost`: the server has ended the session of a write, or does not know it, and the outcome is unknown
 * - `already-applied`: the write was applied; its result is not kept any more
 * - `feed-moved`: the partition of a change feed has another worker, or its cursor is not at the batch
 * - `too-many-requests`, `no-space`, `too-large`: the server is overloaded, out of space, or the request is too large
 * - `unimplemented`: the server does not have this method
 * - `data-loss`: a snapshot arrived damaged
 * - `internal`: the connection or the server broke the protocol; `unknown`: the server gave no better reason
 */
export type ErrorCode =
  | 'unavailable'
  | 'tls-failed'
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
  | 'session-lost'
  | 'already-applied'
  | 'feed-moved'
  | 'too-many-requests'
  | 'no-space'
  | 'too-large'
  | 'unimplemented'
  | 'data-loss'
  | 'internal'
  | 'unknown';

/**
 * The outcome of a write that failed. `not-applied`: it provably was not applied and never will be. `unknown`: it may have
 * been applied, or may still be. `applied`: only its result is lost (`already-applied`).
 */
export type Fate = 'not-applied' | 'unknown' | 'applied';

/** Appends a note to the message if the write may have been applied. */
export function withFate(message: string, fate: Fate): string {
  return fate === 'unknown' ? `${message}; the write may or may not have been applied` : message;
}

/**
 * Makes the stack of a client's error lead from here to the functions that await the call. The error was made in a callback of
 * the transport, of which they are not part; its cause keeps that stack.
 */
export function withCaller(error: unknown): unknown {
  if (error instanceof RaftKvError) Error.captureStackTrace(error, withCaller);
  return error;
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

/** The error that every call of the client rejects with. */
export class RaftKvError extends Error {
  override readonly name = 'RaftKvError';
  readonly code: ErrorCode;
  /** The status code of gRPC; undefined if the call failed before gRPC. */
  readonly grpcCode: number | undefined;
  /** The outcome of a write; `not-applied` for every read. */
  readonly fate: Fate;
  /** Whether the cause may pass by itself. Whether a repeat is safe depends on `fate`. */
  readonly retryable: boolean;
  /** With `compacted`, from a watch: the first revision at which a watch can start now. */
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
