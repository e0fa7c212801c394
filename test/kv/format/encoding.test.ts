import { expect } from 'chai';
import * as fc from 'fast-check';
import { mvccpb, raftkv } from '../../../src/gen/proto.js';
import {
  decodeCommand,
  encodeCommand,
  UnknownCommandError,
  type CommandKind,
} from '../../../src/kv/commands/command.js';
import {
  decodeKeyValue,
  decodeRevisions,
  encodeKeyValue,
  keyOf,
  withoutValue,
} from '../../../src/kv/format/key-value.js';
import { changeKey, historyEnd, historyKey, historyRange, historyStart } from '../../../src/kv/format/layout.js';
import { compareBytes } from '../../../src/util/bytes.js';
import { fromBigInt } from '../../../src/util/integer.js';

const revision = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const positive = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const userKey = fc.array(fc.constantFrom(0, 1, 0x61, 0xfe, 0xff), { maxLength: 6 }).map((bytes) => Buffer.from(bytes));

describe("the store's encoding", () => {
  it('writes key-values as the protobuf codec does, and reads them back', () => {
    const keyValue = fc.record({
      key: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      createRevision: positive,
      modRevision: positive,
      version: positive,
      value: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      lease: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    });
    fc.assert(
      fc.property(keyValue, (keyValue) => {
        const bytes = encodeKeyValue(keyValue);
        const { createRevision, modRevision, version } = keyValue;
        const lease = fromBigInt(keyValue.lease) as number;
        expect(bytes).to.deep.equal(Buffer.from(mvccpb.KeyValue.encode({ ...keyValue, lease }).finish()));
        expect(decodeKeyValue(bytes)).to.deep.equal(keyValue);
        expect(decodeRevisions(bytes)).to.deep.equal({ createRevision, modRevision, version });
        expect(keyOf(bytes)).to.deep.equal(keyValue.key);
        expect(decodeKeyValue(withoutValue(bytes))).to.deep.equal({ ...keyValue, value: Buffer.alloc(0) });
      }),
    );
  });

  it('orders history by key, then newest first, for keys of any bytes', () => {
    const place = fc.tuple(userKey, revision);
    fc.assert(
      fc.property(place, place, ([leftKey, leftRevision], [rightKey, rightRevision]) => {
        const byKey = compareBytes(leftKey, rightKey);
        const wanted = byKey === 0 ? Math.sign(rightRevision - leftRevision) : byKey;
        expect(compareBytes(historyKey(leftKey, leftRevision), historyKey(rightKey, rightRevision))).to.equal(wanted);
      }),
    );
  });

  it('bounds the history of a range and of one key', () => {
    fc.assert(
      fc.property(userKey, userKey, userKey, revision, (start, end, key, revision) => {
        const { gte, lt } = historyRange({ start, end });
        const row = historyKey(key, revision);
        const inside = compareBytes(start, key) <= 0 && compareBytes(key, end) < 0;
        expect(compareBytes(gte, row) <= 0 && compareBytes(row, lt) < 0).to.equal(inside);
        const own = compareBytes(start, key) === 0;
        const between = compareBytes(historyStart(start), row) <= 0 && compareBytes(row, historyEnd(start)) < 0;
        expect(between).to.equal(own);
      }),
    );
  });

  it('orders changes by revision', () => {
    fc.assert(
      fc.property(revision, revision, (left, right) => {
        expect(compareBytes(changeKey(left, 0), changeKey(right, 0))).to.equal(Math.sign(left - right));
      }),
    );
  });

  it('writes commands that the protobuf codec reads, with the request unchanged', () => {
    const request = raftkv.MemberRecord.encode({ id: 5, name: 'five' }).finish();
    const origin = { member: 2 ** 53 - 1, boot: 0xffff_fffe, sequence: 300 };
    const bytes = encodeCommand({ origin, kind: 'memberUpdate', request });
    const read = raftkv.Command.decode(bytes);
    expect([Number(read.origin), read.boot, Number(read.sequence), read.memberUpdate?.name]).to.deep.equal([
      origin.member,
      origin.boot,
      origin.sequence,
      'five',
    ]);
    for (const kind of ['put', 'deleteRange', 'txn', 'compaction', 'memberUpdate'] satisfies CommandKind[]) {
      const command = { origin, kind, request: Buffer.from(request) };
      expect(decodeCommand(encodeCommand(command))).to.deep.equal(command);
      const sent = { ...command, user: { bytes: Buffer.from('ann'), authRevision: 300 } };
      expect(decodeCommand(encodeCommand(sent))).to.deep.equal(sent);
    }
    const sent = { bytes: Buffer.from('ann'), authRevision: 300 };
    const { user, authRevision } = raftkv.Command.decode(
      encodeCommand({ origin, kind: 'memberUpdate', request, user: sent }),
    );
    expect([user, Number(authRevision)]).to.deep.equal(['ann', 300]);
  });

  it('refuses a command of another version or kind, without a body, or with trailing bytes', () => {
    const origin = { member: 1, boot: 2, sequence: 3 };
    const good = encodeCommand({ origin, kind: 'put', request: Buffer.from([]) });
    const refused = [
      raftkv.Command.encode({ version: 2, put: {} }).finish(),
      raftkv.Command.encode({ put: {} }).finish(),
      raftkv.Command.encode({ version: 1 }).finish(),
      Buffer.from([8, 1, 0x78, 9, 0x82, 1, 0]), // field 15, and a body
      Buffer.from([8, 1, 0xd2, 6, 0]), // field 106
      Buffer.concat([good, Buffer.from([8, 1])]),
    ];
    for (const bytes of refused) expect(() => decodeCommand(bytes)).to.throw(UnknownCommandError);
  });
});
