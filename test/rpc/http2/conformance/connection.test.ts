import { expect } from 'chai';
import { ErrorCode } from '../../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../../src/rpc/http2/frames.js';
import { block, frame, Peer, uint32 } from '../peer.js';
import { headers, REQUEST } from './requests.js';
import { setting } from '../wire.js';

const { END_STREAM, END_HEADERS, PADDED, PRIORITY, ACK } = Flag;
const { DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION } = FrameType;

describe('an HTTP/2 connection, by the rules,', () => {
  let peer: Peer;
  afterEach(async () => await peer.close());

  it('section 6.9: ends when more DATA comes than the window of the connection allows', async () => {
    peer = await Peer.open({ connectionWindow: 1_000 });
    peer.write(headers(1), frame(DATA, 0, 1, Buffer.alloc(1_001)));
    expect(await peer.goAway()).to.equal(ErrorCode.FLOW_CONTROL_ERROR);
  });

  it('sends SETTINGS first, and acknowledges those of the client (sections 3.4 and 6.5.3)', async () => {
    peer = await Peer.open();
    await peer.frame('an acknowledgement', ({ type, flags }) => type === SETTINGS && flags === ACK);
    expect(peer.frames[0]).to.include({ type: SETTINGS, flags: 0, streamId: 0 });
  });

  it('answers a PING with its bytes (section 6.7)', async () => {
    peer = await Peer.open();
    const bytes = Buffer.from('12345678');
    peer.write(frame(PING, 0, 0, bytes));
    const answer = await peer.frame('the answer', ({ type }) => type === PING);
    expect([answer.flags, answer.payload]).to.deep.equal([ACK, bytes]);
  });

  it('ignores frames of unknown types, unknown settings and reserved bits (sections 4.1, 5.5 and 6.5.2)', async () => {
    peer = await Peer.open();
    peer.write(frame(0xee, 0xff, 7, Buffer.from('x')), frame(SETTINGS, 0, 0, setting(0xfa, 1)));
    peer.write(frame(PING, 0, 0x8000_0000, Buffer.alloc(8)));
    await peer.settle();
    expect(peer.violations).to.deep.equal([]);
  });

  it('takes a header block in CONTINUATION frames, with padding and priority (sections 6.2 and 6.10)', async () => {
    peer = await Peer.open();
    const bytes = block(REQUEST);
    const [head, rest] = [bytes.subarray(0, 3), bytes.subarray(3)];
    const first = Buffer.concat([Buffer.from([2]), Buffer.alloc(5), head, Buffer.alloc(2)]);
    peer.write(frame(HEADERS, PADDED | PRIORITY | END_STREAM, 1, first));
    peer.write(frame(CONTINUATION, 0, 1, rest.subarray(0, 5)), frame(CONTINUATION, END_HEADERS, 1, rest.subarray(5)));
    await peer.frame('the answer', ({ streamId, flags }) => streamId === 1 && (flags & END_STREAM) !== 0);
    expect(peer.requests[0]?.head).to.include({ method: 'POST', path: '/a', authority: 'x' });
  });

  it('sends a body within the windows, which settings and updates change (section 6.9.2)', async () => {
    peer = await Peer.open();
    const sent = (): number =>
      peer.frames.filter(({ type }) => type === DATA).reduce((sum, { payload }) => sum + payload.length, 0);
    peer.write(frame(SETTINGS, 0, 0, setting(4, 10)));
    peer.write(headers(1), frame(DATA, END_STREAM, 1, Buffer.alloc(1_000, 'a')));
    await peer.settle();
    expect(sent()).to.equal(10);
    peer.write(frame(WINDOW_UPDATE, 0, 1, uint32(90)));
    await peer.settle();
    expect(sent()).to.equal(100);
    // The window becomes negative: 100 bytes have been sent of 10 + 90.
    peer.write(frame(SETTINGS, 0, 0, setting(4, 0)), frame(WINDOW_UPDATE, 0, 1, uint32(10)));
    await peer.settle();
    expect(sent()).to.equal(100);
    peer.write(frame(SETTINGS, 0, 0, setting(4, 1_000_000)));
    await peer.frame('the trailers', ({ streamId, flags }) => streamId === 1 && (flags & END_STREAM) !== 0);
    expect(sent()).to.equal(1_000);
  });

  it('refuses new streams beyond the announced number (section 5.1.2)', async () => {
    peer = await Peer.open({ concurrentStreams: 2 });
    peer.write(headers(1), headers(3), headers(5));
    expect(await peer.reset(5)).to.equal(ErrorCode.REFUSED_STREAM);
    expect(peer.requests).to.have.length(2);
  });

  it('ignores frames that were sent before the client learned of a reset (section 5.1)', async () => {
    peer = await Peer.open({ streamWindow: 10 });
    peer.write(headers(1), frame(DATA, 0, 1, Buffer.alloc(11)));
    await peer.reset(1);
    peer.write(frame(DATA, END_STREAM, 1, Buffer.alloc(5)), frame(RST_STREAM, 0, 1, uint32(8)));
    await peer.settle();
    expect(peer.frames.some(({ type }) => type === GOAWAY)).to.equal(false);
  });

  it('aborts open streams when the client resets them or goes', async () => {
    peer = await Peer.open();
    peer.write(headers(1), headers(3), frame(RST_STREAM, 0, 1, uint32(ErrorCode.CANCEL)));
    await peer.settle();
    expect(peer.streams.map(({ aborted }) => aborted)).to.deep.equal([ErrorCode.CANCEL, 'no']);
    peer.socket.destroy();
    while (peer.connection?.isClosed !== true) await new Promise((resolve) => setImmediate(resolve));
    expect(peer.streams[1]?.aborted).to.equal(undefined);
  });

  describe('drains (section 6.8)', () => {
    const goAways = (): readonly (readonly [lastId: number, code: number])[] =>
      peer.frames
        .filter(({ type }) => type === GOAWAY)
        .map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)]);
    const mark = async (): Promise<Buffer> =>
      (await peer.frame('a PING', ({ type, flags }) => type === PING && flags === 0)).payload;
    const answerOf = async (id: number): Promise<unknown> =>
      await peer.frame('the answer', ({ streamId, flags }) => streamId === id && (flags & END_STREAM) !== 0);

    it('serves requests on their way, refuses later ones, and closes when the open ones have ended', async () => {
      peer = await Peer.open();
      peer.write(headers(1));
      await peer.settle();
      peer.connection?.drain();
      const payload = await mark();
      expect(goAways()).to.deep.equal([[2 ** 31 - 1, ErrorCode.NO_ERROR]]);
      peer.write(headers(3), frame(PING, ACK, 0, payload), headers(5));
      expect(await peer.reset(5)).to.equal(ErrorCode.REFUSED_STREAM);
      expect(goAways().at(-1)).to.deep.equal([3, ErrorCode.NO_ERROR]);
      peer.write(frame(DATA, END_STREAM, 1, Buffer.from('x')));
      await answerOf(1);
      expect(peer.socket.readableEnded).to.equal(false);
      peer.write(frame(DATA, END_STREAM, 3, Buffer.from('y')));
      await answerOf(3);
      await peer.goAway();
    });

    it('closes at once where nothing is open and the client knows', async () => {
      peer = await Peer.open();
      await peer.settle();
      peer.connection?.drain();
      peer.connection?.drain();
      peer.write(frame(PING, ACK, 0, await mark()));
      await peer.goAway();
      expect(goAways()).to.deep.equal([
        [2 ** 31 - 1, ErrorCode.NO_ERROR],
        [0, ErrorCode.NO_ERROR],
      ]);
    });

    it('waits for the acknowledgement only so long', async () => {
      peer = await Peer.open({ drainMs: 20 });
      await peer.settle();
      peer.connection?.drain();
      peer.write(frame(PING, ACK, 0, Buffer.from('another!')));
      await peer.goAway();
      expect(goAways()).to.have.length(2);
    });

    it('closes a connection without SETTINGS at once', async () => {
      peer = await Peer.open({}, false);
      await peer.frame('SETTINGS', ({ type }) => type === SETTINGS);
      peer.connection?.drain();
      await new Promise((resolve) => peer.socket.once('end', resolve));
      expect(goAways()).to.deep.equal([]);
    });
  });

  it('sends a header block that is larger than a frame in CONTINUATION frames (section 4.3)', async () => {
    peer = await Peer.open();
    peer.write(headers(1));
    await peer.settle();
    const [stream] = peer.streams;
    if (stream === undefined) throw new Error('no stream');
    peer.connection?.end(stream, [
      { name: ':status', value: '200' },
      { name: 'text', value: '~'.repeat(40_000) },
    ]);
    await peer.reset(1);
    const blocks = peer.frames.filter(({ type }) => type === HEADERS || type === CONTINUATION);
    expect(blocks.map(({ type, flags, payload }) => [type, flags, payload.length])).to.deep.equal([
      [HEADERS, END_STREAM, 16_384],
      [CONTINUATION, 0, 16_384],
      [CONTINUATION, END_HEADERS, 7_242],
    ]);
  });
});
