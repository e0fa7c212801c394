/**
 * A deterministic error of a command or a read: the caller's answer, the same on every member, never fatal. The server
 * maps each kind to etcd's code and text.
 */
export interface KvError {
  readonly kind: KvErrorKind;
  /** What it concerns, as text for the caller. */
  readonly detail?: string;
}

export type KvErrorKind =
  /** No key in a put, delete, range or compare. */
  | 'empty-key'
  /** `ignore_value` or `ignore_lease` on a key that does not exist; an operation of a transaction that is empty. */
  | 'key-not-found'
  /** A value together with `ignore_value`. */
  | 'value-provided'
  /** A lease together with `ignore_lease`. */
  | 'lease-provided'
  | 'lease-not-found'
  | 'lease-exists'
  | 'lease-ttl-too-large'
  /** A leader of another term decided that the lease has expired. */
  | 'lease-expiry-void'
  | 'too-many-ops'
  /** The ranges of a transaction read too much for one answer. Its writes, if any, have taken effect. */
  | 'answer-too-large'
  | 'duplicate-key'
  /** An unknown sort order or target. */
  | 'invalid-sort'
  /** A revision below the compacted one, or a compaction at or below the last one. */
  | 'compacted'
  | 'future-revision'
  /** A read level, or a bound on the age, inside an operation of a transaction or on one that writes. */
  | 'nested-read-level'
  /** The alarm NOSPACE is raised. */
  | 'no-space'
  /** The alarm CORRUPT is raised. */
  | 'corrupt'
  | 'member-not-found'
  | 'member-exists'
  /** Another member has the peer URLs. */
  | 'peer-urls-exist'
  /** Only a learner can be promoted. */
  | 'not-a-learner'
  | 'too-many-learners'
  /** The peer URLs have changed since the request was made. */
  | 'member-changed'
  | SessionErrorKind
  | AuthErrorKind
  | FeedErrorKind
  | IndexErrorKind
  /** The current configuration does not allow the change; removing the last voter, for example. */
  | 'configuration-refused';

/** Errors of client sessions. The write was not applied by this call. */
export type SessionErrorKind =
  /** It never was, or has expired, or was ended to make room for others. */
  | 'session-not-found'
  | 'session-exists'
  | 'session-of-another-user'
  /** The session has too many sequence numbers that are not acknowledged. */
  | 'session-window'
  /** The client has acknowledged the sequence number. */
  | 'session-acknowledged'
  /** The write was applied before, and its result is not kept. */
  | 'already-applied'
  /** A leader of another term decided that the session has expired, or it was used meanwhile. */
  | 'session-expiry-void';

/** Errors of change feeds. */
export type FeedErrorKind =
  | 'feed-exists'
  | 'feed-not-found'
  /** A compaction removed changes that it had not acknowledged. */
  | 'feed-broken'
  /** The partition has another worker since, or was reset. */
  | 'feed-epoch'
  /** The cursor is not where the acknowledgement says, or is there already. */
  | 'feed-position'
  /** A name, range, number or combination that is not allowed; the same partition twice in one request. */
  | 'invalid-feed'
  | 'too-many-feeds'
  | 'too-many-workers'
  /** An acknowledgement in a nested transaction. */
  | 'nested-feed-ack';

/** Errors of users, roles and permissions. */
export type AuthErrorKind =
  | 'auth-not-enabled'
  /** Authentication cannot be enabled without the user root. */
  | 'root-user-missing'
  /** Nor if that user does not have the role root. */
  | 'root-role-missing'
  /** No name for a new user; or, while authentication is on, a command without a user. */
  | 'user-empty'
  | 'user-exists'
  | 'user-not-found'
  | 'role-empty'
  | 'role-exists'
  | 'role-not-found'
  | 'role-not-granted'
  | 'permission-not-granted'
  /** The role has as many permissions as it may have. */
  | 'too-many-permissions'
  | 'permission-not-given'
  /** A range without keys, or a change that would leave the cluster without root. */
  | 'invalid-auth-management'
  /** An unknown user, or another password. */
  | 'auth-failed'
  /** The user has no password. */
  | 'auth-no-password'
  | 'permission-denied'
  /** Users, roles or permissions have changed since the command was proposed, or the token was made. */
  | 'auth-old-revision';

/** Errors of secondary indexes. All have a detail. */
export type IndexErrorKind =
  | 'index-not-found'
  | 'index-exists'
  /** A write would give a value of a unique index to a second key. */
  | 'index-duplicate'
  /** It is being built, or has failed. */
  | 'index-not-ready'
  /** A page token of an index that was dropped. */
  | 'index-replaced'
  | 'index-invalid'
  | 'too-many-indexes'
  /** A revision before the index was ready. */
  | 'index-too-new';

export function kvError(kind: KvErrorKind, detail?: string): KvError {
  return detail === undefined ? { kind } : { kind, detail };
}
