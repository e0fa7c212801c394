import { Cache, op, RaftKvError, txn } from '../../../../src/client/index.js';
import type {
  Bytes,
  CacheOptions,
  Client,
  GetOptions,
  Op,
  PutOptions,
  RangeOptions,
  RangeSelector,
  Txn,
} from '../../../../src/client/index.js';
import { toHeader } from '../../../../src/client/keys/key-value.js';
import { randomInteger } from '../../../../src/util/random.js';
import type { Random } from '../../../../src/util/random.js';
import { FakeCacheSource } from './fake-cache.js';
import type { FakePermissions } from './fake-permissions.js';
import { refusal } from './fake-store.js';
import type { FakeStore } from './fake-store.js';
import { observeFake, takeFakeTurn } from './fake-turns.js';
import { FakeWatch } from './fake-watch.js';
import type { VirtualClock } from './virtual-clock.js';

export interface FakeClientParts {
  readonly store: FakeStore;
  readonly permissions: FakePermissions;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Share of the calls that meet a fault. */
  readonly faults: number;
  readonly user?: string | undefined;
}

const TIMEOUT_MS = 1000;
const LATE_MS_MAX = 1500;
const LAG_MS_MAX = 400;

/** The calls of the client that workloads use, on a store in memory. Some calls fail, some of those take effect. */
export class FakeClient {
  readonly #parts: FakeClientParts;

  constructor(parts: FakeClientParts) {
    this.#parts = parts;
  }

  /** The same as the type of the real client. */
  static make(parts: FakeClientParts): Client {
    return new FakeClient(parts) as unknown as Client;
  }

  readonly auth = {
    status: async () => ({ enabled: true }),
    userAdd: async (): Promise<void> => undefined,
    roleAdd: async (): Promise<void> => undefined,
    userGrantRole: async (): Promise<void> => undefined,
    roleGrantPermission: (role: string, { keys }: { readonly keys: string }) =>
      this.#call('write', () => this.#parts.permissions.change(role, keys, true)),
    roleRevokePermission: (role: string, keys: string) =>
      this.#call('write', () => this.#parts.permissions.change(role, keys, false)),
  };

  async put(key: string, value: Bytes, options: PutOptions = {}) {
    return await this.#call('write', () => this.#one(op.put(key, value, options), key));
  }

  async delete(selector: Bytes | RangeSelector) {
    return await this.#call('write', () => this.#one(op.delete(selector)));
  }

  async get(key: string, options: GetOptions = {}) {
    if (options.consistency === 'stale') return await this.#call('read', () => this.#stale(key, options));
    return await this.#call('read', () => this.#one(op.get(key), key));
  }

  async range(selector: RangeSelector, options: RangeOptions = {}) {
    const { limit, sort } = options;
    const shown = { ...(limit === undefined ? {} : { limit }), ...(sort === undefined ? {} : { sort }) };
    return await this.#call('read', () => this.#one(op.range(selector, shown)));
  }

  async *scan(selector: RangeSelector) {
    yield* (await this.range(selector)).kvs;
  }

  async leader(name: string) {
    const { kvs, header } = await this.range({ prefix: `${name}/` }, { limit: 1, sort: { by: 'create' } });
    return { kv: kvs[0], header };
  }

  async txn(transaction: Txn<readonly Op<unknown>[], readonly Op<unknown>[]>) {
    return await this.#call(transaction.writes ? 'write' : 'read', () => this.#transact(transaction));
  }

  async compact(revision: number) {
    return await this.#call('write', () => {
      const { store } = this.#parts;
      if (revision <= store.compacted) throw refusal('compacted', 'compacted already');
      store.compacted = revision;
      return { header: toHeader(store.header()) };
    });
  }

  async leaseGrant(ttlSeconds: number) {
    return await this.#call('write', () => ({ id: this.#parts.store.grant(ttlSeconds), ttlSeconds }));
  }

  async leaseKeepAliveOnce(id: bigint) {
    return await this.#call('read', () => ({ id, ttlSeconds: this.#parts.store.renew(id) }));
  }

  async leaseRevoke(id: bigint) {
    return await this.#call('write', () => {
      this.#parts.store.revoke(id);
      return { header: toHeader(this.#parts.store.header()) };
    });
  }

  async lock(name: string, options: { readonly ttlSeconds: number; readonly timeoutMs: number }) {
    const turn = await takeFakeTurn(this.#parts, name, { ...options, value: '' });
    return { ...turn, release: () => this.#revokeTurn(turn) };
  }

  async campaign(name: string, value: string, options: { readonly ttlSeconds: number; readonly timeoutMs: number }) {
    const turn = await takeFakeTurn(this.#parts, name, { ...options, value });
    const proclaim = (next: string) =>
      this.#call('write', () => {
        if (!turn.isHeld()) throw refusal('lease-lost', 'election: not leader');
        return this.#one(op.put(turn.key, next));
      });
    return { ...turn, proclaim, resign: () => this.#revokeTurn(turn) };
  }

  observe(name: string, options: { readonly signal: AbortSignal }) {
    return observeFake(this.#parts, name, options.signal);
  }

  watch(options: { readonly prefix: string; readonly startRevision: number }): FakeWatch {
    return new FakeWatch(this.#parts, options);
  }

  /** The real cache, on the store in memory. */
  cache(options: CacheOptions): Cache {
    const { store, clock, random } = this.#parts;
    const source = new FakeCacheSource({
      store,
      clock,
      lagMs: () => LAG_MS_MAX / 8,
      call: (apply) => this.#call('read', apply),
    });
    const disturb = async (): Promise<void> => {
      while (!source.isOver) {
        await clock.sleep(200 + 800 * random.next());
        source.isInterrupted = random.next() < 2 * this.#parts.faults;
      }
    };
    void disturb();
    return new Cache(source, 'default', options);
  }

  async *snapshot() {
    await this.#parts.clock.sleep(20);
    yield Buffer.from(String(this.#parts.store.revision));
  }

  async #revokeTurn(turn: { readonly lease: { readonly id: bigint } }): Promise<void> {
    await this.#call('write', () => {
      if (this.#parts.store.leases.has(turn.lease.id)) this.#parts.store.revoke(turn.lease.id);
    });
  }

  #one<Result>(operation: Op<Result>, key?: string) {
    const { permissions, user } = this.#parts;
    if (user !== undefined && key !== undefined) permissions.check(user, key);
    const { results, header } = this.#transact(txn().do(operation));
    return { ...(results[0] as Result), header };
  }

  #transact(transaction: Txn<readonly Op<unknown>[], readonly Op<unknown>[]>) {
    const { store } = this.#parts;
    const answer = transaction.toBody(store.transact(transaction.request));
    return { ...answer, header: toHeader(store.header()) };
  }

  #stale(key: string, { atLeastRevision = 0, maxStalenessMs = LAG_MS_MAX }: GetOptions) {
    const { store, clock, random } = this.#parts;
    const lagMs = randomInteger(random, 0, LAG_MS_MAX);
    if (lagMs > maxStalenessMs) throw refusal('unavailable', 'the state is too old');
    const then = store.at(Math.max(store.revisionAt(clock.nowMs - lagMs), atLeastRevision));
    const result = op.get(key).toResult(then.apply([op.get(key).request])[0] ?? {});
    const header = toHeader({ ...then.header(), appliedIndex: 1, knownLeader: true, stalenessMs: lagMs + 1 });
    return { ...result, header };
  }

  /** One exchange with the cluster: it takes time, and may fail before or after it took effect. */
  async #call<Result>(kind: 'read' | 'write', apply: () => Result): Promise<Result> {
    const { clock, random, faults } = this.#parts;
    await clock.sleep(1 + 4 * random.next());
    const dice = random.next() / faults;
    if (dice < 0.25) throw refusal('unavailable', 'etcdserver: no leader');
    const fate = kind === 'read' ? 'not-applied' : 'unknown';
    if (dice < 1) {
      if (dice < 0.5) apply();
      if (dice >= 0.5 && dice < 0.75) void clock.sleep(LATE_MS_MAX * random.next()).then(() => attempt(apply));
      await clock.sleep(TIMEOUT_MS);
      throw new RaftKvError({ code: 'deadline-exceeded', message: 'no answer', fate, retryable: true });
    }
    const result = apply();
    await clock.sleep(1 + 4 * random.next());
    return result;
  }
}

/** A call whose outcome is not reported. */
function attempt(apply: () => unknown): void {
  try {
    apply();
  } catch (error) {
    if (!(error instanceof RaftKvError)) throw error;
  }
}
