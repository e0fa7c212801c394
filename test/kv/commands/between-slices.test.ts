import { AsyncLocalStorage } from 'node:async_hooks';
import { expect } from 'chai';
import type { etcdserverpb } from '../../../src/gen/proto.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import type { KvStore } from '../../../src/kv/store.js';
import { defined } from '../../../src/util/assert.js';
import { randomInteger, seededRandom, type Random } from '../../../src/util/random.js';
import { decodeAnswer } from '../support/answers.js';
import { encode, Fixture, levelHome, memoryHome, type Home } from '../support/fixture.js';
import { expectOrderAndWholeness, Watching } from '../support/watching.js';

const SEED = Number(process.env['SEED'] ?? 5);
const KEYS = 3000;
const LEASE = 77n;
const [FROM, TO] = ['k/', 'k0'];
const key = (at: number): string => `${FROM}${String(at).padStart(6, '0')}`;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ALL = { key: bytes('\0'), rangeEnd: bytes('\0') };

type Command = readonly [Parameters<Fixture['command']>[0], Uint8Array];
const deleteOp = (from: string, to: string): etcdserverpb.RequestOp.$Properties => ({
  requestDeleteRange: { key: bytes(from), rangeEnd: bytes(to), prevKv: true },
});
const putOp = (name: string): etcdserverpb.RequestOp.$Properties => ({
  requestPut: { key: bytes(name), value: bytes('new'), lease: wireLeaseId(LEASE) },
});

/** Commands that take many slices, each alone in its batch or with small ones before it. */
const COMMANDS: readonly (readonly [string, readonly Command[]])[] = [
  ['the revocation of a lease', [encode.put('b'), encode.leaseRevoke(LEASE)]],
  ['a range deletion', [encode.put('a', 'x'), encode.put(key(1), 'changed'), encode.delete(FROM, TO)]],
  [
    'a transaction that deletes, puts and reads',
    [
      encode.put('a'),
      encode.txn({
        success: [
          deleteOp(key(0), key(1500)),
          ...Array.from({ length: 60 }, (_, at) => putOp(`n/${at}`)),
          { requestRange: { key: bytes(FROM), rangeEnd: bytes(TO), limit: 10 } },
          {
            requestTxn: {
              compare: [{ key: bytes('a'), result: 1 }],
              success: [deleteOp(key(1500), TO)],
              failure: [putOp('m')],
            },
          },
        ],
      }),
    ],
  ],
];

/** All that a reader can learn about a state. */
async function stateOf(store: KvStore): Promise<unknown> {
  const { revision, members, alarms } = {
    revision: store.revision(),
    members: store.members(),
    alarms: store.alarms(),
  };
  const [rows, hash, leased] = await Promise.all([store.range(ALL), store.hashKv(0), store.keysOfLease(LEASE)]);
  if (rows.kind === 'error' || hash.kind === 'error') throw new Error('a read failed');
  const answer = decodeAnswer.range(wholeBody(rows.body)) as { readonly kvs?: readonly unknown[] };
  const single = store.range({ key: bytes(key(7)) });
  if (single instanceof Promise || single.kind === 'error') throw new Error('a read of one key waits');
  return {
    revision,
    answered: [rows.revision, hash.revision, leased.revision, single.revision],
    kvs: answer.kvs?.length ?? 0,
    hash: hash.hash,
    single: Buffer.from(wholeBody(single.body)).toString('base64'),
    leased: leased.keys?.length,
    lease: store.leases.get(LEASE)?.grantedIndex,
    keyCount: store.keyCount(),
    applied: store.appliedIndex(),
    alarms,
    members: members.length,
  };
}

async function restoredFrom(store: KvStore): Promise<Fixture> {
  const source = store.openSnapshot();
  const other = await Fixture.open();
  const sink = other.store.receiveSnapshot();
  for await (const frame of source.frames()) await sink.take(Uint8Array.from(frame));
  source.close();
  await other.store.restore(source.metadata);
  return other;
}

async function load(fixture: Fixture): Promise<void> {
  await fixture.apply([encode.leaseGrant(LEASE, 1000)]);
  for (let at = 0; at < KEYS; at += 500) {
    await fixture.apply(
      Array.from({ length: 500 }, (_, each) => encode.put(key(at + each), 'value', { lease: wireLeaseId(LEASE) })),
    );
  }
  const { store } = fixture;
  await fixture.apply([encode.compact(store.revision() - 100)]);
  await store.whenSwept(store.compactedRevision());
  await store.whenCounted();
}

describe('KvStore, between two slices of a command', () => {
  const homes: readonly (readonly [string, () => Promise<Home>])[] = [
    ['in memory', () => Promise.resolve(memoryHome())],
    ['in LevelDB', levelHome],
  ];
  for (const [where, home] of homes) {
    for (const [name, commands] of COMMANDS) {
      it(`shows the state before ${name} in all reads, snapshots and watches (${where})`, async function () {
        this.timeout(300_000);
        const run = new Run(
          await Fixture.open(await home(), { pause: () => run.pause(), readPause: turn }),
          seededRandom(SEED),
        );
        await run.check(commands);
      });
    }
  }
});

/** Applies commands, and looks at the store between their slices. */
class Run {
  readonly #fixture: Fixture;
  readonly #random: Random;
  readonly #watches: Watching[] = [];
  readonly #background: Promise<unknown>[] = [];
  readonly #inLook = new AsyncLocalStorage<boolean>();
  #looking: Promise<void> | undefined;
  #before: unknown;
  #looks = 0;

  constructor(fixture: Fixture, random: Random) {
    this.#fixture = fixture;
    this.#random = random;
  }

  get #store(): KvStore {
    return this.#fixture.store;
  }

  /** Holds the command up while a look is taken. What a look itself calls is not held up. */
  async pause(): Promise<void> {
    await turn();
    if (this.#inLook.getStore() === true) return;
    if (this.#before === undefined || this.#store.revision() !== this.#revisionBefore) return;
    this.#looking ??= this.#inLook.run(true, async () => {
      await this.#look();
      this.#looking = undefined;
    });
    await this.#looking;
  }

  get #revisionBefore(): number {
    return (this.#before as { readonly revision: number }).revision;
  }

  async check(commands: readonly Command[]): Promise<void> {
    const [fixture, undisturbed] = [this.#fixture, await Fixture.open()];
    for (const each of [fixture, undisturbed]) await load(each);
    const { store } = fixture;
    this.#watch(0);
    this.#before = await stateOf(store);
    const watched = store.revision() + 1;
    const answers = await fixture.apply(commands);
    this.#before = undefined;
    expect(answers).to.deep.equal(await undisturbed.apply(commands));
    expect(this.#looks, 'looks between slices').to.be.at.least(4);
    await Promise.all(this.#background);
    const after = await stateOf(undisturbed.store);
    expect(await stateOf(store)).to.deep.equal(after);
    await this.#expectEvents(watched);
    await undisturbed.remove();
    await fixture.remove();
  }

  async #look(): Promise<void> {
    this.#looks += 1;
    expect(await stateOf(this.#store), `look ${this.#looks}, seed ${SEED}`).to.deep.equal(this.#before);
    const store = this.#store;
    const actions: readonly (() => Promise<void> | void)[] = [
      () => this.#watch(0),
      () => this.#watch(store.compactedRevision() + 50),
      () => this.#watch(store.revision() + 1),
      () => this.#watches.splice(1, 1).forEach((watching) => watching.cancel()),
      () => void this.#background.push(store.defragment()),
      () => void this.#background.push(store.whenReclaimed(store.compactedRevision())),
      async () => {
        await store.barrier();
      },
      async () => {
        const other = await restoredFrom(store);
        const { hash } = this.#before as { readonly hash: number };
        const restored = await other.store.hashKv(0);
        expect(restored).to.deep.include({ kind: 'ok', hash, revision: this.#revisionBefore });
        await other.remove();
      },
    ];
    for (let count = 0; count < 2; count++) {
      await defined(actions[randomInteger(this.#random, 0, actions.length)], 'an action')();
    }
  }

  #watch(startRevision: number): void {
    this.#watches.push(new Watching(this.#store.watches, { key: '\0', rangeEnd: '\0', startRevision, prevKv: true }));
  }

  /** Every watch has every event of the commands once, in whole revisions. */
  async #expectEvents(watched: number): Promise<void> {
    const { watches } = this.#store;
    for (let turns = 0; watches.counts.live < watches.counts.watchers; turns++) {
      expect(turns, 'turns until all watches have caught up').to.be.below(10_000);
      await turn();
    }
    const all = this.#watches.map((watching) => {
      expectOrderAndWholeness(watching);
      return watching.events.filter(({ revision }) => revision >= watched);
    });
    const first = defined(all[0], 'a watch');
    expect(first.length, 'events').to.be.at.least(KEYS);
    expect(new Set(first.map(({ revision, key: of }) => `${revision} ${of}`)).size).to.equal(first.length);
    for (const events of all) expect(events).to.deep.equal(first);
  }
}
