import { expect } from 'chai';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KvStore } from '../../../src/kv/store.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import type { SnapshotMetadata } from '../../../src/raft/types.js';
import { clampInteger } from '../../../src/util/integer.js';
import { randomInteger, seededRandom } from '../../../src/util/random.js';
import { shuffled } from '../../support/shuffled.js';
import { encode, Fixture } from '../support/fixture.js';
import { wholeBody } from '../../../src/kv/format/wire.js';

const SEED = Number(process.env['SEED'] ?? 11);
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** Receives another member's state, which can replace the store's own. */
async function receive(store: KvStore, from: KvStore): Promise<SnapshotMetadata> {
  const source = from.openSnapshot();
  const sink = store.receiveSnapshot();
  for await (const frame of source.frames()) await sink.take(Uint8Array.from(frame));
  source.close();
  return source.metadata;
}

async function takeOn(store: KvStore, from: KvStore): Promise<void> {
  await store.restore(await receive(store, from));
}

async function count(store: KvStore, [from, to]: readonly [string, string], revision = 0): Promise<number> {
  const result = await store.range({ key: bytes(from), rangeEnd: bytes(to), countOnly: true, revision });
  if (result.kind === 'error') throw new Error(result.error.kind);
  return clampInteger(etcdserverpb.RangeResponse.decode(wholeBody(result.body)).count);
}

describe('a store that installs the state of another member', () => {
  let ahead: Fixture;

  beforeEach(async () => {
    ahead = await Fixture.open();
    await ahead.apply(Array.from({ length: 700 }, (_, at) => encode.put('k', String(at))));
    await ahead.apply([encode.compact(650)]);
  });

  afterEach(() => ahead.remove());

  it('answers requests for its size meanwhile', async () => {
    // The replaced engine was closed while its size was being measured, which was treated as damage. So a member
    // stopped if it was asked for its status, its metrics, or whether a write fits while it installed a snapshot.
    const behind = await Fixture.open();
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const { engine } = behind;
    const measure = engine.sizeBytes.bind(engine);
    engine.sizeBytes = async () => {
      await held;
      return await measure();
    };
    const size = behind.store.sizeBytes();
    await takeOn(behind.store, ahead.store);
    free();
    expect(await size).to.be.greaterThan(0);
    await behind.remove();
  });

  it('completes a compaction that a call waits for', async () => {
    // A caller that waited for a physical compaction at a member installing a snapshot was told that the member had
    // stopped.
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    const behind = await Fixture.open(undefined, { pause: () => held });
    // In two batches, as the store would pause between them.
    for (const from of [0, 300])
      await behind.apply(Array.from({ length: 300 }, (_, at) => encode.put('k', String(from + at))));
    await behind.apply([encode.compact(600)]);
    const reclaimed = behind.store.whenReclaimed(600);
    const restored = behind.store.restore(await receive(behind.store, ahead.store));
    await nextTurn(); // it waits for the blocked slice
    free();
    await restored;
    expect(await reclaimed).to.equal(true);
    expect(behind.store.compactedRevision()).to.equal(650);
    await behind.remove();
  });

  it(`counts keys at each revision, before and while all keys are counted (SEED=${SEED})`, async () => {
    const random = seededRandom(SEED);
    const behind = await Fixture.open();
    const live = new Set(['k']);
    /** By revision; the first ones are compacted. */
    const states = new Map<number, readonly string[]>();
    const anyKey = (): string => `k${String(randomInteger(random, 0, 2000)).padStart(5, '0')}`;
    for (let round = 0; round < 12; round++) {
      for (let batch = 0; batch < 10; batch++) {
        const commands = Array.from({ length: 40 }, () => {
          const key = anyKey();
          if (round < 6 || randomInteger(random, 0, 3) === 0) {
            live.add(key);
            return encode.put(key);
          }
          const beginning = key.slice(0, 5);
          for (const known of live) if (known.startsWith(beginning)) live.delete(known);
          return encode.delete(beginning, `${beginning}~`);
        });
        await ahead.apply(commands);
        states.set(ahead.store.revision(), [...live]);
      }
      if (round % 4 === 3) await ahead.apply([encode.compact(ahead.store.revision() - 3)]);
      await takeOn(behind.store, ahead.store);
      if (round % 3 === 1) await behind.reopen();
      if (round % 3 === 2) await behind.store.whenCounted();
      const readable = [...states].filter(([revision]) => revision >= ahead.store.compactedRevision());
      for (const [revision, keys] of shuffled(readable, random).slice(0, 12)) {
        const range = [anyKey(), anyKey()].sort() as [string, string];
        const expected = keys.filter((key) => key >= range[0] && key < range[1]).length;
        expect(await count(behind.store, range, revision)).to.equal(expected);
        expect(await count(ahead.store, range, revision)).to.equal(expected);
      }
    }
    await behind.remove();
  });
});
