import { expect } from 'chai';
import { etcdserverpb, type mvccpb } from '../../../src/gen/proto.js';
import { WatchHub } from '../../../src/kv/watch/hub.js';
import { DEFAULT_WATCH_LIMITS } from '../../../src/kv/watch/limits.js';
import type { CallContext } from '../../../src/rpc/service.js';
import { KeyChanges } from '../../../src/server/lock/key-changes.js';
import { Queues, type Place } from '../../../src/server/lock/queue.js';
import { CallFailure, type Found } from '../../../src/server/lock/store-calls.js';
import { OWN_CALL } from '../../../src/server/requests/own-call.js';
import { Errors } from '../../../src/server/requests/errors.js';
import { VirtualTime } from '../../support/virtual-time.js';

const { TxnResponse } = etcdserverpb;

/** A caller that can cancel. */
class Caller implements CallContext {
  readonly certificate = undefined;
  cancelled = false;
  readonly remainingMs = OWN_CALL.remainingMs;
  readonly #metadata: string | undefined;
  readonly #callbacks: (() => void)[] = [];

  constructor(hasLeader?: string) {
    this.#metadata = hasLeader;
  }

  metadata(name: string): string | undefined {
    return name === 'hasleader' ? this.#metadata : undefined;
  }

  onCancel(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  go(): void {
    this.cancelled = true;
    for (const callback of this.#callbacks) callback();
  }
}

/** Keys by their create revisions, and transactions that put and delete a key if it has a create revision. */
class Store {
  readonly keys = new Map<string, number>();
  revision = 1;
  leaderIsLost = false;
  /** Awaited after the next transaction is applied, before its answer. */
  answerDelay: Promise<void> | undefined;
  freshness: () => Promise<void> = () => Promise.resolve();
  readonly #hub: WatchHub;

  constructor(hub: WatchHub) {
    this.#hub = hub;
  }

  async txn(call: CallContext, request: etcdserverpb.TxnRequest.$Properties) {
    const [compare] = request.compare ?? [];
    const name = String(compare?.key);
    const succeeded = (this.keys.get(name) ?? 0) === compare?.createRevision;
    if (succeeded) {
      this.revision++;
      if (request.success?.[0]?.requestPut) this.keys.set(name, this.revision);
      else this.keys.delete(name);
      this.#tell(name);
    }
    const createRevision = this.keys.get(name) ?? 0;
    const { revision } = this;
    const delay = this.answerDelay;
    this.answerDelay = undefined;
    await delay;
    if (call.cancelled) throw new CallFailure(Errors.timeout);
    const kvs = [{ key: Buffer.from(name), createRevision }];
    return { response: new TxnResponse({ succeeded, responses: [{ responseRange: { kvs } }] }), revision };
  }

  async range(_call: CallContext, { maxCreateRevision }: etcdserverpb.RangeRequest.$Properties): Promise<Found> {
    const limit = Number(maxCreateRevision);
    const older = [...this.keys].filter(([, created]) => created <= limit).sort(([, a], [, b]) => b - a);
    const kvs: mvccpb.KeyValue.$Properties[] = older.map(([key, createRevision]) => ({
      key: Buffer.from(key),
      createRevision,
    }));
    return { kvs, revision: this.revision };
  }

  userOf(): undefined {}

  fresh(): Promise<void> {
    return this.freshness();
  }

  has(key: Uint8Array, createRevision: number): boolean {
    return this.keys.get(String(key)) === createRevision;
  }

  delete(name: string): void {
    this.revision++;
    this.keys.delete(name);
    this.#tell(name);
  }

  #tell(name: string): void {
    const change = { revision: this.revision, sub: 0, kind: 'delete', key: Buffer.from(name) } as const;
    this.#hub.published({
      revision: this.revision,
      changes: [{ ...change, keyValue: undefined, previous: undefined }],
    });
  }
}

describe('a queue of keys', () => {
  let time: VirtualTime;
  let store: Store;
  let queues: Queues;

  beforeEach(() => {
    const hub = new WatchHub({
      revision: 1,
      compactedRevision: () => -1,
      acquire: () => expect.fail('all that is written comes while it is watched'),
      onFatal: (error) => expect.fail(String(error)),
      pause: () => Promise.resolve(),
      limits: DEFAULT_WATCH_LIMITS,
    });
    time = new VirtualTime();
    store = new Store(hub);
    queues = new Queues({ calls: store, changes: new KeyChanges(hub), clock: time.clock() });
  });

  const join = (caller: CallContext, lease: bigint): Promise<Place> =>
    queues.join(caller, { name: Buffer.from('q'), lease, value: Buffer.alloc(0) });

  async function failureOf(promise: Promise<unknown>): Promise<string> {
    try {
      await promise;
      return 'none';
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      return error.message;
    }
  }

  it('gives turns in the order of creation, and waits for the key right before', async () => {
    const first = await join(new Caller(), 1n);
    const second = await join(new Caller(), 2n);
    const third = await join(new Caller(), 3n);
    expect(await queues.turn(new Caller(), first)).to.equal(false);
    const turns: string[] = [];
    const waits = [second, third].map(async (place) => {
      await queues.turn(new Caller(), place);
      turns.push(String(place.key));
    });
    store.delete('q/1');
    await waits[0];
    expect(turns).to.deep.equal(['q/2']);
    store.delete('q/2');
    await waits[1];
    expect(turns).to.deep.equal(['q/2', 'q/3']);
  });

  // A caller that cancelled while its key was in the log left the key there until its lease expired, and all callers
  // behind it waited that long.
  it('leaves no key of a call that was cancelled before its place was known', async () => {
    const caller = new Caller();
    let answered = (): void => undefined;
    store.answerDelay = new Promise((resolve) => (answered = resolve));
    const joined = join(caller, 1n);
    caller.go();
    answered();
    expect(await failureOf(joined.then((place) => queues.turn(caller, place)))).to.equal('the call was cancelled');
    expect([...store.keys]).to.deep.equal([]);
  });

  it('proposes nothing for a call that was cancelled already', async () => {
    const caller = new Caller();
    caller.go();
    expect(await failureOf(join(caller, 1n))).to.equal('the call was cancelled');
    expect(store.revision).to.equal(1);
  });

  // The call failed although its key was first: the lock was held without an owner that knew of it.
  it('gives up a place if its call fails at the very end', async () => {
    await join(new Caller(), 1n);
    const place = await join(new Caller(), 2n);
    store.freshness = () => Promise.reject(new CallFailure(Errors.timeout));
    const turn = queues.turn(new Caller(), place);
    store.delete('q/1');
    expect(await failureOf(turn)).to.equal(Errors.timeout.message);
    expect([...store.keys]).to.deep.equal([]);
  });

  it('removes the key of a call that is cancelled when it becomes first', async () => {
    await join(new Caller(), 1n);
    const caller = new Caller();
    const place = await join(caller, 2n);
    store.freshness = () => Promise.resolve(caller.go());
    const turn = queues.turn(caller, place);
    store.delete('q/1');
    expect(await failureOf(turn)).to.equal('the call was cancelled');
    expect([...store.keys]).to.deep.equal([]);
  });

  it('keeps a place that existed before the call', async () => {
    await join(new Caller(), 1n);
    await join(new Caller(), 2n);
    const caller = new Caller();
    const again = await join(caller, 2n);
    const turn = queues.turn(caller, again);
    caller.go();
    expect(await failureOf(turn)).to.equal('the call was cancelled');
    expect([...store.keys.keys()]).to.deep.equal(['q/1', 'q/2']);
  });

  // A member in a minority receives no changes: its callers waited forever.
  it('ends calls that require a leader, and no others, if there is none', async () => {
    await join(new Caller(), 1n);
    const wants = new Caller('true');
    const ends = failureOf(queues.turn(wants, await join(wants, 2n)));
    const patient = new Caller();
    const waits = failureOf(queues.turn(patient, await join(patient, 3n)));
    await time.advance(5_000);
    store.leaderIsLost = true;
    await time.advance(1_000);
    expect(await ends).to.equal(Errors.noLeader.message);
    store.leaderIsLost = false;
    store.delete('q/1');
    expect(await waits).to.equal('none');
  });
});
