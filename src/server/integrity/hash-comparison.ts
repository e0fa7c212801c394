import { etcdserverpb } from '../../gen/proto.js';
import type { Alarm, HashResult, RecordHash } from '../../kv/store.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import type { LogFields, Logger } from '../../util/logger.js';

const { AlarmType } = etcdserverpb;

/** The hashes of a member. */
export interface MemberHash {
  /** Of its keys at the requested revision; undefined if it does not have that. */
  readonly state: StateHash | undefined;
  /** Of its users and leases in its newest state; undefined if it states none. */
  readonly records: RecordHash | undefined;
}

export interface StateHash {
  readonly hash: number;
  /** Hashes are comparable if this is equal. */
  readonly compactRevision: number;
}

/** A revision, and the compacted revision of the requesting member: the other member hashes as if compacted there. */
export interface HashPoint {
  readonly revision: number;
  readonly compactRevision: number;
}

export interface HashComparisonOptions {
  readonly memberId: NodeId;
  readonly clock: Clock;
  /** Interval between comparisons, in ms; 0 for none. */
  readonly intervalMs: number;
  readonly leads: () => boolean;
  readonly others: () => readonly NodeId[];
  readonly hash: (revision: number) => Promise<HashResult>;
  /** Of this member's users and leases, as the rows of its engine hold them. */
  readonly hashRecords: () => Promise<RecordHash>;
  /** The same as its commands have made it; undefined for an index that is not applied yet, or long ago. */
  readonly recordHashAt: (index: number) => number | undefined;
  /** @param done called once; without a value if the member does not answer */
  readonly ask: (member: NodeId, point: HashPoint, done: (answer: MemberHash | undefined) => void) => void;
  readonly raise: (alarm: Alarm) => void;
  readonly logger: Logger;
  readonly onFatal: (error: unknown) => void;
}

/**
 * The leader compares the members periodically: all must have the same state at the same revision. A member whose state
 * differs is named in the alarm CORRUPT.
 */
export class HashComparison {
  readonly #options: HashComparisonOptions;
  #cancel: Cancel | undefined;
  #stopped = false;

  constructor(options: HashComparisonOptions) {
    this.#options = options;
    if (options.intervalMs > 0) this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** Compares once, if this member leads. */
  async compare(): Promise<void> {
    const { leads, hash, hashRecords, others, memberId, logger } = this.#options;
    if (!leads()) return;
    const own = await hash(0);
    if (own.kind === 'error' || this.#stopped) return;
    const hashes = new Map([[memberId, own.hash]]);
    const records = new Map([[memberId, await hashRecords()]]);
    if (this.#stopped) return;
    await Promise.all(
      others().map(async (member) => {
        const answer = await this.#ask(member, { revision: own.hashRevision, compactRevision: own.compactRevision });
        if (answer?.state?.compactRevision === own.compactRevision) hashes.set(member, answer.state.hash);
        else logger.debug('cannot compare a member', { member, revision: own.hashRevision });
        if (answer?.records !== undefined) records.set(member, answer.records);
      }),
    );
    // The result is valid even if this member was deposed meanwhile.
    if (this.#stopped) return;
    this.#judge(hashes, { revision: own.hashRevision });
    this.#judge(this.#deviations(records), { of: 'users and leases' });
  }

  /**
   * Members answer at different indexes: how far the hash of each is from this member's at the same index. If most members
   * have one that this member does not have, it is the one that differs.
   */
  #deviations(records: ReadonlyMap<NodeId, RecordHash>): ReadonlyMap<NodeId, number> {
    const deviations = new Map<NodeId, number>();
    for (const [member, { hash, appliedIndex }] of records) {
      const own = this.#options.recordHashAt(appliedIndex);
      if (own !== undefined) deviations.set(member, (hash - own) >>> 0);
      else this.#options.logger.debug('cannot compare the users and leases of a member', { member, appliedIndex });
    }
    return deviations;
  }

  #arm(): void {
    const { clock, intervalMs, onFatal } = this.#options;
    if (this.#stopped) return;
    this.#cancel = clock.timeout(intervalMs, () => void this.compare().then(() => this.#arm(), onFatal));
  }

  #ask(member: NodeId, point: HashPoint): Promise<MemberHash | undefined> {
    return new Promise((resolve) => this.#options.ask(member, point, resolve));
  }

  #judge(hashes: ReadonlyMap<NodeId, number>, at: LogFields): void {
    const { logger, raise } = this.#options;
    for (const memberId of dissenters(hashes, this.#options.memberId)) {
      logger.error("the state of a member differs from the others'", { member: memberId, ...at });
      raise({ kind: AlarmType.CORRUPT, memberId });
    }
  }
}

/** Members that differ from the majority of the compared ones or, without a majority, from the leader. */
export function dissenters(hashes: ReadonlyMap<NodeId, number>, leader: NodeId): readonly NodeId[] {
  const votes = new Map<number, number>();
  for (const hash of hashes.values()) votes.set(hash, (votes.get(hash) ?? 0) + 1);
  const [majority] = [...votes].find(([, count]) => count * 2 > hashes.size) ?? [hashes.get(leader)];
  return [...hashes].filter(([, hash]) => hash !== majority).map(([member]) => member);
}
