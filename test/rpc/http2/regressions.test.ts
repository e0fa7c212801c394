import { expect } from 'chai';
import { ContentCredit } from '../../../src/rpc/http2/content-credit.js';
import { ErrorCode } from '../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { HpackDecoder } from '../../../src/rpc/http2/hpack-decoder.js';
import { expectShortWork } from '../../support/time-limits.js';
import { block, frame, uint32 } from './peer.js';
import type { ScriptedStream } from './scripted-stream.js';
import { setting, Wire } from './wire.js';

const REQUEST = block([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a'],
]);
const open = (streamId: number): Buffer => frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, REQUEST);
const whole = (streamId: number): Buffer =>
  frame(FrameType.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, streamId, REQUEST);
const [HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE] = [1, 4, 5];

describe('regressions of an HTTP/2 connection:', () => {
  // A long error message went out in one HEADERS frame, whatever its size: the client ended the connection, and with it all
  // other calls, with FRAME_SIZE_ERROR.
  it('continues a header section that is larger than the largest frame of the client (section 4.2)', async () => {
    const value = '~'.repeat(40_000);
    const wire = new Wire({ onOpen: (stream) => stream.end([{ name: 'grpc-message', value }]) });
    wire.begin();
    wire.send(whole(1));
    await wire.turn();
    const parts = wire.frames.filter(({ streamId }) => streamId === 1);
    expect(parts.map(({ type, flags, payload }) => [type, flags, payload.length])).to.deep.equal([
      [FrameType.HEADERS, Flag.END_STREAM, 16_384],
      [FrameType.CONTINUATION, 0, 16_384],
      [FrameType.CONTINUATION, Flag.END_HEADERS, parts[2]?.payload.length],
    ]);
    const list = new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 65_536 }).decode(
      Buffer.concat(parts.map(({ payload }) => payload)),
    );
    expect(list.fields).to.deep.equal([{ name: 'grpc-message', value }]);
  });

  // A whole request that was answered as soon as it began got RST_STREAM behind its answer, on a stream that had ended.
  it('sends nothing on a stream after its end (section 5.1)', async () => {
    const wire = new Wire({ onOpen: (stream) => stream.end() });
    wire.begin();
    wire.send(whole(1), open(3));
    await wire.turn();
    expect(wire.of(FrameType.RST_STREAM, 1)).to.deep.equal([]);
    expect(wire.of(FrameType.RST_STREAM, 3), 'the rest of this request is not wanted').to.have.length(1);
  });

  // A draining connection refused new streams. The GOAWAY of a later error named the last refused stream as possibly served,
  // although the earlier GOAWAY had stated a lower one.
  it('never raises the last stream of a GOAWAY (section 6.8)', async () => {
    const wire = new Wire({}, { drainMs: 0 });
    wire.begin();
    wire.send(open(1));
    wire.connection.drain();
    await new Promise((resolve) => setTimeout(resolve, 5));
    wire.send(open(7), frame(FrameType.PING, 0, 1, Buffer.alloc(8)));
    await wire.turn();
    const goAways = wire.frames.filter(({ type }) => type === FrameType.GOAWAY);
    expect(goAways.map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)])).to.deep.equal([
      [2 ** 31 - 1, ErrorCode.NO_ERROR],
      [1, ErrorCode.NO_ERROR],
      [1, ErrorCode.PROTOCOL_ERROR],
    ]);
  });

  // A client that uploads without a pause leaves a part of a frame at the end of nearly every chunk. Its connection was closed
  // after a minute: the timer of the first such frame went on, although that frame had arrived.
  it('counts the time of a frame from its own beginning', async () => {
    const wire = new Wire({}, { frameMs: 60_000, streamWindow: 1_000_000 });
    wire.begin();
    const data = frame(FrameType.DATA, 0, 1, Buffer.alloc(100));
    wire.send(open(1), data.subarray(0, 50));
    for (let seconds = 0; seconds < 200; seconds += 1) {
      wire.nowMs += 1_000;
      wire.send(data.subarray(50), data.subarray(0, 50));
      wire.connection.check();
    }
    await wire.turn();
    expect(wire.violations).to.deep.equal([]);
    wire.nowMs += 61_000;
    wire.connection.check();
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.PROTOCOL_ERROR);
  });

  it('counts the time of a header block from its HEADERS frame', async () => {
    const wire = new Wire({}, { frameMs: 5_000 });
    wire.begin();
    wire.send(frame(FrameType.HEADERS, 0, 1, REQUEST));
    for (let seconds = 0; seconds < 6; seconds += 1) {
      wire.nowMs += 1_000;
      wire.send(frame(FrameType.CONTINUATION, 0, 1));
      wire.connection.check();
    }
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.PROTOCOL_ERROR);
  });

  // A PRIORITY frame of a wrong size on an idle stream was answered with RST_STREAM, which a server must not send for an idle
  // stream.
  it('resets no idle stream (sections 6.3 and 6.4)', async () => {
    const wire = new Wire({});
    wire.begin();
    wire.send(frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(4)));
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.FRAME_SIZE_ERROR);
    expect(wire.of(FrameType.RST_STREAM, 1)).to.deep.equal([]);
  });

  // The server remembers a limited number of the streams that it has reset. DATA in flight to an older one ended the
  // connection.
  it('ignores frames in flight to a stream that it has reset (section 5.1)', async () => {
    const wire = new Wire({ onOpen: (stream) => stream.end() });
    wire.begin();
    const count = 4_000;
    for (let index = 0; index < count; index += 1) wire.send(open(2 * index + 1));
    await wire.turn();
    for (let index = 0; index < count; index += 1) {
      wire.send(frame(FrameType.DATA, Flag.END_STREAM, 2 * index + 1, Buffer.from('x')));
    }
    await wire.turn();
    expect(wire.violations).to.deep.equal([]);
    expect(wire.goAwayCode).to.equal(undefined);
  });

  // A client that set its table to 0 and back within one frame had emptied it, and was sent references into it.
  it('signals the smallest table of several settings (RFC 7541, section 4.2)', async () => {
    const wire = new Wire({ onOpen: (stream) => stream.end([{ name: 'a', value: 'b', repeats: true }]) });
    wire.begin();
    wire.send(whole(1));
    wire.send(
      frame(FrameType.SETTINGS, 0, 0, Buffer.concat([setting(HEADER_TABLE_SIZE, 0), setting(HEADER_TABLE_SIZE, 4096)])),
    );
    wire.send(whole(3));
    await wire.turn();
    const [headers] = wire.of(FrameType.HEADERS, 3);
    expect(headers?.payload.subarray(0, 4).toString('hex'), '0, then 4096').to.equal('203fe11f');
  });

  // Every update of the connection's window made the server visit every stream with an answer that waited, up to 4096 of them:
  // a chunk of 5,000 updates made 20 million visits.
  it('visits only streams that can send when the window of the connection grows', async () => {
    const wire = new Wire({
      onOpen: (stream) => {
        stream.headers();
        stream.data(Buffer.alloc(100));
        stream.end();
      },
    });
    wire.begin(setting(INITIAL_WINDOW_SIZE, 0));
    const count = 4_000;
    for (let index = 0; index < count; index += 1) wire.send(whole(2 * index + 1));
    await wire.turn();
    const updates = Buffer.concat(
      Array.from({ length: 5_000 }, () => frame(FrameType.WINDOW_UPDATE, 0, 0, uint32(100))),
    );
    await expectShortWork(100, () => wire.send(updates));
    expect(wire.violations).to.deep.equal([]);
    wire.send(frame(FrameType.SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 100)));
    for (let turns = 0; turns < 20; turns += 1) await wire.turn();
    expect(wire.frames.filter(({ type }) => type === FrameType.DATA)).to.have.length(count);
  });

  // Data that a larger window allowed went out before the acknowledgement of the setting: a client that counts by what was
  // acknowledged saw more than its window.
  it('acknowledges settings before it sends data that they allow (section 6.5.3)', async () => {
    const wire = new Wire({
      onOpen: (stream) => {
        stream.headers();
        stream.data(Buffer.alloc(100));
      },
    });
    wire.begin(setting(INITIAL_WINDOW_SIZE, 0));
    wire.send(whole(1));
    await wire.turn();
    const before = wire.frames.length;
    wire.send(frame(FrameType.SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, 100)));
    await wire.turn();
    expect(wire.frames.slice(before).map(({ type }) => type)).to.deep.equal([FrameType.SETTINGS, FrameType.DATA]);
  });

  // A change of the initial window also visits every stream.
  it('allows fewer changes of the initial window to a client with many streams', async () => {
    const wire = new Wire({ onOpen: (stream) => stream.headers() });
    wire.begin();
    for (let index = 0; index < 4_000; index += 1) wire.send(whole(2 * index + 1));
    let frames = 0;
    while (wire.violations.length === 0 && frames < 1_000) {
      wire.send(frame(FrameType.SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, frames % 2)));
      frames += 1;
    }
    expect(frames).to.be.within(10, 50);
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.ENHANCE_YOUR_CALM);
  });

  // A client may accept frames of 16 MB. One such frame kept every answer behind it waiting, and was counted as unread output.
  it('sends no DATA frame above 64 KiB, whatever the client accepts', async () => {
    const wire = new Wire({
      onOpen: (stream) => {
        stream.headers();
        stream.data(Buffer.alloc(300_000));
        stream.end();
      },
    });
    wire.begin(Buffer.concat([setting(MAX_FRAME_SIZE, 2 ** 24 - 1), setting(INITIAL_WINDOW_SIZE, 2 ** 31 - 1)]));
    wire.send(frame(FrameType.WINDOW_UPDATE, 0, 0, uint32(1_000_000)), whole(1));
    await wire.turn();
    expect(wire.of(FrameType.DATA, 1).map(({ payload }) => payload.length)).to.deep.equal([
      65_536, 65_536, 65_536, 65_536, 37_856,
    ]);
  });

  // etcd's Go client sends a PING and a small update of the window for each round trip in which it received content. Its
  // connection was closed every two seconds while one of its watches got a thousand events a second: "too many control frames".
  it('allows a PING and small updates of the window for each answer, however many there are', async () => {
    const few = { burst: 20, perSecond: 0 };
    const wire = new Wire({ onOpen: (stream) => stream.headers() }, { controlFrames: few, emptyFrames: few });
    wire.begin();
    wire.send(whole(1));
    const afterAnswer = [
      frame(FrameType.WINDOW_UPDATE, 0, 0, uint32(40)),
      frame(FrameType.WINDOW_UPDATE, 0, 1, uint32(40)),
      frame(FrameType.PING, 0, 0, Buffer.alloc(8)),
    ];
    for (let answers = 0; answers < 3_000; answers += 1) {
      wire.streams[0]?.data(Buffer.alloc(20));
      wire.send(...afterAnswer);
    }
    await wire.turn();
    expect(wire.violations).to.deep.equal([]);
    // What was not used does not add up without end.
    let pings = 0;
    for (; wire.violations.length === 0 && pings < 5_000; pings += 1)
      wire.send(frame(FrameType.PING, 0, 0, Buffer.alloc(8)));
    expect(pings).to.be.below(30);
    expect(new ContentCredit(1).take(0)).to.equal(false);
    const credit = new ContentCredit(2);
    let taken = 0;
    while (credit.take(1_000_000)) taken += 1;
    expect(taken).to.equal(1_000);
  });

  // 4,000 streams whose windows had no room, and 14 settings that widened each by a byte: 28,000 frames in one turn of 120 ms.
  it('sends what settings allow on thousands of streams over several turns', async () => {
    const script = (stream: ScriptedStream): void => {
      stream.headers();
      stream.data(Buffer.alloc(100));
    };
    const wire = new Wire({ onOpen: script });
    wire.begin(setting(INITIAL_WINDOW_SIZE, 0));
    for (let index = 0; index < 1_000; index += 1) wire.send(whole(2 * index + 1));
    await wire.turn();
    const data = (): number => wire.frames.filter(({ type }) => type === FrameType.DATA).length;
    expect(data()).to.equal(0);
    const widening = Array.from({ length: 14 }, (_, at) =>
      frame(FrameType.SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, at + 1)),
    );
    wire.send(...widening);
    expect(wire.violations).to.deep.equal([]);
    for (let turns = 0, before = 0; data() < 1_000; turns += 1, before = data()) {
      expect(turns).to.be.below(10);
      await wire.turn();
      expect(data() - before).to.be.at.most(600);
    }
    expect(wire.of(FrameType.DATA, 1).map(({ payload }) => payload.length)).to.deep.equal([14]);
  });
});
