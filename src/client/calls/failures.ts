import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { RaftKvError, withFate } from '../errors.js';
import type { ErrorCode, Fate } from '../errors.js';

// The one file that knows how sockets, HTTP/2 and gRPC word their failures.

/** Whether the call could have changed the store. */
export type CallKind = 'read' | 'write';

/**
 * Codes with which a server refuses a request for what it is. Its state machine is deterministic: a request that is
 * refused has changed nothing. The remaining codes can be made up by a connection that breaks after the request went
 * through it, so they prove nothing by themselves.
 */
const REFUSALS: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.UNAUTHENTICATED,
]);

/** A learner refuses most calls; the voters are there for them. */
const LEARNER = 'etcdserver: rpc not supported for learner';

/** Texts that prove that the request was never proposed, by the code that they come with. */
const PROOFS: ReadonlyMap<number, readonly string[]> = new Map([
  [
    status.UNAVAILABLE,
    [
      // grpc-js could not hand the request to any connection,
      'No connection established',
      'Name resolution failed',
      'Channel closed before call started',
      // or the server's HTTP/2 layer sent the stream back unread (RFC 9113, section 8.7).
      'Stream refused by server',
      // The server looked for a leader before it proposed. "leader changed" is no such text: it comes afterwards.
      'etcdserver: no leader',
      // The member looked at its links before it proposed a change of the members.
      'etcdserver: unhealthy cluster',
      // Some versions of etcd give this code to it.
      LEARNER,
    ],
  ],
  [
    status.RESOURCE_EXHAUSTED,
    [
      'etcdserver: too many requests',
      'etcdserver: mvcc: database space exceeded',
      'etcdserver: request is too large',
      // Our own bound for answers is off, so this one is the server's, for the request.
      'eceived message larger than max',
    ],
  ],
  // Deterministic, and decided when the change was applied.
  [status.ABORTED, ['raftkv: the peer URLs of the member were changed meanwhile']],
  // What the steps of locks and elections came to in the state machine, which has refused them.
  [
    status.UNKNOWN,
    ['mutex: session is expired', 'election: not leader', 'requested lease not found', 'request is too large'],
  ],
  // grpc-js still looked for a connection when the time was up.
  [status.DEADLINE_EXCEEDED, ['Waiting for LB pick']],
]);

/** The proofs that are about the way to the server, not about the server. */
const UNREACHABLE = ['No connection established', 'Name resolution failed', 'Waiting for LB pick'];

/** Codes of what may pass by itself. A cancel that is not the caller's comes from a server that goes away. */
const TRANSIENT: ReadonlySet<number> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED]);

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [status.CANCELLED, 'cancelled'],
  [status.INVALID_ARGUMENT, 'invalid-argument'],
  [status.DEADLINE_EXCEEDED, 'deadline-exceeded'],
  [status.NOT_FOUND, 'not-found'],
  [status.ALREADY_EXISTS, 'already-exists'],
  [status.PERMISSION_DENIED, 'permission-denied'],
  [status.RESOURCE_EXHAUSTED, 'too-many-requests'],
  [status.FAILED_PRECONDITION, 'failed-precondition'],
  [status.ABORTED, 'failed-precondition'],
  [status.OUT_OF_RANGE, 'out-of-range'],
  [status.UNIMPLEMENTED, 'unimplemented'],
  [status.INTERNAL, 'internal'],
  [status.UNAVAILABLE, 'unavailable'],
  [status.DATA_LOSS, 'data-loss'],
  [status.UNAUTHENTICATED, 'unauthenticated'],
]);

/** Texts that say more than their code. They are part of etcd's contract. */
const FINER: readonly (readonly [string, ErrorCode])[] = [
  ['mvcc: required revision has been compacted', 'compacted'],
  ['mvcc: required revision is a future revision', 'future-revision'],
  ['mvcc: database space exceeded', 'no-space'],
  ['request is too large', 'too-large'],
  ['eceived message larger than max', 'too-large'],
  ['too many requests', 'too-many-requests'],
  ['mutex: session is expired', 'lease-lost'],
  ['election: not leader', 'lease-lost'],
];

/** A watch that the server gave up, in the terms of a call that it refused. */
export function fromCancelReason(reason: string, endpoint: string): RaftKvError {
  const code = CANCEL_REASONS.find(([text]) => reason.includes(text))?.[1] ?? 'unknown';
  const message = `${endpoint}: the watch was cancelled: ${reason === '' ? 'the server does not say why' : reason}`;
  return new RaftKvError({ code, message, fate: 'not-applied', retryable: code === 'too-many-requests' });
}

const CANCEL_REASONS: readonly (readonly [string, ErrorCode])[] = [
  ['too many requests', 'too-many-requests'],
  ['permission denied', 'permission-denied'],
  ['invalid auth token', 'unauthenticated'],
  ['do not fit a message', 'too-large'],
  ['mvcc: ', 'invalid-argument'],
];

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}

/** A failed call as the caller gets it. */
export function fromServiceError(error: ServiceError, kind: CallKind, endpoint: string): RaftKvError {
  const code = codeOf(error);
  const fate = kind === 'read' ? 'not-applied' : fateOf(error);
  return new RaftKvError({
    code,
    message: withFate(`${endpoint}: ${wording(error.details)}`, fate),
    grpcCode: error.code,
    fate,
    retryable: isTransient(error, code),
    cause: error,
  });
}

/** The connection could not be made in time: nothing was sent. */
export function notConnected(endpoint: string): RaftKvError {
  return new RaftKvError({
    code: 'unavailable',
    message: `${endpoint}: no connection in time`,
    grpcCode: status.UNAVAILABLE,
    fate: 'not-applied',
    retryable: true,
  });
}

/** The failure happened before the request could be written to any connection. */
export function isUnreachable(error: RaftKvError): boolean {
  const details = isServiceError(error.cause) ? error.cause.details : undefined;
  if (details === undefined) return error.code === 'unavailable';
  return UNREACHABLE.some((text) => details.includes(text));
}

/** A member itself said so: neither the way to it nor the clock on our side made it up. */
export function isAnswer(error: RaftKvError): boolean {
  return isServiceError(error.cause) && /^(?:etcdserver|raftkv): /.test(error.cause.details);
}

/** The member's copy is older than the read allows: only another member, or the one's own catching up, can help. */
export function isTooStale(error: RaftKvError): boolean {
  return isServiceError(error.cause) && error.cause.details.startsWith("raftkv: this member's state is ");
}

/** The lease that a place in a queue was to be held by is not there any more. */
export function isLeaseGone(error: RaftKvError): boolean {
  if (error.code === 'lease-lost') return true;
  return isServiceError(error.cause) && error.cause.details.includes('requested lease not found');
}

/** Only another member can help. */
export function isLearners(error: RaftKvError): boolean {
  return isServiceError(error.cause) && error.cause.details.includes(LEARNER);
}

/** The leadership has moved since the leader was looked for. */
export function isNotLeader(error: RaftKvError): boolean {
  return isServiceError(error.cause) && error.cause.details.includes('etcdserver: not leader');
}

function fateOf(error: ServiceError): Fate {
  if (REFUSALS.has(error.code)) return 'not-applied';
  const proofs = PROOFS.get(error.code) ?? [];
  return proofs.some((proof) => error.details.includes(proof)) ? 'not-applied' : 'unknown';
}

function codeOf(error: ServiceError): ErrorCode {
  const finer = FINER.find(([text]) => error.details.includes(text));
  return finer?.[1] ?? CODES.get(error.code) ?? 'unknown';
}

function isTransient(error: ServiceError, code: ErrorCode): boolean {
  if (TRANSIENT.has(error.code) || code === 'too-many-requests') return true;
  if (error.details.includes(LEARNER)) return true;
  return error.code === status.INTERNAL && error.details.startsWith('Received RST_STREAM');
}

function wording(details: string): string {
  if (details.includes('ECONNREFUSED')) return 'connection refused';
  if (details.includes('ECONNRESET') || details === 'Connection dropped') return 'the connection broke';
  if (details.includes('ENOTFOUND') || details.startsWith('Name resolution failed')) return 'no such host';
  if (details.includes('ETIMEDOUT') || details.includes('EHOSTUNREACH')) return 'host unreachable';
  if (details.startsWith('Deadline exceeded')) return 'no answer in time';
  return details;
}
