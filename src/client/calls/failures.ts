import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { RaftKvError, withFate } from '../errors.js';
import type { ErrorCode, Fate } from '../errors.js';
import type { HandshakeFailure } from '../tls/handshake-failure.js';

// The only file that matches the error texts of sockets, HTTP/2, gRPC and etcd. Those of TLS are in tls/handshake-failure.ts.

/** Whether a call can change the store. */
export type CallKind = 'read' | 'write';

/**
 * Codes with which a server refuses a request. The state machine is deterministic, so a refused request has changed
 * nothing. The other codes prove nothing by themselves: gRPC also reports them when a connection breaks after the request
 * was sent.
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

/** A learner refuses most calls, with UNAVAILABLE in etcd up to 3.5 and with FAILED_PRECONDITION since 3.6. */
const LEARNER = 'etcdserver: rpc not supported for learner';

/**
 * A member refuses a token with these texts, before it carries the request out or, if users or roles have changed since it
 * was proposed, in place of applying it. "user name is empty": authentication was enabled after the client had found it off.
 */
const TOKEN_REFUSALS: readonly string[] = [
  'etcdserver: invalid auth token',
  'etcdserver: revision of auth store is old',
  'etcdserver: user name is empty',
  // etcd's Maintenance service passes on the errors of its store of users as they are.
  'auth: invalid auth token',
  'auth: revision in header is old',
  'auth: user name is empty',
];

/** The bounds on the number of indexes, which more patience does not change. */
const TOO_MANY_INDEXES = 'raftkv: too many indexes';

/** Texts that prove that a request was not applied, by the code that they come with. */
const PROOFS: ReadonlyMap<number, readonly string[]> = new Map([
  [
    status.UNAVAILABLE,
    [
      // grpc-js had no connection to send the request on,
      'No connection established',
      'Name resolution failed',
      'Channel closed before call started',
      // or the server's HTTP/2 layer refused the stream without processing it (RFC 9113, section 8.7).
      'Stream refused by server',
      // The server looked for a leader before it proposed. "leader changed" proves nothing: it comes after the proposal.
      'etcdserver: no leader',
      // The member was removed, and refuses calls before they begin.
      'etcdserver: server stopped: this member was removed',
      // The member checked its links before it proposed the membership change.
      'etcdserver: unhealthy cluster',
      LEARNER,
    ],
  ],
  [
    status.RESOURCE_EXHAUSTED,
    [
      'etcdserver: too many requests',
      'etcdserver: mvcc: database space exceeded',
      'etcdserver: request is too large',
      TOO_MANY_INDEXES,
      // The client sets no limit for answers, so this is the server's limit for requests.
      'eceived message larger than max',
    ],
  ],
  // The state machine refused the change when it applied the entry.
  [status.ABORTED, ['raftkv: the peer URLs of the member were changed meanwhile']],
  // The state machine refused a step of a lock or an election.
  [
    status.UNKNOWN,
    [
      'mutex: session is expired',
      'election: not leader',
      'requested lease not found',
      'request is too large',
      // etcd passes these on without their code from the calls that its Lock and Election services make.
      ...TOKEN_REFUSALS,
      'etcdserver: permission denied',
    ],
  ],
  // grpc-js had no connection by the deadline.
  [status.DEADLINE_EXCEEDED, ['Waiting for LB pick']],
]);

/** The proofs that concern the connection and not the server. */
const UNREACHABLE = ['No connection established', 'Name resolution failed', 'Waiting for LB pick'];

/** Codes of failures that may be temporary. CANCELLED, if the caller did not cancel, comes from a stopping server. */
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

/** The server does not keep the result of a write in a session. */
const APPLIED_BEFORE = 'raftkv: the write was applied before';

/** Error codes by texts of etcd that are more specific than the code they come with. The texts are part of its contract. */
const CODES_BY_TEXT: readonly (readonly [string, ErrorCode])[] = [
  ['mvcc: required revision has been compacted', 'compacted'],
  ['mvcc: required revision is a future revision', 'future-revision'],
  ['mvcc: database space exceeded', 'no-space'],
  ['request is too large', 'too-large'],
  ['eceived message larger than max', 'too-large'],
  ['too many requests', 'too-many-requests'],
  [TOO_MANY_INDEXES, 'out-of-range'],
  ['raftkv: the session does not exist', 'session-lost'],
  ['raftkv: the session is of another user', 'session-lost'],
  [APPLIED_BEFORE, 'already-applied'],
  ['mutex: session is expired', 'lease-lost'],
  ['election: not leader', 'lease-lost'],
  ...TOKEN_REFUSALS.map((text): readonly [string, ErrorCode] => [text, 'unauthenticated']),
  ['raftkv: the partition of the feed has another epoch', 'feed-moved'],
  ['raftkv: the cursor of the feed is not', 'feed-moved'],
  ['etcdserver: authentication failed', 'unauthenticated'],
  ['etcdserver: permission denied', 'permission-denied'],
  ['auth: permission denied', 'permission-denied'],
  ['etcdserver: user name already exists', 'already-exists'],
  ['etcdserver: role name already exists', 'already-exists'],
  ['etcdserver: user name not found', 'not-found'],
  ['etcdserver: role name not found', 'not-found'],
  ['etcdserver: role is not granted to the user', 'not-found'],
  ['etcdserver: permission is not granted to the role', 'not-found'],
];

/** The error of a watch that the server cancelled. */
export function fromCancelReason(reason: string, endpoint: string): RaftKvError {
  const code = CANCEL_REASONS.find(([text]) => reason.includes(text))?.[1] ?? 'unknown';
  const message = `${endpoint}: the watch was cancelled: ${reason === '' ? 'the server gives no reason' : reason}`;
  return new RaftKvError({ code, message, fate: 'not-applied', retryable: code === 'too-many-requests' });
}

const CANCEL_REASONS: readonly (readonly [string, ErrorCode])[] = [
  ['too many requests', 'too-many-requests'],
  ['permission denied', 'permission-denied'],
  ...TOKEN_REFUSALS.map((text): readonly [string, ErrorCode] => [text, 'unauthenticated']),
  ['do not fit a message', 'too-large'],
  ['mvcc: ', 'invalid-argument'],
];

export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.code === 'number';
}

/** The client's error for a failed call. */
export function fromServiceError(error: ServiceError, kind: CallKind, endpoint: string): RaftKvError {
  const code = codeOf(error);
  const fate = kind === 'read' ? 'not-applied' : fateOf(error);
  return new RaftKvError({
    code,
    message: withFate(`${endpoint}: ${describe(error.details)}`, fate),
    grpcCode: error.code,
    fate,
    retryable: isTransient(error, code),
    cause: error,
  });
}

/** The error of an attempt that had no connection in time. Nothing was sent. */
export function notConnected(endpoint: string): RaftKvError {
  return new RaftKvError({
    code: 'unavailable',
    message: `${endpoint}: no connection in time`,
    grpcCode: status.UNAVAILABLE,
    fate: 'not-applied',
    retryable: true,
    cause: new NoConnection(),
  });
}

/** Whether the connection was closed before it could be used, although the server had accepted it. */
export function isCutEarly({ cause }: RaftKvError): boolean {
  if (!isServiceError(cause) || !cause.details.startsWith('No connection established')) return false;
  return !/ECONNREFUSED|ENOTFOUND|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EACCES|EPERM/.test(cause.details);
}

/**
 * The error of a connection whose TLS handshake failed. A failure that lasts has a code of its own: another member may be
 * well, but to wait does not help.
 */
export function handshakeError(
  endpoint: string,
  { reason, isLasting }: HandshakeFailure,
  last: RaftKvError,
): RaftKvError {
  return new RaftKvError({
    code: isLasting ? 'tls-failed' : 'unavailable',
    message: `${endpoint}: ${reason}`,
    grpcCode: status.UNAVAILABLE,
    fate: 'not-applied',
    retryable: !isLasting,
    cause: last.cause,
  });
}

/** Whether another member may serve the call at once. The cause may last at this one. */
export function isWorthAnotherMember(error: RaftKvError): boolean {
  return error.retryable || error.code === 'tls-failed';
}

/** Whether a member refused the client's token. It has carried nothing out. */
export function isTokenRefused({ message }: RaftKvError): boolean {
  return TOKEN_REFUSALS.some((text) => message.includes(text));
}

/** Whether the call had no user although the cluster has authentication. */
export function isWithoutUser({ message }: RaftKvError): boolean {
  return message.includes('etcdserver: user name is empty');
}

/** Whether the cluster has no authentication. */
export function isAuthOff({ message }: RaftKvError): boolean {
  return message.includes('etcdserver: authentication is not enabled');
}

/** The cause of an error when there was no connection. */
class NoConnection extends Error {
  override readonly name = 'NoConnection';
}

/** Whether the attempt, or each of several, failed before the request was written to a connection. */
export function isUnreachable({ cause }: RaftKvError): boolean {
  if (cause instanceof RaftKvError) return isUnreachable(cause);
  if (!isServiceError(cause)) return cause instanceof NoConnection;
  return UNREACHABLE.some((text) => cause.details.includes(text));
}

/** Whether a member gave this answer. Otherwise the connection broke or the client's deadline passed. */
export function isAnswer(error: RaftKvError): boolean {
  return isServiceError(error.cause) && /^(?:etcdserver|raftkv): /.test(error.cause.details);
}

/** Whether a member's state is older than the read allows. Another member may serve it, or this one after catching up. */
export function isTooStale(error: RaftKvError): boolean {
  return isServiceError(error.cause) && error.cause.details.startsWith("raftkv: this member's state is ");
}

/**
 * What the state machine answers a write, and nothing before it: in a session, the result of all attempts. Other refusals may
 * concern the last attempt alone, as permissions and limits change.
 */
const RESULTS: readonly string[] = [
  'etcdserver: requested lease not found',
  'etcdserver: lease already exists',
  'etcdserver: key not found',
  'etcdserver: mvcc: required revision',
  ': another key has the value',
  'raftkv: the partition of the feed has another epoch',
  'raftkv: the cursor of the feed is not',
  APPLIED_BEFORE,
];

/** Whether the refusal of a write in a session settles the outcome of earlier attempts too. */
export function isResult(error: RaftKvError): boolean {
  const { cause } = error;
  return isServiceError(cause) && RESULTS.some((text) => cause.details.includes(text));
}

/** Whether the lease of a lock or candidacy has ended. */
export function isLeaseGone(error: RaftKvError): boolean {
  if (error.code === 'lease-lost') return true;
  return isServiceError(error.cause) && error.cause.details.includes('requested lease not found');
}

/** Whether a learner refused the call. A voter may serve it. */
export function isLearnerRefusal(error: RaftKvError): boolean {
  return isServiceError(error.cause) && error.cause.details.includes(LEARNER);
}

/** Whether the member asked does not lead any more. */
export function isNotLeader(error: RaftKvError): boolean {
  return isServiceError(error.cause) && error.cause.details.includes('etcdserver: not leader');
}

function fateOf(error: ServiceError): Fate {
  if (error.details.includes(APPLIED_BEFORE)) return 'applied';
  if (REFUSALS.has(error.code)) return 'not-applied';
  const proofs = PROOFS.get(error.code) ?? [];
  return proofs.some((proof) => error.details.includes(proof)) ? 'not-applied' : 'unknown';
}

function codeOf(error: ServiceError): ErrorCode {
  const finer = CODES_BY_TEXT.find(([text]) => error.details.includes(text));
  return finer?.[1] ?? CODES.get(error.code) ?? 'unknown';
}

function isTransient(error: ServiceError, code: ErrorCode): boolean {
  if (TRANSIENT.has(error.code) || code === 'too-many-requests') return true;
  if (error.details.includes(LEARNER)) return true;
  return error.code === status.INTERNAL && error.details.startsWith('Received RST_STREAM');
}

function describe(details: string): string {
  if (details.includes('ECONNREFUSED')) return 'connection refused';
  if (details.includes('ECONNRESET') || details === 'Connection dropped') return 'the connection broke';
  if (details.includes('ENOENT')) return 'no such socket';
  if (details.includes('ENOTFOUND') || details.startsWith('Name resolution failed')) return 'no such host';
  if (details.includes('ETIMEDOUT') || details.includes('EHOSTUNREACH')) return 'host unreachable';
  if (details.startsWith('Deadline exceeded')) return 'no answer in time';
  return details;
}
