import type { MemberId } from '../util/member-id.js';
import type { Random } from '../util/random.js';
import { allowDeepMessages } from '../util/deep-messages.js';
import { integerArgument, nameOf } from './calls/arguments.js';
import { disarm, listAlarms, raiseAlarm } from './cluster/alarms.js';
import type { Alarm } from './cluster/alarms.js';
import { toHashResult, toMember, toMemberList, toStatus } from './cluster/cluster.js';
import type {
  HashResult,
  Health,
  MemberAddResult,
  MemberListResult,
  MemberStatus,
  MoveLeaderResult,
} from './cluster/cluster.js';
import { Dispatcher } from './calls/dispatcher.js';
import type { CallOptions } from './calls/dispatcher.js';
import { invalidArgument, RaftKvError } from './errors.js';
import { toHeader } from './keys/key-value.js';
import type { Header, KeyValue } from './keys/key-value.js';
import { oneKey, toKeyRange } from './keys/key-range.js';
import type { Bytes, KeyRange, RangeSelector } from './keys/key-range.js';
import { leaseIdToWire, memberIdToWire } from './calls/ids.js';
import { moveLeader } from './calls/leadership.js';
import { keepAliveOnce } from './lease/keep-alive-once.js';
import { campaign, candidatesOf, observe } from './lock/election.js';
import type { Leadership, Observation } from './lock/election.js';
import { leaseEndedError, Lease } from './lease/lease.js';
import type { LeaseOptions } from './lease/lease.js';
import { LeaseKeeper } from './lease/lease-keeper.js';
import { grantLease, toLeaseList, toTimeToLive } from './lease/lease-requests.js';
import type {
  LeaseGrantResult,
  LeaseKeepAliveResult,
  LeaseListResult,
  LeaseTimeToLiveResult,
} from './lease/lease-requests.js';
import { DEFRAGMENT, HASH } from './calls/methods.js';
import { COMPACT, DELETE_RANGE, HASH_KV, PUT, RANGE, READ_TXN, SNAPSHOT, STATUS, TXN } from './calls/methods.js';
import { LEASE_END, LEASE_LEASES, LEASE_REVOKE, LEASE_TIME_TO_LIVE } from './calls/methods.js';
import { MEMBER_ADD, MEMBER_LIST, MEMBER_PROMOTE, MEMBER_REMOVE, MEMBER_UPDATE } from './calls/methods.js';
import { lock } from './lock/lock.js';
import type { Lock } from './lock/lock.js';
import { levelledRange, readLevelFields, toGetBody, toRangeBody } from './keys/range.js';
import type { Consistency, GetOptions, GetResult, RangeOptions, RangeResult, ReadOptions } from './keys/range.js';
import { scan } from './keys/scan.js';
import type { ScanOptions } from './keys/scan.js';
import { verified } from './cluster/snapshot.js';
import type { SnapshotOptions } from './cluster/snapshot.js';
import type { Grant, TurnOptions } from './lock/turn.js';
import type { Op, Txn, TxnResult } from './keys/txn.js';
import { Watch } from './watch/watch.js';
import type { WatchOptions } from './watch/watch-types.js';
import { deleteRequest, putRequest, toDeleteBody, toPutBody } from './keys/writes.js';
import type { DeleteOptions, DeleteResult, PutOptions, PutResult } from './keys/writes.js';

export interface ClientOptions {
  /** Members, as host:port or http://host:port. Any of them will do; more are for when some are down. */
  readonly endpoints: readonly string[];
  /** Of reads that do not say. Default: `default`. */
  readonly consistency?: Consistency;
  /** How long one call may take, repeats included, in ms. Default 5000. */
  readonly timeoutMs?: number;
  /** How long to wait for one connection before the next member is tried, in ms. Default 1000. */
  readonly connectTimeoutMs?: number;
  /** How long to go on trying where no member accepts a connection, in ms. Default: as long as the call may take. */
  readonly unreachableMs?: number;
  /** Spreads the pauses between repeats. */
  readonly random?: Random;
}

/**
 * A client of a raftkv cluster, or of any server that speaks etcd's v3 API.
 *
 * Every call finds a member that can serve it, and rejects with a {@link RaftKvError} if none does in time. Reads are
 * repeated at other members; a write only where that cannot apply it twice. When a write fails otherwise, the error's
 * `fate` is `unknown`: it may have been applied, or may be yet. A transaction that compares the key's revision first
 * can be sent again safely, and its answer settles the question.
 *
 * `close()`, or `await using`, ends the calls under way and leaves nothing open.
 */
export class Client implements AsyncDisposable {
  readonly #dispatcher: Dispatcher;
  readonly #consistency: Consistency;
  readonly #keeper: LeaseKeeper;
  readonly #grant: Grant = (ttlSeconds, options) => this.lease(ttlSeconds, options);

  /** Connects on first use. @throws RaftKvError where an endpoint is none */
  constructor(options: ClientOptions) {
    allowDeepMessages();
    const timeoutMs = options.timeoutMs ?? 5000;
    this.#consistency = options.consistency ?? 'default';
    this.#dispatcher = new Dispatcher({
      endpoints: options.endpoints,
      timeoutMs,
      connectTimeoutMs: options.connectTimeoutMs ?? 1000,
      unreachableMs: options.unreachableMs ?? Number.POSITIVE_INFINITY,
      random: options.random ?? { next: Math.random },
    });
    this.#keeper = new LeaseKeeper(this.#dispatcher);
  }

  /** host:port of each member that was given. */
  get endpoints(): readonly string[] {
    return this.#dispatcher.endpoints;
  }

  /** Writes one key. @throws RaftKvError */
  async put(key: Bytes, value: Bytes, options: PutOptions & CallOptions = {}): Promise<PutResult> {
    const wire = await this.#dispatcher.call(PUT, putRequest(key, value, options), options);
    return { ...toPutBody(wire), header: toHeader(wire.header) };
  }

  /** Reads one key. @throws RaftKvError */
  async get(key: Bytes, options: GetOptions & CallOptions = {}): Promise<GetResult> {
    const request = levelledRange(oneKey(key), options, this.#consistency);
    const wire = await this.#dispatcher.call(RANGE, request, options);
    return { ...toGetBody(wire), header: toHeader(wire.header) };
  }

  /** Reads many keys in one answer; `scan` is for ranges of any size. @throws RaftKvError */
  async range(selector: RangeSelector, options: RangeOptions & CallOptions = {}): Promise<RangeResult> {
    return await this.#range(toKeyRange(selector), options);
  }

  /** Walks a range of any size in key order, in pages, all at one revision. @throws RaftKvError */
  scan(selector: RangeSelector, options: ScanOptions = {}): AsyncGenerator<KeyValue, void, undefined> {
    return scan((range, page) => this.#range(range, page), selector, options);
  }

  /** Deletes one key, or all of a range. @throws RaftKvError */
  async delete(selector: Bytes | RangeSelector, options: DeleteOptions & CallOptions = {}): Promise<DeleteResult> {
    const wire = await this.#dispatcher.call(DELETE_RANGE, deleteRequest(selector, options), options);
    return { ...toDeleteBody(wire), header: toHeader(wire.header) };
  }

  /**
   * Runs a transaction as one step, with one revision for all that it writes.
   * A consistency can be chosen only where neither branch writes. @throws RaftKvError
   */
  async txn<const Then extends readonly Op<unknown>[], const Else extends readonly Op<unknown>[]>(
    transaction: Txn<Then, Else>,
    options: ReadOptions & CallOptions = {},
  ): Promise<TxnResult<Then, Else>> {
    if (typeof transaction?.toBody !== 'function') {
      throw invalidArgument(`a transaction is begun with txn(), and is not ${nameOf(transaction)}`);
    }
    const { request, writes } = transaction;
    const wire = writes
      ? await this.#dispatcher.call(TXN, request, options)
      : await this.#dispatcher.call(READ_TXN, { ...request, ...readLevelFields(options, this.#consistency) }, options);
    return { ...transaction.toBody(wire), header: toHeader(wire.header) };
  }

  /**
   * Forgets what was overwritten or deleted before the revision. `physical` waits until the space is free.
   * @throws RaftKvError
   */
  async compact(
    revision: number,
    options: CallOptions & { readonly physical?: boolean } = {},
  ): Promise<{ readonly header: Header }> {
    const wire = await this.#dispatcher.call(
      COMPACT,
      { revision: integerArgument(revision, 'a revision'), physical: options.physical ?? false },
      options,
    );
    return { header: toHeader(wire.header) };
  }

  /**
   * A lease of so many seconds, kept alive until it is disposed of: `await using lease = await client.lease(10)`. The
   * server may grant a longer one. @throws RaftKvError
   */
  async lease(ttlSeconds: number, options: LeaseOptions & CallOptions = {}): Promise<Lease> {
    let sinceMs = performance.now();
    const onAttempt = (): void => void (sinceMs = performance.now());
    const granted = await grantLease(this.#dispatcher, ttlSeconds, { ...options, onAttempt });
    return this.#hold(granted, { sinceMs, onRenewed: options.onRenewed });
  }

  /**
   * A lease that somebody has granted, kept alive from now on as one of `lease` is.
   * @throws RaftKvError `lease-lost` where there is no such lease, or not any more
   */
  async keepAlive(id: bigint, options: Omit<LeaseOptions, 'id'> & CallOptions = {}): Promise<Lease> {
    let sinceMs = performance.now();
    const onAttempt = (): void => void (sinceMs = performance.now());
    const source = { dispatcher: this.#dispatcher, keeper: this.#keeper };
    const renewed = await keepAliveOnce(source, id, { ...options, onAttempt });
    if (renewed.ttlSeconds === 0) throw leaseEndedError(id);
    options.onRenewed?.(renewed);
    return this.#hold(renewed, { sinceMs, onRenewed: options.onRenewed });
  }

  /** Grants a lease, which ends by itself unless somebody keeps it alive. @throws RaftKvError */
  async leaseGrant(
    ttlSeconds: number,
    options: Pick<LeaseOptions, 'id'> & CallOptions = {},
  ): Promise<LeaseGrantResult> {
    return await grantLease(this.#dispatcher, ttlSeconds, options);
  }

  /** Ends a lease, and deletes the keys that are attached to it. @throws RaftKvError `not-found` where there is none */
  async leaseRevoke(id: bigint, options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const { header } = await this.#dispatcher.call(LEASE_REVOKE, { ID: leaseIdToWire(id) }, options);
    return { header: toHeader(header) };
  }

  /** Gives a lease its full time anew, once. @throws RaftKvError */
  async leaseKeepAliveOnce(id: bigint, options: CallOptions = {}): Promise<LeaseKeepAliveResult> {
    return await keepAliveOnce({ dispatcher: this.#dispatcher, keeper: this.#keeper }, id, options);
  }

  /** How much is left of a lease, and which keys are attached to it (default true). @throws RaftKvError */
  async leaseTimeToLive(
    id: bigint,
    options: CallOptions & { readonly keys?: boolean } = {},
  ): Promise<LeaseTimeToLiveResult> {
    const request = { ID: leaseIdToWire(id), keys: options.keys ?? true };
    return toTimeToLive(await this.#dispatcher.call(LEASE_TIME_TO_LIVE, request, options));
  }

  /** The ids of all leases. @throws RaftKvError */
  async leaseList(options: CallOptions = {}): Promise<LeaseListResult> {
    return toLeaseList(await this.#dispatcher.call(LEASE_LEASES, {}, options));
  }

  /**
   * Waits for a lock, in the order in which clients came: `await using lock = await client.lock('jobs/7')`. It is held by
   * a lease of its own, and lost with it; `lock.revision` tells its holders apart. @throws RaftKvError
   */
  async lock(name: Bytes, options: TurnOptions = {}): Promise<Lock> {
    return await lock({ dispatcher: this.#dispatcher, grant: this.#grant }, name, options);
  }

  /**
   * Waits until it leads the election, as a candidate that says `value`, in the order in which candidates came.
   * @throws RaftKvError
   */
  async campaign(name: Bytes, value: Bytes, options: TurnOptions = {}): Promise<Leadership> {
    return await campaign({ dispatcher: this.#dispatcher, name, grant: this.#grant }, value, options);
  }

  /** Who leads an election: its key, with what it says; no `kv` where nobody does. @throws RaftKvError */
  async leader(name: Bytes, options: Pick<ReadOptions, 'consistency'> & CallOptions = {}): Promise<GetResult> {
    const first = { limit: 1, sort: { by: 'create' } } as const;
    const { kvs, header } = await this.range(candidatesOf(name), { consistency: 'consistent', ...options, ...first });
    return { kv: kvs[0], header };
  }

  /**
   * Who leads an election, now and whenever that, or what it says, changes; until the signal, or the end of the loop. It
   * goes on at the next member when one fails. Whoever is slow misses what was said in between, and never the last.
   * @throws RaftKvError once no member can be reached for as long as a call may take
   */
  observe(name: Bytes, options: Pick<CallOptions, 'signal'> = {}): AsyncGenerator<Observation, void, undefined> {
    return observe({ dispatcher: this.#dispatcher, name }, options);
  }

  /**
   * Watches a key or a range: `for await (const event of client.watch({ prefix: 'config/' }))`. It goes on, without losing
   * an event or telling one twice, when members die and connections break. Each watch is a stream of its own, of which a
   * member takes some thousands on one connection.
   * @throws RaftKvError where the options are none; what goes wrong later is thrown where events are waited for
   */
  watch(options: WatchOptions): Watch {
    return new Watch(this.#dispatcher, options);
  }

  /** What one member says of itself: the one at the endpoint, or any. @throws RaftKvError */
  async status(endpoint?: string, options: CallOptions = {}): Promise<MemberStatus> {
    const wire =
      endpoint === undefined
        ? await this.#dispatcher.call(STATUS, {}, options)
        : await this.#dispatcher.callMember(endpoint, STATUS, {}, options);
    return toStatus(wire);
  }

  /**
   * The members of the cluster, by id. Without `linearizable` (default true), as the member that is asked knows them,
   * which works without a leader too. @throws RaftKvError
   */
  async memberList(options: CallOptions & { readonly linearizable?: boolean } = {}): Promise<MemberListResult> {
    const request = { linearizable: options.linearizable ?? true };
    return toMemberList(await this.#dispatcher.call(MEMBER_LIST, request, options));
  }

  /**
   * Adds a member, which is then to be started at these peer URLs; a learner does not vote until it is promoted.
   * @throws RaftKvError
   */
  async memberAdd(
    member: { readonly peerUrls: readonly string[]; readonly isLearner?: boolean },
    options: CallOptions = {},
  ): Promise<MemberAddResult> {
    const request = { peerURLs: [...member.peerUrls], isLearner: member.isLearner ?? false };
    const wire = await this.#dispatcher.call(MEMBER_ADD, request, options);
    return { ...toMemberList(wire), member: toMember(wire.member ?? {}) };
  }

  /** Removes a member for good: it stops by itself, and its id never comes back. @throws RaftKvError */
  async memberRemove(id: MemberId, options: CallOptions = {}): Promise<MemberListResult> {
    return toMemberList(await this.#dispatcher.call(MEMBER_REMOVE, { ID: memberIdToWire(id) }, options));
  }

  /** Tells the others where a member is reached from now on. @throws RaftKvError */
  async memberUpdate(
    id: MemberId,
    changed: { readonly peerUrls: readonly string[] },
    options: CallOptions = {},
  ): Promise<MemberListResult> {
    const request = { ID: memberIdToWire(id), peerURLs: [...changed.peerUrls] };
    return toMemberList(await this.#dispatcher.call(MEMBER_UPDATE, request, options));
  }

  /** Makes a voter of a learner that has caught up; refused, with its progress, until it has. @throws RaftKvError */
  async memberPromote(id: MemberId, options: CallOptions = {}): Promise<MemberListResult> {
    return toMemberList(await this.#dispatcher.call(MEMBER_PROMOTE, { ID: memberIdToWire(id) }, options));
  }

  /** Hands the leadership to a voter, wherever the leader is now. @throws RaftKvError */
  async moveLeader(target: MemberId, options: CallOptions = {}): Promise<MoveLeaderResult> {
    return await moveLeader(this.#dispatcher, target, options);
  }

  /** The hash of one member's whole store as of a revision, to compare with its peers'. @throws RaftKvError */
  async hashKv(endpoint: string, revision = 0, options: CallOptions = {}): Promise<HashResult> {
    return toHashResult(await this.#dispatcher.callMember(endpoint, HASH_KV, { revision }, options));
  }

  /** The hash of all that one member has stored, to tell whether it has changed. @throws RaftKvError */
  async hash(endpoint: string, options: CallOptions = {}): Promise<{ readonly hash: number; readonly header: Header }> {
    const wire = await this.#dispatcher.callMember(endpoint, HASH, {}, options);
    return { hash: wire.hash ?? 0, header: toHeader(wire.header) };
  }

  /** Has one member give back to its disk what it can. It goes on serving, and a large one takes a while. @throws RaftKvError */
  async defragment(endpoint: string, options: CallOptions = {}): Promise<void> {
    await this.#dispatcher.callMember(endpoint, DEFRAGMENT, {}, options);
  }

  /** The alarms that are raised: while one is, writes are refused. @throws RaftKvError */
  async alarms(options: CallOptions = {}): Promise<readonly Alarm[]> {
    return await listAlarms(this.#dispatcher, options);
  }

  /** Raises an alarm, as members do themselves. @throws RaftKvError */
  async raiseAlarm(alarm: Required<Alarm>, options: CallOptions = {}): Promise<void> {
    await raiseAlarm(this.#dispatcher, alarm, options);
  }

  /** Takes an alarm back, or all that are raised. @returns those that were @throws RaftKvError */
  async disarm(alarm?: Alarm, options: CallOptions = {}): Promise<readonly Alarm[]> {
    return await disarm(this.#dispatcher, alarm, options);
  }

  /**
   * The whole state of one member, as of the moment of the call, for `raftkv snapshot restore`; of an etcd, for its own.
   * A slow consumer holds it up. The bytes are known to be whole once all of them have come, and not before.
   * @throws RaftKvError
   */
  snapshot(options: SnapshotOptions = {}): AsyncGenerator<Buffer, void, undefined> {
    return verified(this.#dispatcher.stream(SNAPSHOT, {}, options), options.onProgress);
  }

  /** Whether the member at the endpoint answers a linearizable read. */
  async health(endpoint: string, options: CallOptions = {}): Promise<Health> {
    const startMs = performance.now();
    const request = levelledRange(oneKey('health'), { consistency: 'consistent' }, this.#consistency);
    try {
      await this.#dispatcher.callMember(endpoint, RANGE, request, options);
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      const tookMs = performance.now() - startMs;
      // The member had to ask its quorum before it could refuse.
      return error.code === 'permission-denied' ? { healthy: true, tookMs } : { healthy: false, tookMs, error };
    }
    return { healthy: true, tookMs: performance.now() - startMs };
  }

  /** Closes every connection. Calls under way reject as `closed`. */
  async close(): Promise<void> {
    await Promise.resolve(this.#dispatcher.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #hold(
    { id, ttlSeconds }: { readonly id: bigint; readonly ttlSeconds: number },
    { sinceMs, onRenewed }: { readonly sinceMs: number; readonly onRenewed: LeaseOptions['onRenewed'] },
  ): Lease {
    return new Lease({
      keeper: this.#keeper,
      id,
      ttlSeconds,
      sinceMs,
      onRenewed,
      timeToLive: (options) => this.leaseTimeToLive(id, options),
      revoke: async (options) => {
        try {
          await this.#dispatcher.call(LEASE_END, { ID: leaseIdToWire(id) }, options);
        } catch (error) {
          if (!(error instanceof RaftKvError) || error.code !== 'not-found') throw error;
        }
      },
    });
  }

  async #range(range: KeyRange, options: RangeOptions & CallOptions): Promise<RangeResult> {
    const wire = await this.#dispatcher.call(RANGE, levelledRange(range, options, this.#consistency), options);
    return { ...toRangeBody(wire), header: toHeader(wire.header) };
  }
}
