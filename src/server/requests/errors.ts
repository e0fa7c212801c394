import { FEED_WORKERS_MAX, FEEDS_MAX } from '../../kv/feeds/feed.js';
import { PERMISSIONS_MAX } from '../../kv/auth/role-commands.js';
import type { KvError } from '../../kv/errors.js';
import { Code, type Status } from '../../rpc/status.js';

/** etcd's errors. Clients match code and text, so both are part of the contract. */
export const Errors = {
  noLeader: unavailable('no leader'),
  timeout: unavailable('request timed out'),
  timeoutLeaderFailed: unavailable('request timed out, possibly due to previous leader failure'),
  timeoutApplying: unavailable('request timed out, waiting for the applied index took too long'),
  stopped: unavailable('server stopped'),
  /** Refuses calls before they begin: clients may repeat writes at another member. */
  removed: unavailable('server stopped: this member was removed from the cluster'),
  tooManyRequests: status(Code.RESOURCE_EXHAUSTED, 'too many requests'),
  noSpace: status(Code.RESOURCE_EXHAUSTED, 'mvcc: database space exceeded'),
  invalidToken: status(Code.UNAUTHENTICATED, 'invalid auth token'),
  requestTooLarge: status(Code.INVALID_ARGUMENT, 'request is too large'),
  learner: status(Code.FAILED_PRECONDITION, 'rpc not supported for learner'),
  badPeerUrls: status(Code.INVALID_ARGUMENT, 'given member URLs are invalid'),
  memberNotFound: status(Code.NOT_FOUND, 'member not found'),
  notEnoughStarted: notEnoughStarted(),
  unhealthy: unavailable('unhealthy cluster'),
  notLeader: status(Code.FAILED_PRECONDITION, 'not leader'),
  badTransferee: status(Code.FAILED_PRECONDITION, 'bad leader transferee'),
  badDowngradeTarget: status(Code.INVALID_ARGUMENT, 'invalid downgrade target version'),
  badDowngradeFormat: status(Code.INVALID_ARGUMENT, 'wrong downgrade target version format'),
  noDowngrade: status(Code.FAILED_PRECONDITION, 'no inflight downgrade job'),
  unknownMethod: status(Code.UNKNOWN, 'unknown method'),
  timeoutTransfer: unavailable('request timed out, leader transfer took too long'),
} as const;

/** etcd's text, followed by the learner's progress. */
export function learnerNotReady(progress: string): Status {
  const text = 'can only promote a learner member which is in sync with leader';
  return status(Code.FAILED_PRECONDITION, `${text} (${progress})`);
}

function notEnoughStarted(): Status {
  return status(Code.FAILED_PRECONDITION, 're-configuration failed due to not enough started members');
}

/** Errors that etcd does not have. */
export const snapshotNotRead: Status = {
  code: Code.DEADLINE_EXCEEDED,
  message: 'raftkv: the client has not read its snapshot for too long',
};

export const rangeNotRead: Status = {
  code: Code.DEADLINE_EXCEEDED,
  message: 'raftkv: the client has not read its range for too long',
};

export function invalidExtension(message: string): Status {
  return extensionError(Code.INVALID_ARGUMENT, message);
}

function extensionError(code: Code, message: string): Status {
  return { code, message: `raftkv: ${message}` };
}

export function tooStale(message: string): Status {
  return { code: Code.UNAVAILABLE, message: `raftkv: ${message}` };
}

/** Ends a stream that creates more watches than allowed. */
export function tooManyWatches(most: number): Status {
  return { code: Code.RESOURCE_EXHAUSTED, message: `raftkv: more than ${most} watches on one stream` };
}

/** @param reason without the password or its hash */
export function passwordNotHashed(reason: string): Status {
  return { code: Code.UNAVAILABLE, message: `raftkv: the password could not be hashed: ${reason}` };
}

/** @param reason one line */
export function tokenNotSigned(reason: string): Status {
  return { code: Code.UNAVAILABLE, message: `raftkv: the token could not be signed: ${reason}` };
}

function unavailable(text: string): Status {
  return status(Code.UNAVAILABLE, text);
}

function status(code: Code, text: string): Status {
  return { code, message: `etcdserver: ${text}` };
}

const KV_ERRORS: Readonly<Record<KvError['kind'], Status>> = {
  'empty-key': status(Code.INVALID_ARGUMENT, 'key is not provided'),
  'key-not-found': status(Code.INVALID_ARGUMENT, 'key not found'),
  'value-provided': status(Code.INVALID_ARGUMENT, 'value is provided'),
  'lease-provided': status(Code.INVALID_ARGUMENT, 'lease is provided'),
  'lease-not-found': status(Code.NOT_FOUND, 'requested lease not found'),
  'lease-exists': status(Code.FAILED_PRECONDITION, 'lease already exists'),
  'lease-ttl-too-large': status(Code.OUT_OF_RANGE, 'too large lease TTL'),
  'lease-expiry-void': status(Code.FAILED_PRECONDITION, 'not leader'),
  'too-many-ops': status(Code.INVALID_ARGUMENT, 'too many operations in txn request'),
  'answer-too-large': {
    code: Code.RESOURCE_EXHAUSTED,
    message:
      'raftkv: what the request reads or deletes is too large for one response; its writes, if any, have taken effect',
  },
  'duplicate-key': status(Code.INVALID_ARGUMENT, 'duplicate key given in txn request'),
  'invalid-sort': status(Code.INVALID_ARGUMENT, 'invalid sort option'),
  'nested-read-level': invalidExtension('read options belong on a whole request that only reads'),
  'no-space': status(Code.RESOURCE_EXHAUSTED, 'mvcc: database space exceeded'),
  corrupt: status(Code.DATA_LOSS, 'corrupt cluster'),
  'member-not-found': status(Code.NOT_FOUND, 'member not found'),
  'member-exists': status(Code.FAILED_PRECONDITION, 'member ID already exist'),
  'peer-urls-exist': status(Code.FAILED_PRECONDITION, 'Peer URLs already exists'),
  'not-a-learner': status(Code.FAILED_PRECONDITION, 'can only promote a learner member'),
  'too-many-learners': status(Code.FAILED_PRECONDITION, 'too many learner members in cluster'),
  'member-changed': { code: Code.ABORTED, message: 'raftkv: the peer URLs of the member were changed meanwhile' },
  'configuration-refused': notEnoughStarted(),
  'session-not-found': {
    code: Code.NOT_FOUND,
    message: 'raftkv: the session does not exist: it was never opened, has expired, or was ended; nothing was applied',
  },
  'session-exists': { code: Code.ABORTED, message: 'raftkv: the id of the new session is in use: repeat the request' },
  'session-of-another-user': { code: Code.PERMISSION_DENIED, message: 'raftkv: the session is of another user' },
  'session-window': {
    code: Code.FAILED_PRECONDITION,
    message: 'raftkv: too many sequence numbers of the session are not acknowledged; nothing was applied',
  },
  'session-acknowledged': {
    code: Code.FAILED_PRECONDITION,
    message: 'raftkv: the sequence number was acknowledged before, and is not applied any more',
  },
  'already-applied': {
    code: Code.ALREADY_EXISTS,
    message: 'raftkv: the write was applied before, and its result is not kept any more',
  },
  'session-expiry-void': { code: Code.FAILED_PRECONDITION, message: 'raftkv: the session has not expired' },
  'auth-not-enabled': status(Code.FAILED_PRECONDITION, 'authentication is not enabled'),
  'root-user-missing': status(Code.FAILED_PRECONDITION, 'root user does not exist'),
  'root-role-missing': status(Code.FAILED_PRECONDITION, 'root user does not have root role'),
  'user-empty': status(Code.INVALID_ARGUMENT, 'user name is empty'),
  'user-exists': status(Code.FAILED_PRECONDITION, 'user name already exists'),
  'user-not-found': status(Code.FAILED_PRECONDITION, 'user name not found'),
  'role-empty': status(Code.INVALID_ARGUMENT, 'role name is empty'),
  'role-exists': status(Code.FAILED_PRECONDITION, 'role name already exists'),
  'role-not-found': status(Code.FAILED_PRECONDITION, 'role name not found'),
  'role-not-granted': status(Code.FAILED_PRECONDITION, 'role is not granted to the user'),
  'permission-not-granted': status(Code.FAILED_PRECONDITION, 'permission is not granted to the role'),
  'too-many-permissions': {
    code: Code.FAILED_PRECONDITION,
    message: `raftkv: a role may have ${PERMISSIONS_MAX} permissions: give the user another role with further ones`,
  },
  'permission-not-given': status(Code.INVALID_ARGUMENT, 'permission not given'),
  'invalid-auth-management': status(Code.INVALID_ARGUMENT, 'invalid auth management'),
  'auth-failed': status(Code.INVALID_ARGUMENT, 'authentication failed, invalid user ID or password'),
  // etcd maps this one to no code of its own.
  'auth-no-password': {
    code: Code.UNKNOWN,
    message: 'auth: authentication failed, password was given for no password user',
  },
  'feed-exists': { code: Code.ALREADY_EXISTS, message: 'raftkv: the feed exists already' },
  'feed-not-found': { code: Code.NOT_FOUND, message: 'raftkv: there is no such feed' },
  'feed-broken': {
    code: Code.FAILED_PRECONDITION,
    message: 'raftkv: the feed is broken: a compaction removed changes that it had not acknowledged; reset it',
  },
  'feed-epoch': {
    code: Code.FAILED_PRECONDITION,
    message: 'raftkv: the partition of the feed has another epoch: it went to another worker, or was reset',
  },
  'feed-position': {
    code: Code.FAILED_PRECONDITION,
    message:
      'raftkv: the cursor of the feed is not at the beginning of the batch: it was acknowledged, or one was left out',
  },
  'invalid-feed': invalidExtension('invalid feed: see docs/FEEDS.md for names, ranges and numbers'),
  'too-many-feeds': { code: Code.FAILED_PRECONDITION, message: `raftkv: there are ${FEEDS_MAX} feeds already` },
  'too-many-workers': {
    code: Code.FAILED_PRECONDITION,
    message: `raftkv: the feed has ${FEED_WORKERS_MAX} workers already`,
  },
  'nested-feed-ack': invalidExtension('acknowledgements of a feed belong on the outermost transaction'),
  'permission-denied': status(Code.PERMISSION_DENIED, 'permission denied'),
  'auth-old-revision': status(Code.INVALID_ARGUMENT, 'revision of auth store is old'),
  'index-not-found': extensionError(Code.NOT_FOUND, 'index not found'),
  'index-exists': extensionError(Code.ALREADY_EXISTS, 'index exists'),
  'index-duplicate': extensionError(Code.ALREADY_EXISTS, 'another key has the value'),
  'index-not-ready': extensionError(Code.FAILED_PRECONDITION, 'index not ready'),
  'index-replaced': extensionError(Code.FAILED_PRECONDITION, 'index was created again'),
  'index-invalid': extensionError(Code.INVALID_ARGUMENT, 'index not valid'),
  'too-many-indexes': extensionError(Code.RESOURCE_EXHAUSTED, 'too many indexes'),
  'index-too-new': extensionError(Code.OUT_OF_RANGE, 'index not ready at that revision'),
  compacted: status(Code.OUT_OF_RANGE, 'mvcc: required revision has been compacted'),
  'future-revision': status(Code.OUT_OF_RANGE, 'mvcc: required revision is a future revision'),
};

/** The gRPC status of a deterministic error of the store. */
export function statusOf(error: KvError): Status {
  const found = KV_ERRORS[error.kind];
  return error.detail === undefined ? found : { code: found.code, message: `raftkv: ${error.detail}` };
}
