/**
 * A deterministic error of a command or a read: the caller's answer, the same on every member, never fatal. The server
 * maps each kind to etcd's code and text.
 */
export interface KvError {
  readonly kind: KvErrorKind;
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
  /** The current configuration does not allow the change; removing the last voter, for example. */
  | 'configuration-refused';

export function kvError(kind: KvErrorKind): KvError {
  return { kind };
}
