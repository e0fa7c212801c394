import { expect } from 'chai';
import { MemoryHome } from '../../../src/engine/memory/memory-home.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { KvStore, type ReadResult } from '../../../src/kv/store.js';
import { currentKey, memberKey } from '../../../src/kv/format/layout.js';
import { confStateRow } from '../../../src/kv/membership/members.js';
import { EMPTY_META, metaRow, readMeta, sweptRow } from '../../../src/kv/format/meta.js';
import { SnapshotReader } from '../../../src/kv/snapshot/reader.js';
import { FRAME_ROWS_BYTES, StateSnapshot } from '../../../src/kv/snapshot/source.js';
import type { EngineOperation } from '../../../src/ports/engine.js';
import { SnapshotDamageError, type SnapshotPosition, type SnapshotSource } from '../../../src/ports/snapshot.js';
import { silentLogger } from '../../../src/util/logger.js';
import { CLUSTER_ID, CONF_STATE, encode, Fixture, levelHome, MEMBERS } from '../support/fixture.js';
import { wholeBody } from '../../../src/kv/format/wire.js';

async function framesOf(source: SnapshotSource, from?: SnapshotPosition): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const frame of source.frames(from)) frames.push(Uint8Array.from(frame));
  return frames;
}

async function emptyStore(options: { clusterId?: number } = {}): Promise<{ store: KvStore; home: MemoryHome }> {
  const home = new MemoryHome();
  const bootstrap = { members: [], confState: { ...CONF_STATE, voters: [] } };
  const store = await KvStore.open({ home, clusterId: CLUSTER_ID, logger: silentLogger, bootstrap, ...options });
  return { store, home };
}

/** A store with old versions, deleted keys and a compaction. */
async function fill(fixture: Fixture, keys: number): Promise<void> {
  const value = 'v'.repeat(1000);
  for (let at = 0; at < keys; at += 100) {
    await fixture.apply(Array.from({ length: Math.min(100, keys - at) }, (_, i) => encode.put(`key ${at + i}`, value)));
  }
  await fixture.apply([encode.put('key 1', 'second'), encode.put('key 1', 'third'), encode.delete('key 2')]);
  await fixture.apply([encode.compact(fixture.store.revision() - 1)]);
  await fixture.apply([encode.put('key 3', 'after the compaction')]);
}

function valuesOf(result: ReadResult): string[] {
  if (result.kind === 'error') throw new Error(`a read failed: ${result.error.kind}`);
  const { kvs } = etcdserverpb.RangeResponse.decode(wholeBody(result.body));
  return kvs.map(({ value }) => Buffer.from(value ?? []).toString());
}

async function damageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SnapshotDamageError) return error.message;
    throw error;
  }
  return 'no damage';
}

describe('a snapshot of the store', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await Fixture.open();
  });

  afterEach(() => fixture.remove());

  it('gives another store the same replicated state', async () => {
    await fill(fixture, 1000);
    const source = fixture.store.openSnapshot();
    const frames = await framesOf(source);
    source.close();
    expect(frames.length).to.be.greaterThan(5);
    for (const frame of frames) expect(frame.length).to.be.at.most(FRAME_ROWS_BYTES + 64);

    const { store, home } = await emptyStore();
    const sink = store.receiveSnapshot();
    for (const frame of frames) {
      expect(sink.complete).to.equal(undefined);
      await sink.take(frame);
    }
    expect(sink.complete).to.deep.equal(source.metadata);
    await store.restore(source.metadata);
    const about = (one: KvStore): unknown[] => [
      one.revision(),
      one.compactedRevision(),
      one.appliedIndex(),
      one.appliedTerm(),
      one.confState(),
      one.members(),
    ];
    expect(about(store)).to.deep.equal(about(fixture.store));
    expect(store.members()).to.deep.equal(MEMBERS);
    for (let back = 0; back < 2; back++) {
      const revision = store.revision() - back;
      expect(await store.hashKv(revision)).to.deep.equal(await fixture.store.hashKv(revision));
    }
    await store.close();
    await home.close();
  });

  it('holds the state at which it was opened, despite later entries', async () => {
    await fixture.apply([encode.put('a', '1')]);
    const source = fixture.store.openSnapshot();
    await fixture.apply([encode.put('a', '2'), encode.put('b', '2')]);
    const { store } = await emptyStore();
    const sink = store.receiveSnapshot();
    for (const frame of await framesOf(source)) await sink.take(frame);
    source.close();
    await store.restore(source.metadata);
    expect([store.revision(), store.appliedIndex()]).to.deep.equal([2, 1]);
    await store.close();
  });

  it('resumes from a verified position, and starts over from an unknown one', async () => {
    await fill(fixture, 500);
    const source = fixture.store.openSnapshot();
    const whole = await framesOf(source);
    const reader = new SnapshotReader();
    for (const [at, frame] of whole.slice(0, -1).entries()) {
      reader.read(frame);
      const rest = await framesOf(source, reader.position);
      expect(rest).to.deep.equal(whole.slice(at + 1));
    }
    const other = { next: reader.position.next, digest: new Uint8Array(32) };
    expect(await framesOf(source, other)).to.deep.equal(whole);
    source.close();
  });

  it('is refused with any byte changed, and any frame truncated, missing, repeated or moved', async () => {
    await fixture.apply([encode.put('a', '1'), encode.put('b', '2')]);
    const source = fixture.store.openSnapshot();
    const frames = await framesOf(source);
    source.close();
    expect(frames.length).to.equal(3);
    const read = async (damaged: readonly Uint8Array[]): Promise<void> => {
      const reader = new SnapshotReader();
      for (const frame of damaged) reader.read(frame);
      if (!reader.ended) throw new SnapshotDamageError('the end is missing');
    };
    await read(frames);
    const refused = async (what: string, damaged: readonly Uint8Array[]): Promise<void> => {
      expect(await damageOf(read(damaged)), what).to.not.equal('no damage');
    };
    for (const [number, frame] of frames.entries()) {
      for (let at = 0; at < frame.length; at++) {
        const flipped = Uint8Array.from(frame);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
        await refused(`byte ${at} of frame ${number}`, frames.with(number, flipped));
        await refused(`frame ${number} cut to ${at}`, frames.with(number, frame.subarray(0, at)));
      }
      await refused(`without frame ${number}`, frames.toSpliced(number, 1));
      // The first frame may be repeated: it restarts the transfer.
      if (number > 0) await refused(`frame ${number} twice`, frames.toSpliced(number, 0, frame));
    }
    const [header, rows, trailer] = frames;
    if (header === undefined || rows === undefined || trailer === undefined) throw new Error('three frames');
    await refused('exchanged', [header, trailer, rows]);
    await refused('behind the end', [...frames, trailer]);
  });

  /**
   * Two members shared a snapshot, and the fast one made the source forget the position of the slow one: its stream
   * broke, and all frames were sent again.
   */
  it('resumes for a slow receiver, whatever a fast one has read meanwhile', async () => {
    const home = new MemoryHome();
    const row = (at: number): EngineOperation => ({
      type: 'put',
      key: currentKey(Buffer.from(String(at).padStart(3, '0'))),
      value: Buffer.alloc(FRAME_ROWS_BYTES - 100),
    });
    await home.engine.write(Array.from({ length: 400 }, (_, at) => row(at)));
    const header = { clusterId: 1, confState: CONF_STATE, meta: { ...EMPTY_META, appliedIndex: 5 } };
    const source = new StateSnapshot({ header, reader: home.engine.snapshot(), onClose: () => undefined });
    const read = async (frames: number, from?: SnapshotPosition): Promise<SnapshotReader> => {
      const reader = new SnapshotReader();
      let left = frames;
      for await (const frame of source.frames(from)) {
        reader.read(frame);
        if (--left === 0) break;
      }
      return reader;
    };
    const slow = await read(50);
    await read(401);
    const { value: next } = await source.frames(slow.position).next();
    expect(slow.read(next ?? new Uint8Array()).kind).to.equal('rows');
    source.close();
  });

  /** If this were found only when the log continues after it, the member could never start again. */
  it('is refused before its installation if a row of the members cannot be read', async () => {
    const home = new MemoryHome();
    await home.engine.write([{ type: 'put', key: memberKey(1), value: Buffer.from([0xff]) }, confStateRow(CONF_STATE)]);
    const header = { clusterId: CLUSTER_ID, confState: CONF_STATE, meta: { ...EMPTY_META, appliedIndex: 5 } };
    const source = new StateSnapshot({ header, reader: home.engine.snapshot(), onClose: () => undefined });
    const { store } = await emptyStore();
    const sink = store.receiveSnapshot();
    const taken = async (): Promise<void> => {
      for (const frame of await framesOf(source)) await sink.take(frame);
    };
    expect(await damageOf(taken())).to.equal('a row of the snapshot cannot be decoded');
    expect(sink.complete).to.equal(undefined);
    source.close();
    await store.close();
  });

  it('is refused by a store of another cluster', async () => {
    const source = fixture.store.openSnapshot();
    const [header] = await framesOf(source);
    source.close();
    const { store } = await emptyStore({ clusterId: 7 });
    const sink = store.receiveSnapshot();
    expect(await damageOf(sink.take(header ?? new Uint8Array()))).to.equal(
      'a snapshot of cluster 00000000000000c1, not of this one',
    );
    await store.close();
  });

  it('leaves no store until it is complete', async () => {
    await fill(fixture, 500);
    const source = fixture.store.openSnapshot();
    const frames = await framesOf(source);
    source.close();
    const { store, home } = await emptyStore();
    const sink = store.receiveSnapshot();
    for (const frame of frames.slice(0, -1)) await sink.take(frame);
    expect(home.staged === undefined ? 'nothing' : readMeta(home.staged)).to.equal(undefined);
    await sink.discard();
    expect(home.staged).to.equal(undefined);
    await store.close();
  });

  it('is installed during reads, which finish on the state that they began with', async () => {
    const level = await Fixture.open(await levelHome());
    await fill(fixture, 300);
    await level.apply([encode.put('key 5', 'of before')]);
    const source = fixture.store.openSnapshot();
    const sink = level.store.receiveSnapshot();
    for (const frame of await framesOf(source)) await sink.take(frame);
    source.close();
    const all = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
    const reading = level.store.range(all);
    await level.store.restore(source.metadata);
    expect(valuesOf(await reading)).to.deep.equal(['of before']);
    expect(valuesOf(await level.store.range(all)).length).to.equal(299);
    expect((await level.store.hashKv(0)).revision).to.equal(fixture.store.revision());
    // Following log entries are applied to it, and it survives a restart.
    await level.reopen();
    expect(level.store.appliedIndex()).to.equal(fixture.store.appliedIndex());
    await level.remove();
  });

  it('leaves out rows of the member itself, such as the progress of its sweeper', async () => {
    await fill(fixture, 100);
    await fixture.store.whenSwept(fixture.store.compactedRevision());
    const own = [metaRow({ appliedIndex: 1, appliedTerm: 1, revision: 2, compactedRevision: -1 }), sweptRow(1)];
    const source = fixture.store.openSnapshot();
    const reader = new SnapshotReader();
    let rows = 0;
    for (const frame of await framesOf(source)) {
      const part = reader.read(frame);
      if (part.kind !== 'rows') continue;
      rows += part.rows.length;
      expect(part.rows.some(({ key }) => own.some((row) => Buffer.compare(key, row.key) === 0))).to.equal(false);
    }
    source.close();
    expect(rows).to.be.greaterThan(100);
  });
});
