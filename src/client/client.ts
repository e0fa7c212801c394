import { allowDeepMessages } from '../util/deep-messages.js';
import { Auth } from './auth/auth.js';
import { Cache } from './cache/cache.js';
import type { CacheOptions } from './cache/cache-types.js';
import { clientSource } from './cache/client-source.js';
import { credentialsOf, dispatcherOptions } from './client-options.js';
import type { ClientOptions } from './client-options.js';
import { integerArgument, nameOf, stringArgument } from './calls/arguments.js';
import { Dispatcher } from './calls/dispatcher.js';
import type { CallOptions } from './calls/dispatcher.js';
import { leaseIdToWire } from './calls/ids.js';
import { ClusterClient } from './cluster/cluster-client.js';
import {
  COMPACT,
  DELETE_RANGE,
  LEASE_LEASES,
  LEASE_REVOKE,
  PUT,
  RANGE,
  READ_TXN,
  SESSION_CLOSE,
  SESSION_LIST,
  TXN,
} from './calls/methods.js';
import { invalidArgument } from './errors.js';
import { GUARDED_PUTS, GuardedPuts, toGuardedPutsResult } from './keys/guarded-puts.js';
import type { GuardedPutsResult } from './keys/guarded-puts.js';
import { consumeFeed } from './feeds/feed.js';
import type { FeedBatch, FeedOptions } from './feeds/feed-types.js';
import { Feeds } from './feeds/feeds.js';
import { oneKey, toKeyRange } from './keys/key-range.js';
import type { Bytes, KeyRange, RangeSelector } from './keys/key-range.js';
import { toHeader } from './keys/key-value.js';
import type { Header, KeyValue } from './keys/key-value.js';
import { levelledRange, readLevelFields, toGetBody, toRangeBody } from './keys/range.js';
import type { Consistency, GetOptions, GetResult, RangeOptions, RangeResult, ReadOptions } from './keys/range.js';
import { scan } from './keys/scan.js';
import type { ScanOptions } from './keys/scan.js';
import { Index, listIndexes } from './indexes/index-client.js';
import type { IndexOptions } from './indexes/index-client.js';
import type { IndexListResult } from './indexes/status.js';
import type { IndexType } from './indexes/values.js';
import type { Op, Txn, TxnResult } from './keys/txn.js';
import { deleteRequest, putRequest, toDeleteBody, toPutBody } from './keys/writes.js';
import type { DeleteOptions, DeleteResult, PutOptions, PutResult } from './keys/writes.js';
import { LeaseHolder } from './lease/lease-holder.js';
import { grantLease, toLeaseList } from './lease/lease-requests.js';
import type {
  LeaseGrantResult,
  LeaseKeepAliveResult,
  LeaseListResult,
  LeaseTimeToLiveResult,
} from './lease/lease-requests.js';
import type { Lease, LeaseOptions } from './lease/lease.js';
import { campaign, candidatesOf, observe } from './lock/election.js';
import type { Leadership, Observation } from './lock/election.js';
import { lock } from './lock/lock.js';
import type { Lock } from './lock/lock.js';
import type { Grant, TurnOptions } from './lock/turn.js';
import { toSessionList } from './session/session-list.js';
import type { SessionListResult } from './session/session-list.js';
import { WriteSessions } from './session/write-sessions.js';
import { Watch } from './watch/watch.js';
import type { WatchOptions } from './watch/watch-types.js';

/**
 * A client of a raftkv cluster, or of any server that has etcd's v3 API.
 *
 * Each call goes to a member that can serve it, and rejects with a {@link RaftKvError} if none does in time. The client
 * repeats reads at other members, and writes in a session, in which the server applies each of them once. A server without
 * sessions gets plain writes, repeated only where that cannot apply them twice. If a write has no answer in time, the
 * `fate` of the error is `unknown`: it may have been applied, or may still be. A transaction that compares the key's
 * revision can be repeated safely, and its result settles the question.
 *
 * `close()`, or `await using`, cancels the calls in progress and closes all connections.
 */
export class Client extends ClusterClient implements AsyncDisposable {
  /** Users, roles, and whether the cluster asks for them. */
  readonly auth: Auth;
  /** Change feeds: durable consumers of the changes of a key range. */
  readonly feeds: Feeds;
  readonly #dispatcher: Dispatcher;
  readonly #consistency: Consistency;
  readonly #leases: LeaseHolder;
  readonly #writes: WriteSessions;
  #closed: Promise<void> | undefined;
  readonly #grant: Grant = (ttlSeconds, options) => this.lease(ttlSeconds, options);

  /**
   * Does not connect before the first call.
   * @throws RaftKvError `invalid-argument` for a malformed endpoint, unusable certificates, or a user without a password
   */
  constructor(options: ClientOptions) {
    allowDeepMessages();
    const dispatcher = new Dispatcher(dispatcherOptions(options), credentialsOf(options));
    super(dispatcher);
    this.#consistency = options.consistency ?? 'default';
    this.#dispatcher = dispatcher;
    this.#writes = new WriteSessions(dispatcher, { enabled: options.sessions ?? true });
    this.auth = new Auth(dispatcher);
    this.feeds = new Feeds(dispatcher);
    this.#leases = new LeaseHolder(this.#dispatcher);
  }

  /** The endpoints as host:port, after the scheme if that is not the default one. */
  get endpoints(): readonly string[] {
    return this.#dispatcher.endpoints;
  }

  /** Writes one key. @throws RaftKvError */
  async put(key: Bytes, value: Bytes, options: PutOptions & CallOptions = {}): Promise<PutResult> {
    const wire = await this.#writes.call(PUT, putRequest(key, value, options), options);
    return { ...toPutBody(wire), header: toHeader(wire.header) };
  }

  /** Reads one key. @throws RaftKvError */
  async get(key: Bytes, options: GetOptions & CallOptions = {}): Promise<GetResult> {
    const request = levelledRange(oneKey(key), options, this.#consistency);
    const wire = await this.#dispatcher.call(RANGE, request, options);
    return { ...toGetBody(wire), header: toHeader(wire.header) };
  }

  /** Reads a range of keys in one answer. For ranges of any size see `scan`. @throws RaftKvError */
  async range(selector: RangeSelector, options: RangeOptions & CallOptions = {}): Promise<RangeResult> {
    return await this.#range(toKeyRange(selector), options);
  }

  /** Reads a range of any size in key order, page by page, all at one revision. @throws RaftKvError */
  scan(selector: RangeSelector, options: ScanOptions = {}): AsyncGenerator<KeyValue, void, undefined> {
    return scan((range, page) => this.#range(range, page), selector, options);
  }

  /** Deletes one key or a range of keys. @throws RaftKvError */
  async delete(selector: Bytes | RangeSelector, options: DeleteOptions & CallOptions = {}): Promise<DeleteResult> {
    const wire = await this.#writes.call(DELETE_RANGE, deleteRequest(selector, options), options);
    return { ...toDeleteBody(wire), header: toHeader(wire.header) };
  }

  /**
   * Executes a transaction atomically. All its writes have one revision. The options of reads apply only to transactions
   * whose branches do not write. @throws RaftKvError
   */
  async txn<const Then extends readonly Op<unknown>[], const Else extends readonly Op<unknown>[]>(
    transaction: Txn<Then, Else>,
    options: ReadOptions & CallOptions = {},
  ): Promise<TxnResult<Then, Else>> {
    if (typeof transaction?.toBody !== 'function') {
      throw invalidArgument(`a transaction must be made with txn(), and is ${nameOf(transaction)}`);
    }
    const { request, writes } = transaction;
    const wire = writes
      ? await this.#writes.call(TXN, request, options)
      : await this.#dispatcher.call(READ_TXN, { ...request, ...readLevelFields(options, this.#consistency) }, options);
    return { ...transaction.toBody(wire), header: toHeader(wire.header) };
  }

  /** A secondary index, to query and to manage. Without a call; it need not exist. @throws RaftKvError `invalid-argument` */
  index<const T extends IndexType = IndexType>(name: string, options: IndexOptions<T> = {}): Index<T> {
    return new Index({ dispatcher: this.#dispatcher, consistency: this.#consistency }, name, options);
  }

  /** All secondary indexes, by name. @throws RaftKvError */
  async indexList(options: Pick<ReadOptions, 'consistency'> & CallOptions = {}): Promise<IndexListResult> {
    return await listIndexes(this.#dispatcher, this.#consistency, options);
  }

  /** Executes puts of many keys atomically if no key has changed. @throws RaftKvError */
  async putGuarded(puts: GuardedPuts, options: CallOptions = {}): Promise<GuardedPutsResult> {
    if (!(puts instanceof GuardedPuts)) throw invalidArgument(`puts must be GuardedPuts, not ${nameOf(puts)}`);
    // A transaction without puts is a read, which no session applies.
    if (puts.count === 0) {
      return toGuardedPutsResult(await this.#dispatcher.call({ ...GUARDED_PUTS, kind: 'read' }, puts, options));
    }
    return toGuardedPutsResult(await this.#writes.call(GUARDED_PUTS, puts, options));
  }

  /** Discards history before a revision. With `physical`, waits until the space is free. @throws RaftKvError */
  async compact(
    revision: number,
    { physical = false, ...options }: CallOptions & { readonly physical?: boolean } = {},
  ): Promise<{ readonly header: Header }> {
    const request = { revision: integerArgument(revision, 'a revision'), physical };
    const wire = await this.#writes.call(COMPACT, request, options);
    return { header: toHeader(wire.header) };
  }

  /**
   * Grants a lease and keeps it alive until it is disposed of: `await using lease = await client.lease(10)`. The server may
   * grant a longer TTL. @throws RaftKvError
   */
  async lease(ttlSeconds: number, options: LeaseOptions & CallOptions = {}): Promise<Lease> {
    return await this.#leases.grant(ttlSeconds, options);
  }

  /** Keeps an existing lease alive from now on. @throws RaftKvError `lease-lost` if there is no such lease */
  async keepAlive(id: bigint, options: Omit<LeaseOptions, 'id'> & CallOptions = {}): Promise<Lease> {
    return await this.#leases.adopt(id, options);
  }

  /** Grants a lease without keeping it alive. @throws RaftKvError */
  async leaseGrant(
    ttlSeconds: number,
    options: Pick<LeaseOptions, 'id'> & CallOptions = {},
  ): Promise<LeaseGrantResult> {
    return await grantLease(this.#writes, ttlSeconds, options);
  }

  /** Ends a lease and deletes its keys. @throws RaftKvError `not-found` if there is no such lease */
  async leaseRevoke(id: bigint, options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const { header } = await this.#writes.call(LEASE_REVOKE, { ID: leaseIdToWire(id) }, options);
    return { header: toHeader(header) };
  }

  /** The client sessions of the user, or of all users for root, by ascending id. @throws RaftKvError */
  async sessionList(options: CallOptions = {}): Promise<SessionListResult> {
    return toSessionList(await this.#dispatcher.call(SESSION_LIST, {}, options));
  }

  /** Ends a session: writes in it are refused from then on. @throws RaftKvError `session-lost` if there is no such session */
  async sessionClose(id: number, options: CallOptions = {}): Promise<{ readonly header: Header }> {
    const request = { session: integerArgument(id, 'a session id', 1) };
    return { header: toHeader((await this.#dispatcher.call(SESSION_CLOSE, request, options)).header) };
  }

  /** Renews a lease once. A missing lease is not an error: its TTL is 0. @throws RaftKvError */
  async leaseKeepAliveOnce(id: bigint, options: CallOptions = {}): Promise<LeaseKeepAliveResult> {
    return await this.#leases.renewOnce(id, options);
  }

  /** The remaining time of a lease, and its keys (default true). @throws RaftKvError */
  async leaseTimeToLive(
    id: bigint,
    options: CallOptions & { readonly keys?: boolean } = {},
  ): Promise<LeaseTimeToLiveResult> {
    return await this.#leases.timeToLive(id, options);
  }

  /** The ids of all leases. @throws RaftKvError */
  async leaseList(options: CallOptions = {}): Promise<LeaseListResult> {
    return toLeaseList(await this.#dispatcher.call(LEASE_LEASES, {}, options));
  }

  /**
   * Waits for a lock: `await using lock = await client.lock('jobs/7')`. Clients get it in the order in which they asked. A
   * lease of its own holds it; `lock.revision` is a fencing token. @throws RaftKvError
   */
  async lock(name: Bytes, options: TurnOptions = {}): Promise<Lock> {
    return await lock({ dispatcher: this.#dispatcher, grant: this.#grant }, name, options);
  }

  /** Campaigns in an election with a value, and waits until it leads. Candidates lead in order of arrival. @throws RaftKvError */
  async campaign(name: Bytes, value: Bytes, options: TurnOptions = {}): Promise<Leadership> {
    return await campaign({ dispatcher: this.#dispatcher, name, grant: this.#grant }, value, options);
  }

  /** The key and value of an election's leader; no `kv` if there is none. @throws RaftKvError */
  async leader(name: Bytes, options: Pick<ReadOptions, 'consistency'> & CallOptions = {}): Promise<GetResult> {
    const first = { limit: 1, sort: { by: 'create' } } as const;
    const { kvs, header } = await this.range(candidatesOf(name), { consistency: 'consistent', ...options, ...first });
    return { kv: kvs[0], header };
  }

  /**
   * Follows the leader of an election: yields the current one, and each change of the leader or its value. Continues at the
   * next member when one fails. A slow consumer may miss values in between, but not the last one.
   * @throws RaftKvError once no member has been reachable for as long as a call may take
   */
  observe(name: Bytes, options: Pick<CallOptions, 'signal'> = {}): AsyncGenerator<Observation, void, undefined> {
    return observe({ dispatcher: this.#dispatcher, name }, options);
  }

  /**
   * Watches a key or a range: `for await (const event of client.watch({ prefix: 'config/' }))`. It delivers every event
   * exactly once, although members fail and connections break. Each watch is one stream; a member accepts some thousands
   * per connection.
   * @throws RaftKvError `invalid-argument`; later failures are thrown where events are read
   */
  watch(options: WatchOptions): Watch {
    return new Watch(this.#dispatcher, options);
  }

  /**
   * Keeps a range of keys in memory, for reads next to the caller: `await using cache = client.cache({ prefix: 'config/' })`.
   * Linearizable reads of it cost a round that carries no value. Close it, or the client, to end its watch.
   * @throws RaftKvError `invalid-argument`; later failures send reads to the cluster
   */
  cache(options: CacheOptions): Cache {
    const source = clientSource(this.#dispatcher, (range, asked) => this.#range(range, asked));
    return new Cache(source, this.#consistency, options);
  }

  /**
   * Consumes a change feed: `for await (const batch of client.feed('billing')) { …; await batch.ack(); }`. It delivers every
   * change at least once, in revision order in each partition; what is not acknowledged is delivered again, after a member has
   * failed also to this consumer. Consumers of one feed share its partitions.
   * @throws RaftKvError `not-found`; `failed-precondition` if the feed is broken or another consumer has the worker's name
   */
  feed(name: string, options: FeedOptions = {}): AsyncGenerator<FeedBatch, void, undefined> {
    return consumeFeed(this.#dispatcher, stringArgument(name, 'the name of a feed'), options);
  }

  /**
   * Closes all connections. Calls in progress reject as `closed`. The session of the writes, if there is one, is ended first,
   * which takes half a second at most.
   */
  async close(): Promise<void> {
    this.#closed ??= this.#close();
    await this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#dispatcher.end();
    try {
      await this.#writes.close();
    } finally {
      this.#dispatcher.close();
    }
  }

  async #range(range: KeyRange, options: RangeOptions & CallOptions): Promise<RangeResult> {
    const wire = await this.#dispatcher.call(RANGE, levelledRange(range, options, this.#consistency), options);
    return { ...toRangeBody(wire), header: toHeader(wire.header) };
  }
}
