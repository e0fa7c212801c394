import { expect } from 'chai';
import { ErrorCode } from '../../../src/rpc/http2/errors.js';
import { Flag, FrameType, PREFACE } from '../../../src/rpc/http2/frames.js';
import { block, frame, Peer, uint32 } from './peer.js';

const REQUEST: readonly (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/a'],
  [':authority', 'x'],
];
const { END_STREAM, END_HEADERS, PADDED, PRIORITY, ACK } = Flag;
const { DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION } = FrameType;

const headers = (streamId: number, flags: number = END_HEADERS, fields = REQUEST): Buffer =>
  frame(HEADERS, flags, streamId, block(fields));
const whole = (streamId: number): Buffer => headers(streamId, END_HEADERS | END_STREAM);
const setting = (id: number, value: number): Buffer => Buffer.concat([Buffer.from([0, id]), uint32(value)]);

/** Connection errors: section of RFC 9113, rule, frames, code. */
const CONNECTION_ERRORS: readonly (readonly [string, string, readonly Buffer[], number])[] = [
  ['3.4', 'the first frame is SETTINGS', [PREFACE, frame(PING, 0, 0, Buffer.alloc(8))], ErrorCode.PROTOCOL_ERROR],
  ['3.4', 'the preface is exact', [Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n')], ErrorCode.PROTOCOL_ERROR],
  [
    '4.2',
    'no frame exceeds SETTINGS_MAX_FRAME_SIZE',
    [frame(DATA, 0, 1, Buffer.alloc(16_385))],
    ErrorCode.FRAME_SIZE_ERROR,
  ],
  [
    '4.3',
    'a header block can be decoded',
    [frame(HEADERS, END_HEADERS, 1, Buffer.from([0x80]))],
    ErrorCode.COMPRESSION_ERROR,
  ],
  ['5.1', 'DATA of an idle stream', [frame(DATA, 0, 1, Buffer.from('x'))], ErrorCode.PROTOCOL_ERROR],
  ['5.1', 'WINDOW_UPDATE of an idle stream', [frame(WINDOW_UPDATE, 0, 1, uint32(1))], ErrorCode.PROTOCOL_ERROR],
  ['5.1', 'RST_STREAM of an idle stream', [frame(RST_STREAM, 0, 1, uint32(8))], ErrorCode.PROTOCOL_ERROR],
  ['5.1', 'DATA after the end of the stream', [whole(1), frame(DATA, 0, 1, Buffer.from('x'))], ErrorCode.STREAM_CLOSED],
  ['5.1.1', 'streams of a client are odd', [headers(2)], ErrorCode.PROTOCOL_ERROR],
  ['5.1.1', 'stream ids grow', [whole(5), whole(3)], ErrorCode.STREAM_CLOSED],
  ['6.1', 'DATA has a stream', [frame(DATA, 0, 0, Buffer.from('x'))], ErrorCode.PROTOCOL_ERROR],
  [
    '6.1',
    'padding fits into DATA',
    [headers(1), frame(DATA, PADDED, 1, Buffer.from([5, 1, 2]))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  ['6.1', 'padding has a length', [headers(1), frame(DATA, PADDED, 1)], ErrorCode.PROTOCOL_ERROR],
  ['6.2', 'HEADERS has a stream', [headers(0)], ErrorCode.PROTOCOL_ERROR],
  [
    '6.2',
    'padding fits into HEADERS',
    [frame(HEADERS, END_HEADERS | PADDED, 1, Buffer.from([9, 0x82]))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  [
    '6.2',
    'HEADERS with priority is long enough',
    [frame(HEADERS, END_HEADERS | PRIORITY, 1, Buffer.from([0, 0]))],
    ErrorCode.FRAME_SIZE_ERROR,
  ],
  [
    '6.2',
    'nothing interrupts a header block',
    [headers(1, 0), frame(PING, 0, 0, Buffer.alloc(8))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  ['6.3', 'PRIORITY has a stream', [frame(FrameType.PRIORITY, 0, 0, Buffer.alloc(5))], ErrorCode.PROTOCOL_ERROR],
  ['6.4', 'RST_STREAM has a stream', [frame(RST_STREAM, 0, 0, uint32(8))], ErrorCode.PROTOCOL_ERROR],
  [
    '6.4',
    'RST_STREAM has four bytes',
    [headers(1), frame(RST_STREAM, 0, 1, Buffer.alloc(3))],
    ErrorCode.FRAME_SIZE_ERROR,
  ],
  ['6.5', 'an acknowledgement is empty', [frame(SETTINGS, ACK, 0, setting(4, 1))], ErrorCode.FRAME_SIZE_ERROR],
  ['6.5', 'SETTINGS has no stream', [frame(SETTINGS, 0, 1)], ErrorCode.PROTOCOL_ERROR],
  ['6.5', 'SETTINGS has whole settings', [frame(SETTINGS, 0, 0, Buffer.alloc(5))], ErrorCode.FRAME_SIZE_ERROR],
  ['6.5.2', 'ENABLE_PUSH is 0 or 1', [frame(SETTINGS, 0, 0, setting(2, 2))], ErrorCode.PROTOCOL_ERROR],
  [
    '6.5.2',
    'INITIAL_WINDOW_SIZE is at most 2^31-1',
    [frame(SETTINGS, 0, 0, setting(4, 2 ** 31))],
    ErrorCode.FLOW_CONTROL_ERROR,
  ],
  ['6.5.2', 'MAX_FRAME_SIZE is at least 16,384', [frame(SETTINGS, 0, 0, setting(5, 16_383))], ErrorCode.PROTOCOL_ERROR],
  ['6.5.2', 'MAX_FRAME_SIZE is at most 2^24-1', [frame(SETTINGS, 0, 0, setting(5, 2 ** 24))], ErrorCode.PROTOCOL_ERROR],
  ['6.6', 'a client pushes nothing', [frame(PUSH_PROMISE, END_HEADERS, 1, uint32(2))], ErrorCode.PROTOCOL_ERROR],
  ['6.7', 'PING has no stream', [frame(PING, 0, 1, Buffer.alloc(8))], ErrorCode.PROTOCOL_ERROR],
  ['6.7', 'PING has eight bytes', [frame(PING, 0, 0, Buffer.alloc(7))], ErrorCode.FRAME_SIZE_ERROR],
  ['6.8', 'GOAWAY has no stream', [frame(GOAWAY, 0, 1, Buffer.alloc(8))], ErrorCode.PROTOCOL_ERROR],
  ['6.8', 'GOAWAY has eight bytes or more', [frame(GOAWAY, 0, 0, Buffer.alloc(4))], ErrorCode.FRAME_SIZE_ERROR],
  ['6.9', 'WINDOW_UPDATE has four bytes', [frame(WINDOW_UPDATE, 0, 0, Buffer.alloc(3))], ErrorCode.FRAME_SIZE_ERROR],
  [
    '6.9',
    'WINDOW_UPDATE of the connection is not 0',
    [frame(WINDOW_UPDATE, 0, 0, uint32(0))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  [
    '6.9.1',
    'the window of the connection is at most 2^31-1',
    [frame(WINDOW_UPDATE, 0, 0, uint32(2 ** 31 - 1))],
    ErrorCode.FLOW_CONTROL_ERROR,
  ],
  [
    '6.9.2',
    'a setting keeps windows at most 2^31-1',
    [headers(1), frame(WINDOW_UPDATE, 0, 1, uint32(2 ** 31 - 65_536)), frame(SETTINGS, 0, 0, setting(4, 2 ** 31 - 1))],
    ErrorCode.FLOW_CONTROL_ERROR,
  ],
  [
    '6.10',
    'CONTINUATION follows HEADERS',
    [frame(CONTINUATION, END_HEADERS, 1, block(REQUEST))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  [
    '6.10',
    'CONTINUATION is of the same stream',
    [headers(1, 0), frame(CONTINUATION, END_HEADERS, 3)],
    ErrorCode.PROTOCOL_ERROR,
  ],
];

/** Stream errors of stream 1. */
const STREAM_ERRORS: readonly (readonly [string, string, readonly Buffer[], number])[] = [
  [
    '5.1',
    'DATA on a stream half-closed by the client',
    [headers(1, END_HEADERS), frame(DATA, 0, 1, Buffer.from('x')), frame(HEADERS, END_HEADERS, 1, block([['a', 'b']]))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  [
    '6.3',
    'PRIORITY has five bytes',
    [headers(1), frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(4))],
    ErrorCode.FRAME_SIZE_ERROR,
  ],
  ['6.9', 'WINDOW_UPDATE is not 0', [headers(1), frame(WINDOW_UPDATE, 0, 1, uint32(0))], ErrorCode.PROTOCOL_ERROR],
  [
    '6.9.1',
    'the window of a stream is at most 2^31-1',
    [headers(1), frame(WINDOW_UPDATE, 0, 1, uint32(2 ** 31 - 1))],
    ErrorCode.FLOW_CONTROL_ERROR,
  ],
  [
    '8.1',
    'trailers end the stream',
    [headers(1), frame(HEADERS, END_HEADERS, 1, block([['a', 'b']]))],
    ErrorCode.PROTOCOL_ERROR,
  ],
  [
    '8.1',
    'trailers have no pseudo-header fields',
    [headers(1), frame(HEADERS, END_HEADERS | END_STREAM, 1, block([[':path', '/']]))],
    ErrorCode.PROTOCOL_ERROR,
  ],
];

const malformed = (...fields: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] => fields;

/** Malformed requests of section 8. */
const MALFORMED: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
  ['8.2.1', 'a name in upper case', malformed(...REQUEST, ['Name', 'x'])],
  ['8.2.1', 'a name with a blank', malformed(...REQUEST, ['a b', 'x'])],
  ['8.2.1', 'an empty name', malformed(...REQUEST, ['', 'x'])],
  ['8.2.1', 'a name with a colon inside', malformed(...REQUEST, ['a:b', 'x'])],
  ['8.2.1', 'a value with a line feed', malformed(...REQUEST, ['a', 'x\ny'])],
  ['8.2.1', 'a value with NUL', malformed(...REQUEST, ['a', '\0'])],
  ['8.2.1', 'a value with a blank at its end', malformed(...REQUEST, ['a', 'x '])],
  ['8.2.2', 'connection', malformed(...REQUEST, ['connection', 'close'])],
  ['8.2.2', 'transfer-encoding', malformed(...REQUEST, ['transfer-encoding', 'chunked'])],
  ['8.2.2', 'TE other than trailers', malformed(...REQUEST, ['te', 'gzip'])],
  ['8.3', 'an unknown pseudo-header field', malformed(...REQUEST, [':other', 'x'])],
  ['8.3', 'a pseudo-header field of responses', malformed(...REQUEST, [':status', '200'])],
  ['8.3', 'a pseudo-header field after a regular one', malformed(['a', 'b'], ...REQUEST)],
  ['8.3', 'a pseudo-header field twice', malformed(...REQUEST, [':path', '/b'])],
  ['8.3.1', 'no :method', malformed([':scheme', 'http'], [':path', '/'])],
  ['8.3.1', 'no :scheme', malformed([':method', 'GET'], [':path', '/'])],
  ['8.3.1', 'no :path', malformed([':method', 'GET'], [':scheme', 'http'])],
  ['8.3.1', 'an empty :path', malformed([':method', 'GET'], [':scheme', 'http'], [':path', ''])],
  ['8.5', 'CONNECT with a path', malformed([':method', 'CONNECT'], [':authority', 'x'], [':path', '/'])],
  ['8.1.1', 'two different content-lengths', malformed(...REQUEST, ['content-length', '1'], ['content-length', '2'])],
];

describe('an HTTP/2 connection', () => {
  let peer: Peer;
  afterEach(async () => await peer.close());

  describe('ends with GOAWAY where RFC 9113 requires', () => {
    for (const [section, rule, frames, code] of CONNECTION_ERRORS) {
      it(`section ${section}: ${rule}`, async () => {
        peer = await Peer.open({}, section !== '3.4');
        peer.write(...frames);
        expect(await peer.goAway()).to.equal(code);
      });
    }
  });

  describe('resets one stream, and keeps the others, where RFC 9113 requires', () => {
    for (const [section, rule, frames, code] of STREAM_ERRORS) {
      it(`section ${section}: ${rule}`, async () => {
        peer = await Peer.open();
        peer.write(...frames);
        expect(await peer.reset(1)).to.equal(code);
        expect(peer.streams[0]?.aborted).to.equal(code);
        peer.write(whole(9));
        await peer.frame('another answer', ({ streamId, flags }) => streamId === 9 && (flags & END_STREAM) !== 0);
      });
    }

    for (const [section, what, fields] of MALFORMED) {
      it(`section ${section}: a request with ${what}`, async () => {
        peer = await Peer.open();
        peer.write(headers(1, END_HEADERS | END_STREAM, fields));
        expect(await peer.reset(1)).to.equal(ErrorCode.PROTOCOL_ERROR);
        expect(peer.requests).to.have.length(0);
      });
    }

    it('section 8.1.1: a body that differs from its content-length', async () => {
      peer = await Peer.open();
      const fields = malformed(...REQUEST, ['content-length', '3']);
      peer.write(headers(1, END_HEADERS, fields), frame(DATA, END_STREAM, 1, Buffer.from('four')));
      expect(await peer.reset(1)).to.equal(ErrorCode.PROTOCOL_ERROR);
      peer.write(headers(3, END_HEADERS | END_STREAM, fields));
      expect(await peer.reset(3)).to.equal(ErrorCode.PROTOCOL_ERROR);
    });

    it('section 6.9: more DATA than the window of the stream', async () => {
      peer = await Peer.open({ streamWindow: 100, connectionWindow: 100_000 });
      peer.write(headers(1), frame(DATA, 0, 1, Buffer.alloc(101)));
      expect(await peer.reset(1)).to.equal(ErrorCode.FLOW_CONTROL_ERROR);
    });
  });

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

  describe('has bounds', () => {
    const cases: readonly (readonly [string, Parameters<typeof Peer.open>[0], (at: number) => Buffer])[] = [
      [
        'resets by the client (CVE-2023-44487)',
        { resets: { burst: 20, perSecond: 1 } },
        (at) => Buffer.concat([headers(2 * at + 1), frame(RST_STREAM, 0, 2 * at + 1, uint32(8))]),
      ],
      [
        'resets that it provokes (CVE-2025-8671)',
        { resets: { burst: 20, perSecond: 1 } },
        (at) => Buffer.concat([headers(2 * at + 1), frame(WINDOW_UPDATE, 0, 2 * at + 1, uint32(0))]),
      ],
      ['SETTINGS (CVE-2019-9515)', { controlFrames: { burst: 20, perSecond: 1 } }, () => frame(SETTINGS, 0, 0)],
      [
        'PING (CVE-2019-9512)',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(PING, 0, 0, Buffer.alloc(8)),
      ],
      [
        'PRIORITY',
        { controlFrames: { burst: 20, perSecond: 1 } },
        () => frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(5)),
      ],
      [
        'frames without content (CVE-2019-9518)',
        { emptyFrames: { burst: 20, perSecond: 1 } },
        (at) => (at === 0 ? headers(1) : frame(DATA, 0, 1)),
      ],
      [
        'tiny updates of the window',
        { emptyFrames: { burst: 20, perSecond: 1 } },
        () => frame(WINDOW_UPDATE, 0, 0, uint32(1)),
      ],
      [
        'CONTINUATION frames (CVE-2024-27316)',
        { continuationFrames: 5 },
        (at) => (at === 0 ? headers(1, 0) : frame(CONTINUATION, 0, 1)),
      ],
      [
        'the size of a header block',
        { headerBlockBytes: 1_000 },
        (at) => (at === 0 ? headers(1, 0) : frame(CONTINUATION, 0, 1, Buffer.alloc(100))),
      ],
    ];
    for (const [what, limits, bytes] of cases) {
      it(`on ${what}`, async () => {
        peer = await Peer.open(limits);
        for (let at = 0; at < 50; at += 1) peer.write(bytes(at));
        expect(await peer.goAway()).to.equal(ErrorCode.ENHANCE_YOUR_CALM);
      });
    }

    it('on the size of a header list, with status 431', async () => {
      peer = await Peer.open({ headerListBytes: 500 });
      peer.write(headers(1, END_HEADERS | END_STREAM, malformed(...REQUEST, ['a', 'x'.repeat(500)])));
      await peer.frame(
        'an answer',
        ({ type, streamId, flags }) => type === HEADERS && streamId === 1 && (flags & END_STREAM) !== 0,
      );
      expect(peer.requests).to.have.length(0);
    });

    it('on the time for SETTINGS, and for a frame that has begun', async () => {
      peer = await Peer.open({ settingsMs: 0 }, false);
      await new Promise((resolve) => setTimeout(resolve, 5));
      peer.connection?.check();
      expect(await peer.goAway()).to.equal(ErrorCode.SETTINGS_TIMEOUT);
    });

    it('on the answer to a PING of its own', async () => {
      peer = await Peer.open({ keepaliveMs: 0, keepaliveTimeoutMs: 0 });
      peer.write(frame(SETTINGS, ACK, 0));
      await peer.settle();
      const closed = new Promise((resolve) => peer.socket.once('close', resolve));
      const check = setInterval(() => peer.connection?.check(), 5);
      await closed;
      clearInterval(check);
      expect(peer.frames.some(({ type, flags }) => type === PING && flags === 0)).to.equal(true);
    });
  });
});
