import { expect } from 'chai';
import { MemorySnapshot } from '../../../src/engine/memory/memory-reader.js';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { FieldPacker, wholeBody } from '../../../src/kv/format/wire.js';
import { decodeAnswer } from '../support/answers.js';
import { encode, Fixture } from '../support/fixture.js';

const MIB = 1024 * 1024;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const all = { requestRange: { key: bytes('k'), rangeEnd: bytes('l') } };
const put = { requestPut: { key: bytes('x'), value: bytes('written') } };

// Each operation of a transaction may read the whole store, so one transaction with 128 ranges over 60 MB took 8 GB. If
// it wrote too, every member built that answer, and again when it replayed its log after being killed for it.
describe('the answer of a transaction', () => {
  let fixture: Fixture;

  afterEach(() => fixture.remove());

  const fill = async (values: number): Promise<void> => {
    for (let at = 0; at < values; at++) await fixture.apply([encode.put(`k${at}`, 'v'.repeat(8 * MIB))]);
  };
  const written = async (): Promise<boolean> => {
    const result = await fixture.store.range({ key: bytes('x') });
    return result.kind === 'ok' && decodeAnswer.range(wholeBody(result.body))['count'] === 1;
  };

  it('is refused above its bound, and the writes of the transaction take effect', async () => {
    fixture = await Fixture.open();
    await fill(8);
    const [seven] = await fixture.apply([encode.txn({ success: Array.from({ length: 7 }, () => all) })]);
    expect(seven?.kind).to.equal('ok');
    const [nine] = await fixture.apply([encode.txn({ success: [...Array.from({ length: 9 }, () => all), put] })]);
    expect(nine).to.deep.include({ kind: 'error', error: { kind: 'answer-too-large' } });
    expect(await written()).to.equal(true);
    const read = await fixture.store.readTxn(
      etcdserverpb.TxnRequest.decode(encode.txn({ success: Array.from({ length: 9 }, () => all) })[1]),
    );
    expect(read).to.deep.include({ kind: 'error', error: { kind: 'answer-too-large' } });
  });

  // Transactions that were proposed together built all of their answers before the first was sent.
  it('is refused if the connection of its caller is full, and the next one is not made in the same batch', async () => {
    const room = new Set([1, 2, 3]);
    const answered: string[] = [];
    const revisions: number[] = [];
    fixture = await Fixture.open(undefined, {
      hasRoom: ({ sequence }) => room.has(sequence),
      waiter: (_origin, result) => {
        answered.push(result.kind === 'ok' ? 'ok' : result.error.kind);
        revisions.push(fixture.store.revision());
        room.clear();
      },
    });
    const large = [...Array.from({ length: 8 }, () => all), put];
    const value = encode.put('k', 'v'.repeat(65 * MIB));
    const made = [value, encode.txn({ success: large }), encode.txn({ success: large })];
    await fixture.store.apply(made.map((each) => fixture.command(...each).entry));
    expect(answered).to.deep.equal(['ok', 'ok', 'answer-too-large']);
    expect(revisions, 'two batches').to.deep.equal([3, 3, 4]);
  });

  it('is not made, and nothing is read for it, where no caller waits', async () => {
    let waits = true;
    const outcomes: boolean[] = [];
    fixture = await Fixture.open(undefined, {
      isWaiting: () => waits,
      onExecuted: (_kind, ok) => void outcomes.push(ok),
    });
    await fixture.apply([encode.put('k', 'v')]);
    const { cursor } = MemorySnapshot.prototype;
    const read = async (): Promise<number> => {
      let cursors = 0;
      MemorySnapshot.prototype.cursor = function (this: MemorySnapshot, range) {
        cursors += 1;
        return cursor.call(this, range);
      };
      try {
        await fixture.store.apply([fixture.command(...encode.txn({ success: [all, put] })).entry]);
      } finally {
        MemorySnapshot.prototype.cursor = cursor;
      }
      return cursors;
    };
    expect(await read()).to.be.at.least(1);
    waits = false;
    expect(await read()).to.equal(0);
    expect(await written()).to.equal(true);
    expect(outcomes).to.deep.equal([true, true, true]);
  });

  // A deletion with prev_kv kept all versions for its answer, on every member, whether a caller waited or not.
  it('of a deletion is refused above its bound, and the deletion takes effect', async () => {
    fixture = await Fixture.open();
    await fill(65);
    const [result] = await fixture.apply([encode.delete('k', 'l')]);
    expect(result).to.deep.include({ kind: 'error', error: { kind: 'answer-too-large' } });
    const [nothing] = await fixture.apply([encode.delete('k', 'l')]);
    if (nothing?.kind !== 'ok') throw new Error(JSON.stringify(nothing));
    expect(decodeAnswer.deleteRange(wholeBody(nothing.body))).to.deep.equal({ deleted: 0, prevKvs: [] });
  });

  it('of a deletion is not made where no caller waits, and short where the caller has no room', async () => {
    let waits = false;
    fixture = await Fixture.open(undefined, { isWaiting: () => waits, hasRoom: () => false });
    const { add } = FieldPacker.prototype;
    let added = 0;
    FieldPacker.prototype.add = function (this: FieldPacker, field, value) {
      added += 1;
      add.call(this, field, value);
    };
    try {
      const remove = async (): Promise<number> => {
        for (const each of ['k1', 'k2']) await fixture.store.apply([fixture.command(...encode.put(each)).entry]);
        added = 0;
        await fixture.store.apply([fixture.command(...encode.delete('k', 'l')).entry]);
        return added;
      };
      expect(await remove()).to.equal(0);
      waits = true;
      expect(await remove()).to.equal(2);
    } finally {
      FieldPacker.prototype.add = add;
    }
    const large = encode.put('k', 'v'.repeat(3 * MIB));
    const [, first, second] = await fixture.apply([large, encode.delete('k'), encode.delete('k')]);
    expect(first?.kind, 'one value').to.equal('ok');
    expect(second?.kind).to.equal('ok');
    const [, , many] = await fixture.apply([large, encode.put('kk'), encode.delete('k', 'l')]);
    expect(many).to.deep.include({ kind: 'error', error: { kind: 'answer-too-large' } });
  });
});
