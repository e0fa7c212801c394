import { etcdserverpb } from '../../gen/proto.js';
import type { Alarm, HashResult } from '../../kv/store.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import type { NodeId } from '../../raft/types.js';
import type { LogFields, Logger } from '../../util/logger.js';

const { AlarmType } = etcdserverpb;

/** Hash of a member's state at the requested revision. */
export interface MemberHash {
  readonly hash: number;
  /** Hashes are comparable if this is equal. */
  readonly compactRevision: number;
  readonly auth: AuthHash;
}

/** Hash of the users, roles and permissions at a member's newest auth revision. */
export interface AuthHash {
  readonly hash: number;
  readonly revision: number;
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
  readonly hashAuth: () => AuthHash;
  /** @param done called once; without a value if the member does not answer, or has another compacted revision */
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
    const { leads, hash, hashAuth, others, memberId, logger } = this.#options;
    if (!leads()) return;
    const own = await hash(0);
    if (own.kind === 'error' || this.#stopped) return;
    const auth = hashAuth();
    const hashes = new Map([[memberId, own.hash]]);
    const authHashes = new Map([[memberId, auth.hash]]);
    await Promise.all(
      others().map(async (member) => {
        const answer = await this.#ask(member, { revision: own.hashRevision, compactRevision: own.compactRevision });
        if (answer?.compactRevision === own.compactRevision) hashes.set(member, answer.hash);
        else logger.debug('cannot compare a member', { member, revision: own.hashRevision });
        if (answer?.auth.revision === auth.revision) authHashes.set(member, answer.auth.hash);
      }),
    );
    // The result is valid even if this member was deposed meanwhile.
    if (this.#stopped) return;
    this.#judge(hashes, { revision: own.hashRevision });
    this.#judge(authHashes, { authRevision: auth.revision });
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
