import { expect } from 'chai';
import { ErrorCode } from '../../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../../src/rpc/http2/frames.js';
import { frame, uint32 } from '../peer.js';
import { setting, Wire } from '../wire.js';
import { headers, whole, started, unharmed } from './requests.js';

const { END_STREAM, PADDED, ACK } = Flag;
const { DATA, HEADERS, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION } = FrameType;
const [ENABLE_PUSH, INITIAL_WINDOW_SIZE] = [2, 4];

describe('the frames of an HTTP/2 connection, by the rules,', () => {
  it('section 4.2: a frame of 16,384 bytes is taken', async () => {
    let bytes = 0;
    const wire = started({ onData: (_, part) => (bytes += part.length) });
    wire.send(headers(1), frame(DATA, END_STREAM, 1, Buffer.alloc(16_384)));
    await unharmed(wire);
    expect(bytes).to.equal(16_384);
  });

  it('section 5.5: an unknown frame inside a header block ends the connection', async () => {
    const wire = started();
    wire.send(headers(1, 0), frame(0xee, 0, 1));
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.PROTOCOL_ERROR);
  });

  it('section 6.2: HEADERS of another stream inside a header block ends the connection', async () => {
    const wire = started();
    wire.send(headers(1, 0), headers(3));
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.PROTOCOL_ERROR);
  });

  it('section 6.10: CONTINUATION on stream 0 ends the connection', async () => {
    const wire = started();
    wire.send(frame(CONTINUATION, 0, 0));
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.PROTOCOL_ERROR);
  });

  it('section 6.1: padding counts in both windows', async () => {
    const wire = started({}, { streamWindow: 1_000, connectionWindow: 65_535 });
    const padded = frame(DATA, PADDED, 1, Buffer.concat([Buffer.from([255]), Buffer.alloc(255)]));
    wire.send(headers(1));
    // Padding is returned to the window of the stream once half of it has gathered.
    for (let frames = 0; frames < 200; frames += 1) wire.send(padded);
    await unharmed(wire);
    const credit = (streamId: number): number =>
      wire.of(WINDOW_UPDATE, streamId).reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(credit(1)).to.be.within(200 * 256 - 500, 200 * 256);
    expect(credit(0)).to.be.within(200 * 256 - 32_768, 200 * 256);
  });

  it('section 6.5.2: the server announces no push', async () => {
    const wire = started();
    await wire.turn();
    const payload = wire.frames[0]?.payload ?? Buffer.alloc(0);
    const ids = Array.from({ length: payload.length / 6 }, (_, at) => payload.readUInt16BE(6 * at));
    expect(ids).not.to.include(ENABLE_PUSH);
    expect(ids.length).to.be.above(0);
  });

  it('section 6.5.3: values are taken in their order, and every SETTINGS frame is acknowledged', async () => {
    const wire = started({
      onOpen: (stream) => {
        stream.headers();
        stream.data(Buffer.alloc(100));
        stream.end();
      },
    });
    const twice = Buffer.concat([setting(INITIAL_WINDOW_SIZE, 0), setting(INITIAL_WINDOW_SIZE, 7)]);
    wire.send(frame(SETTINGS, 0, 0, twice), frame(SETTINGS, 0, 0), whole(1));
    await unharmed(wire);
    expect(wire.of(DATA, 1).map(({ payload }) => payload.length)).to.deep.equal([7]);
    expect(wire.of(SETTINGS, 0).filter(({ flags }) => flags === ACK)).to.have.length(3);
  });

  it('section 6.5.3: no acknowledgement of its SETTINGS in time ends the connection with SETTINGS_TIMEOUT', async () => {
    const wire = new Wire({}, { settingsMs: 1_000 });
    wire.begin();
    const silent = new Wire({}, { settingsMs: 1_000 });
    silent.send(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(SETTINGS, 0, 0));
    for (const one of [wire, silent]) {
      one.nowMs = 1_001;
      one.connection.check();
      await one.turn();
    }
    expect([wire.goAwayCode, silent.goAwayCode]).to.deep.equal([undefined, ErrorCode.SETTINGS_TIMEOUT]);
  });

  it('section 6.7: an acknowledgement of PING is not answered', async () => {
    const wire = started();
    wire.send(frame(PING, ACK, 0, Buffer.alloc(8)));
    await unharmed(wire);
    expect(wire.of(PING, 0)).to.deep.equal([]);
  });

  it('section 6.8: a GOAWAY of the client leaves its streams as they are', async () => {
    const wire = started({ onData: (stream, _, isLast) => (isLast ? stream.end() : undefined) });
    wire.send(headers(1), frame(GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(0), Buffer.from('bye')])));
    wire.send(frame(DATA, END_STREAM, 1, Buffer.from('x')));
    await unharmed(wire);
    expect(wire.of(HEADERS, 1)).to.have.length(1);
  });

  it('section 6.9: the reserved bit of a window increment is ignored', async () => {
    const wire = started();
    wire.send(
      headers(1),
      frame(WINDOW_UPDATE, 0, 1, uint32(0x8000_0001)),
      frame(WINDOW_UPDATE, 0, 0, uint32(0x8000_0001)),
    );
    await unharmed(wire);
  });

  it('section 5.4.1: after GOAWAY for an error, the connection is closed and nothing more is served', async () => {
    const wire = started();
    wire.send(frame(PING, 0, 1, Buffer.alloc(8)), whole(1));
    await wire.turn();
    expect(wire.goAwayCode).to.equal(ErrorCode.PROTOCOL_ERROR);
    expect(wire.socket.writableEnded).to.equal(true);
    expect(wire.streams).to.deep.equal([]);
  });
});
