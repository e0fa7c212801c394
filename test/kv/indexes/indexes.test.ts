import { expect } from 'chai';
import { etcdserverpb, raftkvpb } from '../../../src/gen/proto.js';
import { Table, tableRange } from '../../../src/kv/format/layout.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import { valueOf } from '../../../src/kv/indexes/index-value.js';
import type { KvStore } from '../../../src/kv/store.js';
import type { Engine } from '../../../src/ports/engine.js';
import { clampInteger } from '../../../src/util/integer.js';
import { randomInteger, seededRandom, type Random } from '../../../src/util/random.js';
import { encode, Fixture, levelHome, memoryHome, type Home } from '../support/fixture.js';
import { IndexModel, type ModelEntry } from './model.js';
import {
  buildCommand,
  commandOf,
  createCommand,
  dropCommand,
  INDEXES,
  randomOperations,
  type Command,
} from './steps.js';

const SEED = Number(process.env['SEED'] ?? 15);
const { ASCENDING, DESCENDING } = raftkvpb.IndexQueryRequest.Order;
const text = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('latin1');

/** All pages of a query. */
async function query(
  store: KvStore,
  request: raftkvpb.IndexQueryRequest.$Properties,
): Promise<readonly ModelEntry[] | string> {
  const found: ModelEntry[] = [];
  let pageToken: Uint8Array = new Uint8Array(0);
  do {
    const result = await store.queryIndex({ ...request, pageToken });
    if (result.kind === 'error') return result.error.kind;
    const page = raftkvpb.IndexQueryResponse.decode(wholeBody(result.body));
    for (const { key, value, kv } of page.entries) {
      expect(text(kv?.key)).to.equal(text(key));
      found.push({ value: valueOf(value) as string, key: text(key), stored: text(kv?.value) });
    }
    pageToken = page.nextPageToken;
  } while (pageToken.length > 0);
  return found;
}

async function expectAsModel(store: KvStore, model: IndexModel, random: Random): Promise<void> {
  expect(store.revision()).to.equal(model.revision);
  expect([...store.indexes().byName.keys()].sort()).to.deep.equal([...model.indexes.keys()].sort());
  for (const [name, built] of model.indexes) {
    const index = store.indexes().byName.get(name);
    expect(index?.state.kind, name).to.equal(built.state);
    expect(index?.counts, name).to.deep.equal(model.counts(name));
    if (built.state !== 'ready') {
      expect(await query(store, { index: name })).to.equal('index-not-ready');
      continue;
    }
    const oldest = Math.max(built.readyRevision, model.compacted);
    const revisions = [model.revision, randomInteger(random, oldest, model.revision + 1)];
    for (const revision of revisions) {
      const wanted = model.entries(name, revision);
      const limit = randomInteger(random, 1, 5);
      const order = randomInteger(random, 0, 2) === 0 ? ASCENDING : DESCENDING;
      const found = await query(store, { index: name, revision, limit, order });
      expect(found, `${name} at ${revision}`).to.deep.equal(order === ASCENDING ? wanted : wanted.toReversed());
    }
  }
}

/** The rows of indexes. */
async function rowsOf(engine: Engine): Promise<readonly string[]> {
  const rows: string[] = [];
  for (const table of [Table.indexes, Table.entries, Table.endedEntries, Table.entryEnds]) {
    const cursor = engine.cursor(tableRange(table));
    for (let page = await cursor.next(500); page.length > 0; page = await cursor.next(500)) {
      for (const { key, value } of page) rows.push(`${text(key)} ${text(value)}`);
    }
    await cursor.close();
  }
  return rows;
}

async function settle({ store }: Fixture): Promise<void> {
  await store.whenSwept(store.compactedRevision());
  await store.whenIndexesRemoved();
}

interface Run {
  readonly fixture: Fixture;
  readonly model: IndexModel;
  readonly random: Random;
  /** Applied, in order. */
  readonly commands: Command[];
}

/** Writes, some of them in one batch. */
async function writeSome({ fixture, model, random, commands }: Run): Promise<void> {
  const batch: Command[] = [];
  const wanted: (string | undefined)[] = [];
  for (let left = randomInteger(random, 1, 6); left > 0; left--) {
    const operations = randomOperations(random);
    batch.push(commandOf(random, operations));
    wanted.push(model.write(operations));
  }
  commands.push(...batch);
  const results = await fixture.apply(batch);
  for (const [at, result] of results.entries()) {
    const name = wanted[at];
    if (name === undefined) expect(result.kind).to.equal('ok');
    else if (result.kind === 'error')
      expect(result.error.detail).to.match(new RegExp(`^index ${name}: another key has`));
    else expect.fail(`index ${name} did not refuse a duplicate`);
  }
}

async function change(run: Run): Promise<void> {
  const { fixture, model, random, commands } = run;
  const apply = async (command: Command): Promise<void> => {
    commands.push(command);
    await fixture.apply([command]);
  };
  const index = INDEXES[randomInteger(random, 0, INDEXES.length)] as (typeof INDEXES)[number];
  const name = index.definition.name ?? '';
  switch (randomInteger(random, 0, 10)) {
    case 0:
      if (randomInteger(random, 0, 3) > 0) return;
      if (model.indexes.has(name)) await apply(dropCommand(name));
      model.drop(name);
      return;
    case 1:
    case 2:
      if (model.indexes.has(name)) return;
      model.create(index);
      return apply(createCommand(index));
    case 3:
    case 4:
    case 5: {
      const keys = randomInteger(random, 1, 8);
      const command = buildCommand(fixture.store, name, keys);
      model.build(name, keys);
      return apply(command);
    }
    case 6:
      if (model.revision === model.compacted || model.revision < 3) return;
      model.compacted = randomInteger(random, Math.max(1, model.compacted + 1), model.revision + 1);
      return apply(encode.compact(model.compacted));
    case 7:
      return fixture.reopen();
    default:
      return writeSome(run);
  }
}

async function run(seed: number, steps: number, home: Home, largeBatchChanges?: number): Promise<Run> {
  const fixture = await Fixture.open(home, largeBatchChanges === undefined ? {} : { largeBatchChanges });
  const random = seededRandom(seed);
  const made: Run = { fixture, model: new IndexModel(), random, commands: [] };
  for (let step = 0; step < steps; step++) {
    await change(made);
    await expectAsModel(fixture.store, made.model, random);
  }
  return made;
}

describe(`indexes of a store against a model (SEED=${SEED})`, () => {
  for (const largeBatchChanges of [undefined, 0, 2]) {
    it(`hold what the model has, large batches from ${largeBatchChanges ?? 'many'} changes on`, async () => {
      for (let seed = SEED; seed < SEED + 12; seed++) {
        const { fixture } = await run(seed, 60, memoryHome(), largeBatchChanges);
        await fixture.remove();
      }
    }).timeout(300_000);
  }

  it('hold what the model has on LevelDB', async () => {
    const { fixture } = await run(SEED, 60, await levelHome());
    await fixture.remove();
  }).timeout(300_000);

  it('have the same rows in batches of any size, and in the state that a snapshot carries', async () => {
    for (let seed = SEED; seed < SEED + 8; seed++) {
      const left = await run(seed, 60, memoryHome());
      const { fixture, commands, random, model } = left;
      const right = await Fixture.open(memoryHome(), { largeBatchChanges: seed % 4 });
      for (let at = 0; at < commands.length;) {
        const size = randomInteger(random, 1, 20);
        await right.apply(commands.slice(at, at + size));
        at += size;
      }
      const third = await Fixture.open();
      await third.apply([encode.put('x', 'replaced')]);
      for (const each of [fixture, right]) await settle(each);
      const source = fixture.store.openSnapshot();
      const sink = third.store.receiveSnapshot();
      for await (const frame of source.frames()) await sink.take(Uint8Array.from(frame));
      source.close();
      await third.store.restore(source.metadata);
      await settle(third);
      const rows = await rowsOf(fixture.engine);
      expect(await rowsOf(right.engine)).to.deep.equal(rows);
      expect(await rowsOf(third.engine)).to.deep.equal(rows);
      await expectAsModel(third.store, model, random);
      await third.reopen();
      await expectAsModel(third.store, model, random);
      for (const each of [fixture, right, third]) await each.remove();
    }
  }).timeout(300_000);

  it('leave no row behind once all is dropped and compacted', async () => {
    const { fixture, model } = await run(SEED, 80, memoryHome());
    for (const name of model.indexes.keys()) await fixture.apply([dropCommand(name)]);
    await fixture.apply([encode.put('end', ''), encode.put('end', '')]);
    await fixture.apply([encode.compact(fixture.store.revision())]);
    await settle(fixture);
    // The highest id stays.
    expect(await rowsOf(fixture.engine)).to.have.length(1);
    await fixture.remove();
  }).timeout(60_000);
});

describe('a comparison with an index', () => {
  const email = INDEXES[0] as (typeof INDEXES)[number];
  const bytes = (value: string): Buffer => Buffer.from(value);
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await Fixture.open();
    await fixture.apply([encode.put('u/1', '{"email":"a@x"}'), createCommand(email)]);
  });

  afterEach(() => fixture.remove());

  const compare = async (indexCompare: raftkvpb.IndexCompare.$Properties): Promise<boolean | string> => {
    const [result] = await fixture.apply([encode.txn({ indexCompare: [indexCompare], success: [], failure: [] })]);
    const read = await fixture.store.readTxn({ indexCompare: [indexCompare] });
    if (result?.kind !== 'ok') {
      expect(read).to.deep.include({ kind: 'error', error: result?.error });
      return String(result?.error.kind);
    }
    const { succeeded } = etcdserverpb.TxnResponse.decode(wholeBody(result.body));
    expect(read.kind === 'ok' && etcdserverpb.TxnResponse.decode(wholeBody(read.body)).succeeded).to.equal(succeeded);
    return succeeded;
  };

  it('holds for an entry that exists, of one key or of any', async () => {
    expect(await compare({ index: 'email', value: { stringValue: 'a@x' } })).to.equal('index-not-ready');
    await fixture.apply([buildCommand(fixture.store, 'email', 0)]);
    expect(await compare({ index: 'email', value: { stringValue: 'a@x' } })).to.equal(true);
    expect(await compare({ index: 'email', value: { stringValue: 'a@x' }, key: bytes('u/1') })).to.equal(true);
    expect(await compare({ index: 'email', value: { stringValue: 'a@x' }, key: bytes('u/') })).to.equal(false);
    expect(await compare({ index: 'email', value: { stringValue: 'a@' } })).to.equal(false);
    expect(await compare({ index: 'email', value: { stringValue: 'a@' }, absent: true })).to.equal(true);
    expect(await compare({ index: 'email', value: { numberValue: 1 } })).to.equal('index-invalid');
    expect(await compare({ index: 'other', value: { stringValue: 'a@x' } })).to.equal('index-not-found');
  });

  it('sees the commands before it in its batch, and counts as a comparison', async () => {
    await fixture.apply([buildCommand(fixture.store, 'email', 0)]);
    const value = { stringValue: 'b@x' };
    const claim = (key: string): Command =>
      encode.txn({
        indexCompare: [{ index: 'email', value, absent: true }],
        success: [{ requestPut: { key: bytes(key), value: bytes('{"email":"b@x"}') } }],
      });
    const results = await fixture.apply([claim('u/2'), claim('u/3')]);
    const succeeded = results.map((result) =>
      result.kind === 'ok' ? etcdserverpb.TxnResponse.decode(wholeBody(result.body)).succeeded : result.error.kind,
    );
    expect(succeeded).to.deep.equal([true, false]);
    const many = Array.from({ length: 129 }, () => ({ index: 'email', value }));
    expect(await fixture.store.readTxn({ indexCompare: many })).to.deep.include({ error: { kind: 'too-many-ops' } });
    expect(clampInteger(fixture.store.revision())).to.equal(3);
  });
});
