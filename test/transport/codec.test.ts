import { expect } from 'chai';
import * as fc from 'fast-check';
import { raftkv } from '../../src/gen/proto.js';
import type { Packet } from '../../src/ports/transport.js';
import { isLocal } from '../../src/raft/messages.js';
import { MESSAGE_TYPES, type Message, type Snapshot } from '../../src/raft/types.js';
import {
  CodecError,
  decodePacket,
  encodePacket,
  fromWireMessage,
  messageBytes,
  toWireMessage,
} from '../../src/transport/codec.js';
import { entry, message, packet } from './members.js';

const SENT = MESSAGE_TYPES.filter((type) => !isLocal(type));

const TO = 7;
const FROM = 5;
const integer = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ maxLength: 40 });
const time = fc.double({ noNaN: true, noDefaultInfinity: true });

const anyMessage: fc.Arbitrary<Message> = fc.record({
  type: fc.constantFrom(...SENT),
  to: fc.constant(TO),
  from: fc.constant(FROM),
  term: integer,
  logTerm: integer,
  index: integer,
  entries: fc.array(
    fc.record({
      term: integer,
      index: integer,
      type: fc.constantFrom('normal', 'conf-change', 'conf-change-v2'),
      data: bytes,
    }),
    { maxLength: 5 },
  ),
  commit: integer,
  reject: fc.boolean(),
  rejectHint: integer,
  context: bytes,
  snapshot: fc.constant(undefined),
  vote: fc.constant(0),
  responses: fc.constant([]),
});

const anySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  metadata: fc.record({
    index: integer,
    term: integer,
    confState: fc.record({
      voters: fc.array(integer),
      learners: fc.array(integer),
      votersOutgoing: fc.array(integer),
      learnersNext: fc.array(integer),
      autoLeave: fc.boolean(),
    }),
  }),
  data: bytes,
});

const parts = fc.record({
  group: fc.integer({ min: 0, max: 0xffffffff }),
  messages: fc.array(anyMessage, { maxLength: 5 }),
  round: fc.option(
    fc.record({
      term: integer,
      sequence: integer,
      echo: fc.option(fc.record({ timeMs: time, commit: integer }), { nil: undefined }),
      minMatch: integer,
    }),
    { nil: undefined },
  ),
  ack: fc.option(fc.record({ term: integer, sequence: integer, timeMs: time }), { nil: undefined }),
});
const calls = fc.array(bytes, { maxLength: 3 });
const anyPacket: fc.Arbitrary<Packet> = fc
  .tuple(parts, calls)
  .map(([packet, some]) => ({ ...packet, ...(some.length === 0 ? {} : { calls: some }) }));

/** Buffers equal plain arrays of the same bytes, and −0 equals 0. */
function plain(value: Packet | Message): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, field: unknown) =>
      field instanceof Uint8Array || isBufferJson(field) ? Buffer.from(dataOf(field)).toString('hex') : field,
    ),
  );
}

function isBufferJson(field: unknown): field is { data: number[] } {
  return typeof field === 'object' && field !== null && 'type' in field && field.type === 'Buffer';
}

function dataOf(field: Uint8Array | { data: number[] }): Uint8Array | number[] {
  return field instanceof Uint8Array ? field : field.data;
}

const decode = (body: Uint8Array): Packet => decodePacket(raftkv.PeerFrame.decode(body), { from: FROM, to: TO });

describe('the codec of peer frames', () => {
  it('decodes every packet to what was encoded', () => {
    fc.assert(
      fc.property(anyPacket, (original) => {
        expect(plain(decode(encodePacket(original)))).to.deep.equal(plain(original));
      }),
    );
  });

  it('decodes a MsgSnap with its snapshot, for the stream of snapshots', () => {
    fc.assert(
      fc.property(anyMessage, anySnapshot, (other, snapshot) => {
        const original: Message = { ...other, type: 'MsgSnap', snapshot };
        const body = raftkv.RaftMessage.encode(toWireMessage(original)).finish();
        expect(plain(fromWireMessage(raftkv.RaftMessage.decode(body)))).to.deep.equal(plain(original));
      }),
    );
  });

  /** The core treated such a message as a snapshot with its state, and an assertion stopped the node. */
  it('refuses a MsgSnap in a packet, which cannot hold the state', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const body = encodePacket(packet([message('MsgSnap', { from: FROM, to: TO, snapshot })]));
        expect(() => decode(body)).to.throw(CodecError, 'a MsgSnap with a snapshot in a packet');
      }),
    );
  });

  it('never underestimates the size of a message', () => {
    fc.assert(
      fc.property(anyMessage, (original) => {
        // The largest integers, of 53 bits, take 8 bytes each.
        expect(encodePacket(packet([original])).length).to.be.at.most(messageBytes(original) + 16);
      }),
    );
  });

  it('keeps the wire number of every message kind', () => {
    const numbers = SENT.map((type) => {
      const frame = raftkv.PeerFrame.decode(encodePacket(packet([message(type, { from: 1, to: TO })])));
      return [type, frame.messages[0]?.type];
    });
    expect(Object.fromEntries(numbers)).to.deep.equal({
      MsgProp: 1,
      MsgApp: 2,
      MsgAppResp: 3,
      MsgVote: 4,
      MsgVoteResp: 5,
      MsgSnap: 6,
      MsgHeartbeat: 7,
      MsgHeartbeatResp: 8,
      MsgTransferLeader: 9,
      MsgTimeoutNow: 10,
      MsgReadIndex: 11,
      MsgReadIndexResp: 12,
      MsgPreVote: 13,
      MsgPreVoteResp: 14,
    });
  });

  it('refuses to encode messages that stay inside their node', () => {
    for (const type of MESSAGE_TYPES.filter(isLocal)) {
      expect(() => encodePacket(packet([message(type, { from: 1, to: TO })])), type).to.throw(CodecError, type);
    }
  });

  it('refuses unknown kinds, unsafe integers, times that are not finite, and other ids than those of the link', () => {
    const huge = { low: 0, high: 0x00200000, unsigned: true };
    const frames: Record<string, raftkv.PeerFrame.$Properties> = {
      'kind of message': { messages: [{ type: 99, to: TO }] },
      'kind of entry': { messages: [{ type: 2, to: TO, entries: [{ type: 9 as never }] }] },
      '9007199254740992': { messages: [{ type: 2, to: TO, index: huge as never }] },
      'for member 8': { messages: [{ type: 2, from: FROM, to: 8 }] },
      'in the name of member 6': { messages: [{ type: 7, from: 6, to: TO }] },
      'the time NaN': { roundAck: { timeMs: NaN } },
      'the time Infinity': { round: { echoMs: Infinity } },
    };
    for (const [reason, frame] of Object.entries(frames)) {
      expect(() => decode(raftkv.PeerFrame.encode(frame).finish()), reason).to.throw(CodecError, reason);
    }
  });

  it('throws nothing but CodecError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        let frame: raftkv.PeerFrame;
        try {
          frame = raftkv.PeerFrame.decode(body);
        } catch {
          return;
        }
        try {
          decodePacket(frame, { from: FROM, to: TO });
        } catch (error) {
          expect(error).to.be.instanceOf(CodecError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes proposals, reads and transfers that a member passes on for another one', () => {
    for (const type of ['MsgProp', 'MsgReadIndex', 'MsgTransferLeader'] as const) {
      const [decoded] = decode(encodePacket(packet([message(type, { from: 6, to: TO })]))).messages;
      expect(decoded?.from, type).to.equal(6);
    }
  });

  it('does not copy the data of entries', () => {
    const body = Buffer.from(
      encodePacket(packet([message('MsgApp', { from: FROM, to: TO, entries: [entry(1, Buffer.from('payload'))] })])),
    );
    const data = decode(body).messages[0]?.entries[0]?.data;
    expect(data?.buffer).to.equal(body.buffer);
  });
});
