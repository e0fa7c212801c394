import { expect } from 'chai';
import { ErrorCode } from '../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import type { Http2Limits } from '../../../src/rpc/http2/limits.js';
import { block, frame } from './peer.js';
import { Wire } from './wire.js';

const REQUEST = block([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a'],
]);
const open = (streamId: number): Buffer => frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, REQUEST);
const whole = (streamId: number): Buffer =>
  frame(FrameType.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, streamId, REQUEST);
const PING = frame(FrameType.PING, 0, 0, Buffer.alloc(8, 'p'));
const HOUR_MS = 3_600_000;

describe('the keep-alive of an HTTP/2 connection', () => {
  const limits: Partial<Http2Limits> = { pingMinMs: 5_000, idlePingMinMs: 2 * HOUR_MS, earlyPings: 2 };

  /** Lets time pass, and sends a PING. @returns whether the connection has ended */
  const pingAfter = async (wire: Wire, ms: number): Promise<boolean> => {
    wire.nowMs += ms;
    wire.send(PING);
    await wire.turn();
    return wire.goAwayCode === ErrorCode.ENHANCE_YOUR_CALM;
  };

  it('answers PINGs of a client with streams that are far enough apart', async () => {
    const wire = new Wire({}, limits);
    wire.begin();
    wire.send(open(1));
    for (let pings = 0; pings < 100; pings += 1) expect(await pingAfter(wire, 5_000)).to.equal(false);
    expect(wire.of(FrameType.PING, 0).map(({ flags, payload }) => [flags, payload.toString()])).to.deep.equal(
      Array.from({ length: 100 }, () => [Flag.ACK, 'pppppppp']),
    );
  });

  it('closes the connection of a client that sends a third PING too early, with the text that clients know', async () => {
    const wire = new Wire({}, limits);
    wire.begin();
    wire.send(open(1));
    const ends = [];
    for (let pings = 0; pings < 4; pings += 1) ends.push(await pingAfter(wire, 4_999));
    expect(ends).to.deep.equal([false, false, false, true]);
    const goAway = wire.frames.find(({ type }) => type === FrameType.GOAWAY);
    expect(goAway?.payload.subarray(8).toString()).to.equal('too_many_pings');
    expect(wire.socket.writableEnded).to.equal(true);
  });

  it('allows a client without streams a PING every two hours', async () => {
    const wire = new Wire({}, limits);
    wire.begin();
    const ends = [];
    for (let pings = 0; pings < 4; pings += 1) ends.push(await pingAfter(wire, 2 * HOUR_MS));
    for (let pings = 0; pings < 3; pings += 1) ends.push(await pingAfter(wire, HOUR_MS));
    expect(ends).to.deep.equal([false, false, false, false, false, false, true]);
  });

  // Go's clients send a PING with the data that they receive, to estimate the bandwidth.
  it('forgives early PINGs once the server has sent headers or data', async () => {
    const wire = new Wire({}, limits);
    wire.begin();
    wire.send(open(1));
    for (let pings = 0; pings < 50; pings += 1) {
      if (pings % 3 === 2) wire.streams[0]?.headers();
      expect(await pingAfter(wire, 10)).to.equal(false);
    }
  });

  it('accepts PINGs at any rate if the policy is off', async () => {
    const wire = new Wire({}, { ...limits, pingMinMs: 0 });
    wire.begin();
    for (let pings = 0; pings < 50; pings += 1) expect(await pingAfter(wire, 0)).to.equal(false);
  });

  it('sends a PING after a silence, and closes a connection that stays silent', async () => {
    const wire = new Wire({}, { keepaliveMs: 10_000, keepaliveTimeoutMs: 3_000 });
    wire.begin();
    const checkAfter = async (ms: number): Promise<readonly [pings: number, isDestroyed: boolean]> => {
      wire.nowMs += ms;
      wire.connection.check();
      await wire.turn();
      return [wire.of(FrameType.PING, 0).length, wire.socket.destroyed];
    };
    expect(await checkAfter(10_000)).to.deep.equal([0, false]);
    expect(await checkAfter(1)).to.deep.equal([1, false]);
    expect(await checkAfter(3_000)).to.deep.equal([1, false]);
    wire.send(frame(FrameType.PING, Flag.ACK, 0, Buffer.alloc(8)));
    expect(await checkAfter(10_001)).to.deep.equal([2, false]);
    expect(await checkAfter(3_001)).to.deep.equal([2, true]);
  });
});

describe('the output of an HTTP/2 connection', () => {
  // Answers without a body are not subject to a window: a client that sent requests and read nothing made the member's
  // memory grow by their answers.
  it('stops reading from a client that does not read the answers to its frames, until it does', async () => {
    const untakenBytes = 32 * 1024;
    const wire = new Wire(
      { onOpen: (stream) => stream.end([{ name: 'reason', value: 'x'.repeat(200) }]) },
      { untakenBytes },
    );
    wire.begin();
    await wire.turn();
    wire.socket.isTaking = false;
    const count = 4_000;
    let mostBytes = 0;
    for (let index = 0; index < count; index += 1) {
      wire.send(whole(2 * index + 1));
      if (index % 20 === 0) await wire.turn();
      mostBytes = Math.max(mostBytes, wire.socket.writableLength);
    }
    expect(wire.socket.unreadBytes).to.be.above(0);
    expect(mostBytes).to.be.below(2 * untakenBytes);
    wire.socket.isTaking = true;
    wire.socket.drain();
    await wire.turn();
    // Bytes that the socket still holds must not change: the answers are those of the requests, in order.
    const answered = wire.frames.filter(({ type }) => type === FrameType.HEADERS).map(({ streamId }) => streamId);
    expect(answered).to.deep.equal(Array.from({ length: count }, (_, index) => 2 * index + 1));
    expect(wire.socket.unreadBytes).to.equal(0);
  });
});
