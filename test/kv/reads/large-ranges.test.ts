import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { bodySize, FieldPacker, MessageBuilder, wholeBody, type EncodedBody } from '../../../src/kv/format/wire.js';
import { sortInSlices } from '../../../src/kv/reads/sliced-sort.js';
import type { KvStore } from '../../../src/kv/store.js';
import type { AnswerMemory } from '../../../src/util/answer-growth.js';
import { encode, Fixture, levelHome } from '../support/fixture.js';

const { RangeRequest, RangeResponse, TxnResponse } = etcdserverpb;
const { SortOrder, SortTarget } = RangeRequest;
const KEYS = 30_000;
const VALUE = 'v'.repeat(100);
const SEED = Number(process.env['SEED'] ?? 10);

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ALL = { key: bytes('k'), rangeEnd: bytes('l') };

describe('a range with a large answer', function () {
  this.timeout(300_000);
  let fixture: Fixture;
  let pauses = 0;

  before(async () => {
    const pause = (): Promise<void> => {
      pauses++;
      return turn();
    };
    fixture = await Fixture.open(await levelHome(), { pause });
    for (let at = 0; at < KEYS; at += 1000) {
      await fixture.apply(
        Array.from({ length: 1000 }, (_, each) => encode.put(`k${String((at + each) * 7).padStart(8, '0')}`, VALUE)),
      );
    }
    await fixture.store.whenCounted();
  });

  after(() => fixture.remove());

  async function range(request: etcdserverpb.RangeRequest.$Properties): Promise<EncodedBody> {
    const result: Awaited<ReturnType<KvStore['range']>> = await fixture.store.range(request);
    if (result.kind === 'error') throw new Error(result.error.kind);
    return result.body;
  }

  // An answer of 100 MB was concatenated in one turn, and delayed other calls by 0.4 s.
  it('is encoded in slices and in pieces, none of which is large', async () => {
    pauses = 0;
    const body = await range(ALL);
    if (body instanceof Uint8Array) throw new Error('the answer is in one array');
    expect(pauses, 'pauses').to.be.at.least(Math.floor(KEYS / 8192));
    expect(bodySize(body)).to.be.above(KEYS * 100);
    expect(Math.max(...body.map((piece) => piece.length))).to.be.at.most(64 * 1024);
    const { kvs, count } = RangeResponse.decode(wholeBody(body));
    expect([kvs.length, Number(count)]).to.deep.equal([KEYS, KEYS]);
    expect(kvs.every(({ value }) => value?.length === 100)).to.equal(true);
  });

  // 64 sorted ranges over small keys ended a process: of 490 bytes that a row took, 25 were counted.
  it('reports its size while it is gathered, waits for room, and ends when its caller has gone', async () => {
    const sizes: number[] = [];
    let [waits, ends] = [0, 0];
    let isWanted = true;
    const memory: AnswerMemory = {
      grow: () => ({
        holds: (held) => {
          sizes.push(held);
          if (sizes.length % 5 !== 0) return undefined;
          waits++;
          return turn().then(() => isWanted);
        },
        end: () => void ends++,
      }),
    };
    const caller = { cancelled: false, answerRoom: memory };
    const whole = await fixture.store.range(ALL, caller);
    if (whole.kind === 'error') throw new Error(whole.error.kind);
    expect(sizes).to.deep.equal(sizes.toSorted((left, right) => left - right));
    expect(sizes.at(-1)).to.be.within(KEYS * 250, bodySize(whole.body) + KEYS * 200);
    expect([waits > 10, ends]).to.deep.equal([true, 1]);
    sizes.length = 0;
    isWanted = false;
    const dropped = await fixture.store.range(ALL, caller);
    expect([dropped.kind, sizes.length, ends]).to.deep.equal(['error', 5, 2]);
    // What a limit leaves out of a sorted answer is not held.
    sizes.length = 0;
    isWanted = true;
    await fixture.store.range({ ...ALL, limit: 10, sortOrder: SortOrder.ASCEND, sortTarget: SortTarget.MOD }, caller);
    expect(Math.max(...sizes)).to.be.below(2000 * 650);
    expect(ends).to.equal(3);
    sizes.length = 0;
    const txn = { success: [{ requestRange: ALL }, { requestRange: ALL }] };
    const request = etcdserverpb.TxnRequest.decode(encode.txn(txn)[1]);
    expect((await fixture.store.readTxn(request, caller)).kind).to.equal('ok');
    expect([(sizes.at(-1) ?? 0) > 2 * KEYS * 100, ends]).to.deep.equal([true, 4]);
    isWanted = false;
    expect(await fixture.store.readTxn(request, caller)).to.deep.include({ error: { kind: 'answer-too-large' } });
    expect(ends).to.equal(5);
    await fixture.store.range({ key: bytes('k00000000') }, caller);
    expect(ends, 'a single key is no answer that grows').to.equal(5);
  });

  it('is sorted in slices too', async () => {
    pauses = 0;
    const body = await range({ ...ALL, sortOrder: SortOrder.DESCEND, sortTarget: SortTarget.MOD, keysOnly: true });
    expect(pauses, 'pauses').to.be.at.least(Math.floor((KEYS * 4) / 8192));
    const { kvs } = RangeResponse.decode(wholeBody(body));
    const keys = kvs.map(({ key }) => Buffer.from(key ?? []).toString('latin1'));
    expect(keys.length).to.equal(KEYS);
    expect([keys[0], keys.at(-1)]).to.deep.equal([`k${String((KEYS - 1) * 7).padStart(8, '0')}`, 'k00000000']);
  });

  it('is the same inside a transaction that only reads', async () => {
    const result = await fixture.store.readTxn({ success: [{ request: 'requestRange', requestRange: ALL }] });
    if (result.kind === 'error') throw new Error(result.error.kind);
    expect(result.body).to.not.be.instanceOf(Uint8Array);
    const { responses } = TxnResponse.decode(wholeBody(result.body));
    expect(responses[0]?.responseRange?.kvs?.length).to.equal(KEYS);
  });
});

describe('sortInSlices', () => {
  it('sorts as Array.prototype.sort does, stably', async () => {
    const item = fc.record({ by: fc.nat(50), tag: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { minLength: 1000, maxLength: 6000, size: 'max' }), async (items) => {
        const compare = (left: { by: number }, right: { by: number }): number => left.by - right.by;
        const sorted = await sortInSlices([...items], compare, () => Promise.resolve());
        expect(sorted).to.deep.equal(items.toSorted(compare));
      }),
      { numRuns: 20, seed: SEED },
    );
  });
});

describe('FieldPacker', () => {
  it('encodes the fields that a message builder does, whatever their sizes', () => {
    const value = fc
      .oneof(fc.nat(40), fc.nat(2000), fc.constantFrom(63 * 1024, 64 * 1024, 65 * 1024, 200_000))
      .map((length) => new Uint8Array(length).fill(length & 0xff));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), (values) => {
        const packer = new FieldPacker();
        const message = new MessageBuilder();
        for (const each of values) {
          packer.add(2, each);
          message.bytes(2, each);
        }
        const packed = packer.finish();
        expect(Buffer.compare(wholeBody(packed), message.finish())).to.equal(0);
        expect(Buffer.compare(wholeBody(message.finishInPieces()), message.finish())).to.equal(0);
        expect(
          Buffer.compare(
            wholeBody(new MessageBuilder().bytes(5, packed).finishInPieces()),
            new MessageBuilder().bytes(5, message.finish()).finish(),
          ),
        ).to.equal(0);
      }),
      { numRuns: 100, seed: SEED },
    );
  });
});
