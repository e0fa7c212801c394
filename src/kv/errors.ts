/**
 * What can be wrong with a command or a read, and be the same on every member: the caller's answer, never a reason to
 * stop. The server maps each kind to etcd's code and text.
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
  /** A leader of another term has found that the lease has run out. */
  | 'lease-expiry-void'
  | 'too-many-ops'
  | 'duplicate-key'
  /** A sort order or target that is none of the known ones. */
  | 'invalid-sort'
  /** A revision whose history has been given up, or a compaction at or below the last one. */
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
  /** The peer URLs are those of another member. */
  | 'peer-urls-exist'
  /** Only a learner can be promoted. */
  | 'not-a-learner'
  | 'too-many-learners'
  /** The peer URLs were changed by somebody else since the change was asked for. */
  | 'member-changed'
  /** The configuration in force does not allow the change, as none may remove the last voter. */
  | 'configuration-refused';

export function kvError(kind: KvErrorKind): KvError {
  return { kind };
}
