import { expect } from 'chai';
import { importSnapshot } from '../../../src/kv/snapshot/import.js';
import { readArchive } from '../../../src/kv/snapshot/archive-reader.js';
import { Table, tableRange } from '../../../src/kv/format/layout.js';
import { pagesOf } from '../../../src/kv/state/row-pages.js';
import type { EngineReader } from '../../../src/ports/engine.js';
import { archiveBytes } from '../../support/archive.js';
import { encode, Fixture, memoryHome, MEMBERS } from '../support/fixture.js';
import { session, shown, versionOf, within } from './session-writes.js';

async function rowsIn(reader: EngineReader, table: Table): Promise<number> {
  let count = 0;
  for await (const rows of pagesOf(reader, tableRange(table))) count += rows.length;
  return count;
}

describe('sessions in a snapshot', () => {
  const write = within(encode.put('k', 'new', { prevKv: true }), [7, 2]);
  let ahead: Fixture;
  let first: string;

  beforeEach(async () => {
    ahead = await Fixture.open();
    await ahead.apply([session.open(7), encode.put('k', 'old')]);
    first = shown((await ahead.apply([write]))[0]);
    await ahead.apply([encode.put('k', 'newer')]);
  });

  afterEach(() => ahead.remove());

  it('are installed at another member, which answers a repeat as at first', async () => {
    const behind = await Fixture.open();
    await behind.apply([session.open(8)]);
    const source = ahead.store.openSnapshot();
    const sink = behind.store.receiveSnapshot();
    for await (const frame of source.frames()) await sink.take(Uint8Array.from(frame));
    source.close();
    await behind.store.restore(source.metadata);
    expect([...behind.store.sessions.all()].map(({ id }) => id)).to.deep.equal([7]);
    while (behind.entry(new Uint8Array()).index < ahead.store.appliedIndex());
    expect(shown((await behind.apply([write]))[0])).to.equal(first);
    expect(await versionOf(behind.store, 'k')).to.equal(3);
    // Their hashes are compared at the same index.
    await ahead.apply([write]);
    const index = ahead.store.appliedIndex();
    expect(ahead.store.recordHashAt(index)).to.be.a('number');
    expect(behind.store.recordHashAt(index)).to.equal(ahead.store.recordHashAt(index));
    await behind.remove();
  });

  it('are not restored into a new cluster, which refuses their writes', async () => {
    const bytes = await archiveBytes(ahead.store);
    const home = memoryHome();
    const opened = await home.open();
    async function* whole(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes);
    }
    await importSnapshot(readArchive(whole(), { checkDigest: true }), opened.engine, {
      members: MEMBERS,
      bumpRevision: 0,
    });
    expect(await rowsIn(opened.engine, Table.sessions)).to.equal(0);
    expect(await rowsIn(opened.engine, Table.sessionResults)).to.equal(0);
    await home.shut(opened);
    const restored = await Fixture.open(home);
    while (restored.entry(new Uint8Array()).index < restored.store.appliedIndex());
    expect(shown((await restored.apply([write]))[0])).to.contain('session-not-found');
    expect(await versionOf(restored.store, 'k')).to.equal(3);
    await restored.remove();
  });
});
