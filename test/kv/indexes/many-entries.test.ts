import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { INDEXES_PER_KEY_MAX, VALUES_PER_KEY_MAX } from '../../../src/kv/indexes/bounds.js';
import { expectShortTurns } from '../../support/time-limits.js';
import { encode, Fixture, levelHome } from '../support/fixture.js';
import { createReady, definition, entryRows } from './index-writes.js';
import type { Command } from './steps.js';

type Op = etcdserverpb.RequestOp.$Properties;

/** A store on a disk, whose commands pause as those of a member. */
const open = async (): Promise<Fixture> => Fixture.open(await levelHome(), { pause: () => nextTurn() });

/** A document of 64 numbers from one on. */
const numbers = (from: number): string =>
  JSON.stringify(Array.from({ length: VALUES_PER_KEY_MAX }, (_, at) => from + at));
const keyOf = (at: number, bytes: number): Buffer => Buffer.from(`u/${String(at).padEnd(bytes - 2, 'k')}`);
const puts = (keys: number, from: number, bytes = 8): Op[] =>
  Array.from({ length: keys }, (_, at) => ({
    requestPut: { key: keyOf(at, bytes), value: Buffer.from(numbers(from)) },
  }));
const txn = (success: readonly Op[]): Command => [
  'txn',
  etcdserverpb.TxnRequest.encode({ success: [...success] }).finish(),
];

// A transaction of 128 puts of 200 bytes each, to keys of eight indexes of arrays, held the event loop of all members for 1 s: each
// put changed 1,024 entries, which counted as the work of eight, and each value before was compared with each value after. One of
// 1,200 nested puts, in a request of 0.3 MB, took 20 s and 1.4 GB of memory; larger ones ended the process, again at each start.
describe('many entries of one command', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await open();
    for (let at = 0; at < INDEXES_PER_KEY_MAX; at++) {
      await createReady(fixture, definition(`i${at}`, '', { type: 1, multiple: true }));
    }
  });

  afterEach(() => fixture.remove());

  const run = async (command: Command): Promise<string> => {
    const [result] = await fixture.apply([command]);
    return result?.kind === 'error' ? result.error.kind : 'ok';
  };

  it('are changed in short turns', async () => {
    let from = 0;
    await expectShortTurns(async () => {
      from += VALUES_PER_KEY_MAX;
      expect(await run(txn(puts(56, from)))).to.equal('ok');
    });
    const counts = fixture.store.indexes().byName.get('i7')?.counts;
    expect(counts).to.deep.equal({ keys: 56, entries: 56 * VALUES_PER_KEY_MAX, leftOut: 0 });
  });

  it('are changed in short turns by puts of one batch', async () => {
    let from = 0;
    await expectShortTurns(async () => {
      from += VALUES_PER_KEY_MAX;
      await fixture.apply(Array.from({ length: 60 }, (_, at) => encode.put(keyOf(at, 8).toString(), numbers(from))));
    });
  });

  it('are refused in a transaction, without an effect', async () => {
    const { store } = fixture;
    const revision = store.revision();
    expect(await run(txn(puts(1_200, 0)))).to.equal('index-invalid');
    const nested = Array.from({ length: 12 }, (_, at) => ({
      requestTxn: { success: puts(1_200, 0).slice(at * 100, at * 100 + 100) },
    }));
    expect(await run(txn(nested))).to.equal('index-invalid');
    // Each entry holds the key in each of its rows.
    expect(await run(txn(puts(20, 0, 4_000)))).to.equal('index-invalid');
    expect([store.revision(), await entryRows(fixture)]).to.deep.equal([revision, 0]);
  });

  it('are refused where a transaction ends them', async () => {
    for (let from = 0; from < 200; from += 50) {
      expect(await run(txn(puts(200, 0).slice(from, from + 50)))).to.equal('ok');
    }
    const { store } = fixture;
    const revision = store.revision();
    const deletions = Array.from({ length: 200 }, (_, at) => ({ requestDeleteRange: { key: keyOf(at, 8) } }));
    expect(await run(txn(deletions))).to.equal('index-invalid');
    expect(store.revision()).to.equal(revision);
    await expectShortTurns(() => fixture.apply([txn(deletions.slice(0, 50)), encode.delete('u/', 'u0')]));
    expect(store.indexes().byName.get('i0')?.counts).to.deep.equal({ keys: 0, entries: 0, leftOut: 0 });
  });

  it('of a single put are never refused', async () => {
    expect(await run(txn(puts(1, 0, 4_096)))).to.equal('ok');
    expect(await run(txn(puts(1, 1_000, 4_096)))).to.equal('ok');
  });
});

// Each deletion of a transaction was compared with each of its puts, in one turn.
describe('a transaction of many puts and deletions', () => {
  it('is checked against a unique index in short turns', async () => {
    const fixture = await open();
    await createReady(fixture, definition('unique', '', { type: 1, unique: true }));
    const each = (op: (at: number) => Op): Op[] => Array.from({ length: 4_000 }, (_, at) => op(at));
    const ops = [
      ...each((at) => ({ requestPut: { key: Buffer.from(`u/${at}`), value: Buffer.from(String(at)) } })),
      ...each((at) => ({ requestDeleteRange: { key: Buffer.from(`v/${at}`) } })),
    ];
    await expectShortTurns(() => fixture.apply([txn(ops)]));
    expect(fixture.store.indexes().byName.get('unique')?.counts.entries).to.equal(4_000);
    await fixture.remove();
  }).timeout(60_000);
});

// The search for separators in a key of 4 KiB counted as little work as one in a short key.
describe('a segment of a long key', () => {
  it('is found in short turns', async () => {
    const fixture = await open();
    for (let at = 0; at < INDEXES_PER_KEY_MAX; at++) {
      const source = { keySegment: { prefix: Buffer.from('u/'), separator: Buffer.from('/'), position: 10_000 } };
      await createReady(fixture, definition(`s${at}`, '', { source }));
    }
    const key = (at: number): string => `u/${'/'.repeat(4_000)}${at}`;
    await expectShortTurns(() => fixture.apply(Array.from({ length: 400 }, (_, at) => encode.put(key(at % 200), 'v'))));
    expect(fixture.store.indexes().byName.get('s0')?.counts.leftOut).to.equal(200);
    await fixture.remove();
  });
});
