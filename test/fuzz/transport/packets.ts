import type { Packet } from '../../../src/ports/transport.js';
import type { Message, MessageType } from '../../../src/raft/types.js';
import { CodecError, PrefaceError } from '../../../src/transport/codec-error.js';
import { FrameDecoder } from '../../../src/transport/frame-decoder.js';
import { FRAME, FRAME_HEADER_BYTES, frameOf, LINK_PREFACE, type FrameKind } from '../../../src/transport/frame.js';
import {
  decodeHello,
  decodeProofs,
  encodeHello,
  encodeProofs,
  mismatch,
  type Hello,
} from '../../../src/transport/hello.js';
import { encodePacket } from '../../../src/transport/packet-codec.js';
import { decodePacket } from '../../../src/transport/packet-decoder.js';
import { decodeRefusal, encodeRefusal, REFUSAL_CODES, type RefusalCode } from '../../../src/transport/refusal.js';
import { assertNever } from '../../../src/util/assert.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { message } from '../../transport/members.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import type { Trial } from '../framework/trial.js';
import { chance, inPieces, pick, randomBytesOf, randomSize } from '../pick.js';

const [FROM, TO] = [5, 7];
const BODY_BYTES_MAX = 100_000;
const TYPES: readonly [MessageType, ...MessageType[]] = [
  'MsgApp',
  'MsgApp',
  'MsgAppResp',
  'MsgProp',
  'MsgVote',
  'MsgVoteResp',
  'MsgHeartbeat',
  'MsgHeartbeatResp',
  'MsgTransferLeader',
  'MsgTimeoutNow',
  'MsgReadIndex',
  'MsgReadIndexResp',
  'MsgPreVote',
  'MsgPreVoteResp',
];

function randomId(random: Random): number {
  return pick(random, [0, 1, FROM, TO, 2 ** 32, Number.MAX_SAFE_INTEGER, randomInteger(random, 0, 2 ** 40)]);
}

function randomMessage(random: Random): Message {
  const index = randomId(random) % 2 ** 50;
  const entries = Array.from({ length: chance(random, 0.5) ? 0 : randomInteger(random, 1, 4) }, (_, at) => ({
    term: 3,
    index: index + 1 + at,
    type: 'normal' as const,
    data: randomBytesOf(random, randomSize(random, chance(random, 0.05) ? 9_000 : 80)),
  }));
  const [term, logTerm, commit, rejectHint] = [randomId(random), randomId(random), randomId(random), randomId(random)];
  const context = chance(random, 0.3) ? randomBytesOf(random, randomSize(random, 30)) : Buffer.alloc(0);
  return message(pick(random, TYPES), {
    from: FROM,
    to: TO,
    index,
    entries,
    term,
    logTerm,
    commit,
    rejectHint,
    context,
    reject: chance(random, 0.2),
  });
}

function randomPacket(random: Random): Packet {
  const timeMs = random.next() * 1e9;
  const [term, sequence, minMatch] = [randomId(random), randomId(random), randomId(random)];
  const learners = {
    leaderMatch: randomId(random),
    learners: Array.from({ length: randomSize(random, 3) }, () => ({ id: randomId(random), match: randomId(random) })),
  };
  return {
    group: chance(random, 0.9) ? 0 : randomInteger(random, 0, 2 ** 32),
    messages: Array.from({ length: randomInteger(random, 0, 4) }, () => randomMessage(random)),
    round: chance(random, 0.5)
      ? undefined
      : {
          term,
          sequence,
          minMatch,
          echo: chance(random, 0.5) ? undefined : { timeMs, commit: term },
          learners: chance(random, 0.5) ? undefined : learners,
        },
    ack: chance(random, 0.7) ? undefined : { term, sequence, timeMs },
    ...(chance(random, 0.3)
      ? {
          calls: Array.from({ length: randomInteger(random, 1, 3) }, () =>
            randomBytesOf(random, randomSize(random, 60)),
          ),
        }
      : {}),
  };
}

/** The body of a packet's frame. */
function bodyOf(packet: Packet): Buffer {
  return Buffer.concat(encodePacket(packet).pieces).subarray(FRAME_HEADER_BYTES);
}

const INPUTS = 100;

/** Bodies of packets, some changed: an accepted one is what its content is written as, byte for byte. */
export function peerPackets(trial: Trial): void {
  const { random } = trial;
  const packets = Array.from({ length: 3 }, () => bodyOf(randomPacket(random)));
  for (const valid of packets) {
    trial.feed(valid, (body) => checkPacket(body, body.equals(valid)));
    for (let count = 0; count < INPUTS; count += 1) {
      trial.feed(mutated(random, valid, packets), (body) => checkPacket(body, body.equals(valid)));
    }
  }
}

function checkPacket(body: Buffer, isIntact: boolean): void {
  const source = Buffer.from(body);
  let packet;
  try {
    packet = decodePacket({ source, start: 0, end: source.length }, { from: FROM, to: TO });
  } catch (error) {
    check(error instanceof CodecError && !isIntact, String(error));
    return;
  }
  check(bodyOf(packet).equals(body), 'the packet is written as other bytes');
  check(
    packet.messages.every(({ to, type }) => to === TO && type !== 'MsgSnap'),
    'a message that must not come this way',
  );
}

function randomHello(random: Random): Hello {
  const [clusterId, from, to] = [randomId(random), randomId(random), randomId(random)];
  return {
    version: pick(random, [3, 3, 2, 0]),
    clusterId,
    from,
    to,
    lane: pick(random, ['append', 'control'] as const),
    challenge: randomBytesOf(random, pick(random, [16, 16, 0, 40])),
    proofs: Array.from({ length: randomSize(random, 5) }, () => randomBytesOf(random, 16)),
    incarnation: randomId(random),
    number: randomId(random),
  };
}

function randomFrame(random: Random): Buffer {
  const kind = pick(random, Object.keys(FRAME) as [FrameKind, ...FrameKind[]]);
  switch (kind) {
    case 'hello':
      return encodeHello(randomHello(random));
    case 'proofs':
      return encodeProofs(randomHello(random).proofs);
    case 'packet':
      return frameOf('packet', bodyOf(randomPacket(random)));
    case 'refusal': {
      const codes = Object.keys(REFUSAL_CODES) as [RefusalCode, ...RefusalCode[]];
      return encodeRefusal({ code: pick(random, codes), message: 'ünwelcome' });
    }
    case 'ping':
      return frameOf('ping', randomBytesOf(random, 8));
    case 'pong':
      return frameOf('pong', randomBytesOf(random, 8));
    default:
      return assertNever(kind);
  }
}

/** Frames of a link, some changed: the pieces that they come in make no difference, and bodies are read or refused. */
export function peerFrames(trial: Trial): void {
  const { random } = trial;
  const frames = Array.from({ length: randomInteger(random, 1, 6) }, () => randomFrame(random));
  const valid = Buffer.concat([LINK_PREFACE, ...frames]);
  for (let count = 0; count < INPUTS; count += 1) {
    const bytes = chance(random, 0.05) ? valid : mutated(random, valid, frames);
    const cuts = [...inPieces(random, bytes)].map(({ length }) => length);
    trial.feed(bytes, (content) => {
      const whole = framesIn([content]);
      check(!content.equals(valid) || whole.length === frames.length, `${whole.length} of ${frames.length} frames`);
      let at = 0;
      const pieces = [...cuts, Infinity].map((length) =>
        Buffer.from(content.subarray(at, (at += Math.min(length, content.length)))),
      );
      check(framesIn(pieces).join() === whole.join(), 'other frames in pieces');
    });
  }
}

/** Each frame as text, and at last the error, if any. */
function framesIn(pieces: readonly Buffer[]): string[] {
  const found: string[] = [];
  const decoder = new FrameDecoder(BODY_BYTES_MAX, (kind, source, start, end) => {
    const body = source.subarray(start, end);
    found.push(`${kind} ${body.toString('latin1')} ${meaningOf(kind, body)}`);
  });
  try {
    for (const piece of pieces) decoder.push(piece);
  } catch (error) {
    check(error instanceof CodecError || error instanceof PrefaceError, String(error));
    found.push(error instanceof Error ? error.message : '');
  }
  return found;
}

function meaningOf(kind: FrameKind, body: Buffer): string {
  try {
    if (kind === 'hello') {
      const hello = decodeHello(body);
      const again = decodeHello(encodeHello(hello).subarray(FRAME_HEADER_BYTES));
      check(textOf(again) === textOf(hello), 'a hello that is not read as it is written');
      return `${textOf(hello)} ${mismatch({ clusterId: 1, from: TO }, hello) ?? ''}`;
    }
    if (kind === 'proofs')
      return decodeProofs(body)
        .map((proof) => Buffer.from(proof).toString('hex'))
        .join();
    if (kind === 'refusal') return JSON.stringify(decodeRefusal(body));
    return '';
  } catch (error) {
    check(error instanceof CodecError, String(error));
    return String(error);
  }
}

function textOf({ challenge, proofs, ...fields }: Hello): string {
  return JSON.stringify([fields, ...[challenge, ...proofs].map((bytes) => Buffer.from(bytes).toString('hex'))]);
}
