import { expect } from 'chai';
import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { decodeCommand, encodeCommand, type CommandKind } from '../../../src/kv/commands/command.js';
import { isReadableChange, isReadableCommand } from '../../../src/kv/commands/readable.js';
import { encodeMemberChange, stepOf, type MemberChange } from '../../../src/kv/membership/member-change.js';
import type { ConfChange } from '../../../src/raft/types.js';
import { EMPTY } from '../../../src/util/bytes.js';

const origin = { member: 1, boot: 2, sequence: 3 };
const command = (kind: CommandKind, request: Uint8Array): Uint8Array => encodeCommand({ origin, kind, request });
const put = etcdserverpb.PutRequest.encode({ key: Buffer.from('k'), value: Buffer.from('v') }).finish();
/** A field of 100 bytes, truncated to one. */
const TRUNCATED = Uint8Array.of(0x0a, 100, 1);

const NORMAL_KINDS: readonly CommandKind[] = [
  'put',
  'deleteRange',
  'txn',
  'compaction',
  'memberUpdate',
  'leaseGrant',
  'leaseRevoke',
  'leaseExpire',
  'alarm',
];
const MEMBER_KINDS: readonly CommandKind[] = ['memberAdd', 'memberPromote', 'memberRemove', 'memberRelocate'];

describe('isReadableCommand', () => {
  it('accepts no-ops and commands of every kind in a normal entry', () => {
    expect(isReadableCommand(EMPTY)).to.equal(true);
    expect(isReadableCommand(command('put', put))).to.equal(true);
    for (const kind of NORMAL_KINDS) expect(isReadableCommand(command(kind, EMPTY)), kind).to.equal(true);
  });

  it('refuses noise, unknown versions, bodies that do not decode, and changes of the members', () => {
    expect(isReadableCommand(Buffer.from('noise'))).to.equal(false);
    const future = Uint8Array.from(command('put', put));
    future[1] = 2;
    expect(isReadableCommand(future)).to.equal(false);
    for (const kind of NORMAL_KINDS) expect(isReadableCommand(command(kind, TRUNCATED)), kind).to.equal(false);
    for (const kind of MEMBER_KINDS) expect(isReadableCommand(command(kind, EMPTY)), kind).to.equal(false);
  });

  it('never throws, and accepts only what the applier can decode', () => {
    const bytes = fc.uint8Array({ maxLength: 64 });
    const damaged = fc.tuple(fc.nat(60), fc.nat(255)).map(([at, byte]) => {
      const data = Uint8Array.from(command('put', put));
      data[at % data.length] = byte;
      return data;
    });
    fc.assert(
      fc.property(fc.oneof(bytes, damaged), (data) => {
        if (data.length > 0 && isReadableCommand(data)) decodeCommand(data);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('isReadableChange', () => {
  const removal: MemberChange = { kind: 'memberRemove', id: 7 };
  const change = (fields: Partial<ConfChange>): ConfChange => ({
    transition: 'auto',
    steps: [stepOf(removal)],
    context: command('memberRemove', encodeMemberChange(removal)),
    ...fields,
  });

  it('accepts changes of the members, and the one that leaves a joint configuration', () => {
    expect(isReadableChange(change({}))).to.equal(true);
    expect(isReadableChange(change({ steps: [], context: EMPTY }))).to.equal(true);
  });

  it('refuses a context that is noise, another command, or does not agree with the step', () => {
    expect(isReadableChange(change({ context: Buffer.from('noise') }))).to.equal(false);
    expect(isReadableChange(change({ context: command('put', put) }))).to.equal(false);
    expect(isReadableChange(change({ steps: [{ type: 'remove', id: 8 }] }))).to.equal(false);
    expect(isReadableChange(change({ context: EMPTY }))).to.equal(false);
  });

  it('throws the error of a bug instead of refusing the entry', () => {
    const steps = undefined as unknown as ConfChange['steps'];
    expect(() => isReadableChange(change({ steps }))).to.throw(TypeError);
  });
});
