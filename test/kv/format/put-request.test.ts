import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import {
  putShape,
  readPut,
  shapeOf,
  type PutFields,
  type PutProperties,
  type PutShape,
} from '../../../src/kv/format/put-request.js';
import { toBigInt } from '../../../src/util/integer.js';
import { seededRandom } from '../../../src/util/random.js';

const { PutRequest } = etcdserverpb;

/** The fields, with the lease as a bigint. */
function plain({ key, value, lease, prevKv, ignoreValue, ignoreLease }: PutProperties): unknown {
  return {
    key: Buffer.from(key ?? []).toString('hex'),
    value: Buffer.from(value ?? []).toString('hex'),
    lease: toBigInt(lease),
    prevKv: prevKv === true,
    ignoreValue: ignoreValue === true,
    ignoreLease: ignoreLease === true,
  };
}

/** A decoder's result: fields, or an error. */
function outcome(decode: () => PutProperties): unknown {
  try {
    return plain(decode());
  } catch {
    return 'throws';
  }
}

const shapeAsPlain = ({ keyBytes, valueBytes, hasLease, ignoresValue, ignoresLease }: PutShape): PutShape => ({
  keyBytes,
  valueBytes,
  hasLease,
  ignoresValue,
  ignoresLease,
});

const usual = PutRequest.encode({ key: Buffer.from('key'), value: Buffer.from('value') }).finish();

describe('readPut', () => {
  const messages: readonly [string, Uint8Array][] = [
    ['nothing', Buffer.alloc(0)],
    ['key and value', usual],
    ['a value of 300 bytes', PutRequest.encode({ key: Buffer.from('k'), value: Buffer.alloc(300, 1) }).finish()],
    ['a value of 1 MiB', PutRequest.encode({ key: Buffer.from('k'), value: Buffer.alloc(1 << 20, 1) }).finish()],
    ['all flags', PutRequest.encode({ prevKv: true, ignoreValue: true, ignoreLease: true }).finish()],
    ['a small lease', Buffer.concat([usual, Buffer.from([0x18, 5])])],
    ['a lease of 35 bits', Buffer.concat([usual, Buffer.from([0x18, 0xff, 0xff, 0xff, 0xff, 0x7f])])],
    ['the largest lease', Buffer.concat([usual, Buffer.from([0x18, ...Array(8).fill(0xff), 0x7f])])],
    ['a negative lease', Buffer.concat([usual, Buffer.from([0x18, ...Array(9).fill(0xff), 0x01])])],
    ['repeated fields', Buffer.concat([usual, PutRequest.encode({ key: Buffer.from('again') }).finish()])],
    ['a repeated value that is empty at last', Buffer.concat([usual, Buffer.from([0x12, 0])])],
    ['a flag that is true and then false', Buffer.from([0x20, 1, 0x20, 0])],
    ['a flag of more than one byte', Buffer.from([0x20, 0x81, 0x00])],
    ['a flag above 1', Buffer.from([0x20, 0x05])],
    ['a tag in more bytes than it needs', Buffer.from([0x8a, 0x00, 1, 0x61])],
    ['a length in more bytes than it needs', Buffer.from([0x0a, 0x81, 0x80, 0x00, 0x61])],
    ['an unknown field', Buffer.concat([usual, Buffer.from([0x7a, 1, 1])])],
    ['a known field of another type', Buffer.concat([usual, Buffer.from([0x08, 0x05])])],
    ['a cut value', usual.subarray(0, usual.length - 1)],
    ['a length beyond the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a tag without a value', Buffer.from([0x18])],
    ['a varint without an end', Buffer.alloc(20, 0xff)],
    ['field number 0', Buffer.from([0x02, 0x01, 0x61])],
  ];
  for (const [title, bytes] of messages) {
    it(`reads what the codec reads: ${title}`, () => {
      const expected = outcome(() => PutRequest.decode(bytes));
      expect(outcome(() => readPut(bytes))).to.deep.equal(expected);
      if (expected === 'throws') expect(() => putShape(bytes)).to.throw();
      else expect(shapeAsPlain(putShape(bytes))).to.deep.equal(shapeOf(PutRequest.decode(bytes)));
    });
  }

  it('reads what the codec reads from damaged bytes', () => {
    const random = seededRandom(1);
    const base = PutRequest.encode({ key: Buffer.from('k'), value: Buffer.from('v'), lease: 2 ** 40, prevKv: true });
    const whole = base.finish();
    for (let run = 0; run < 5_000; run++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change < 3; change++) {
        bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256);
      }
      const cut = bytes.subarray(0, Math.ceil(random.next() * bytes.length));
      expect(
        outcome(() => readPut(cut)),
        cut.toString('hex'),
      ).to.deep.equal(outcome(() => PutRequest.decode(cut)));
    }
  });

  it('copies neither key nor value, and mixes no two requests', () => {
    const first = readPut(usual);
    const second: PutFields = readPut(PutRequest.encode({ key: Buffer.from('other') }).finish());
    expect([first.key.buffer, Buffer.from(first.key).toString()]).to.deep.equal([usual.buffer, 'key']);
    expect([Buffer.from(second.key).toString(), second.value.length]).to.deep.equal(['other', 0]);
  });
});
