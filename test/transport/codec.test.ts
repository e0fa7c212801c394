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
const integer = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const bytes = fc.uint8Array({ maxLength: 40 });
const time = fc.double({ noNaN: true, noDefaultInfinity: true });

const anyMessage: fc.Arbitrary<Message> = fc.record({
  type: fc.constantFrom(...SENT),
  to: fc.constant(TO),
  from: integer,
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

/** Buffers and plain arrays of bytes, −0 and 0, compare as what they hold. */
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

const decode = (body: Uint8Array): Packet => decodePacket(raftkv.PeerFrame.decode(body), TO);

describe('the codec of peer frames', () => {
  it('brings every packet back as it was', () => {
    fc.assert(
      fc.property(anyPacket, (original) => {
        expect(plain(decode(encodePacket(original)))).to.deep.equal(plain(original));
      }),
    );
  });

  it('brings a MsgSnap back with its snapshot, on the stream that is for it', () => {
    fc.assert(
      fc.property(anyMessage, anySnapshot, (other, snapshot) => {
        const original: Message = { ...other, type: 'MsgSnap', snapshot };
        const body = raftkv.RaftMessage.encode(toWireMessage(original)).finish();
        expect(plain(fromWireMessage(raftkv.RaftMessage.decode(body)))).to.deep.equal(plain(original));
      }),
    );
  });

  /**
   * The core took it on like one whose state had come, and the node stopped by its own assert: one small message from
   * whoever reaches the peer port.
   */
  it('refuses a snapshot among packets, where its state cannot be', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const body = encodePacket(packet([message('MsgSnap', { from: 1, to: TO, snapshot })]));
        expect(() => decode(body)).to.throw(CodecError, 'a MsgSnap with a snapshot among packets');
      }),
    );
  });

  it('bounds the size of a message from above', () => {
    fc.assert(
      fc.property(anyMessage, (original) => {
        // Numbers of 53 bits, and so the largest there are, take 8 bytes each.
        expect(encodePacket(packet([original])).length).to.be.at.most(messageBytes(original) + 16);
      }),
    );
  });

  it('knows every kind that crosses the network by a number of its own, for good', () => {
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

  it('refuses to send what a node steps into itself', () => {
    for (const type of MESSAGE_TYPES.filter(isLocal)) {
      expect(() => encodePacket(packet([message(type, { from: 1, to: TO })])), type).to.throw(CodecError, type);
    }
  });

  it('refuses kinds, integers, times and receivers that cannot be', () => {
    const huge = { low: 0, high: 0x00200000, unsigned: true };
    const frames: Record<string, raftkv.PeerFrame.$Properties> = {
      'kind of message': { messages: [{ type: 99, to: TO }] },
      'kind of entry': { messages: [{ type: 2, to: TO, entries: [{ type: 9 as never }] }] },
      '9007199254740992': { messages: [{ type: 2, to: TO, index: huge as never }] },
      'for member 8': { messages: [{ type: 2, to: 8 }] },
      'the time NaN': { roundAck: { timeMs: NaN } },
      'the time Infinity': { round: { echoMs: Infinity } },
    };
    for (const [reason, frame] of Object.entries(frames)) {
      expect(() => decode(raftkv.PeerFrame.encode(frame).finish()), reason).to.throw(CodecError, reason);
    }
  });

  it('never throws anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        let frame: raftkv.PeerFrame;
        try {
          frame = raftkv.PeerFrame.decode(body);
        } catch {
          return;
        }
        try {
          decodePacket(frame, TO);
        } catch (error) {
          expect(error).to.be.instanceOf(CodecError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives views of the received buffer, no copies', () => {
    const body = Buffer.from(
      encodePacket(packet([message('MsgApp', { from: 1, to: TO, entries: [entry(1, Buffer.from('payload'))] })])),
    );
    const data = decode(body).messages[0]?.entries[0]?.data;
    expect(data?.buffer).to.equal(body.buffer);
  });
});
