import { expect } from 'chai';
import { DraftRecords } from '../../../src/kv/commands/draft-records.js';
import { AuthRow, authKey, memberKey } from '../../../src/kv/format/layout.js';
import { addToSum, recordChecksum } from '../../../src/kv/state/record-hash.js';
import type { EngineOperation } from '../../../src/ports/engine.js';

const [ANN, BOB] = [authKey(AuthRow.user, 'ann'), authKey(AuthRow.user, 'bob')];
const value = (text: string): Uint8Array => Buffer.from(text);
const put = (key: Uint8Array, text: string): EngineOperation => ({ type: 'put', key, value: value(text) });

/** The rows of the published state: ann alone. */
const base = { get: (key: Uint8Array) => (Buffer.compare(key, ANN) === 0 ? value('old') : undefined) };

describe('the records of a draft', () => {
  it('are looked up as the batch has written them', () => {
    const records = new DraftRecords(base);
    expect([records.get(ANN), records.get(BOB)]).to.deep.equal([value('old'), undefined]);
    records.write(put(BOB, 'new'));
    records.write({ type: 'delete', key: ANN });
    expect([records.get(ANN), records.get(BOB)]).to.deep.equal([undefined, value('new')]);
    expect([...records.operations()]).to.deep.equal([put(BOB, 'new'), { type: 'delete', key: ANN }]);
  });

  it('change the hash by the rows that differ in the end', () => {
    const records = new DraftRecords(base);
    records.write(put(ANN, 'newer'));
    records.write(put(ANN, 'newest'));
    records.write(put(BOB, 'there for a while'), null);
    records.write({ type: 'delete', key: BOB });
    const before = recordChecksum({ key: ANN, value: value('old') });
    expect(addToSum(records.sum, before)).to.equal(recordChecksum({ key: ANN, value: value('newest') }));
    records.write(put(ANN, 'old'), value('newest'));
    expect(records.sum).to.equal(0);
  });

  it('are of tables that the hash covers', () => {
    const records = new DraftRecords(base);
    expect(() => records.write(put(memberKey(1), 'x'))).to.throw('a row of records');
  });
});
