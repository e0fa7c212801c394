import { expect } from 'chai';
import { ErrorCode } from '../../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../../src/rpc/http2/frames.js';
import { block, frame, Peer, uint32 } from '../peer.js';
import { headers, REQUEST, whole } from './requests.js';

const { END_STREAM, END_HEADERS } = Flag;
const { DATA, HEADERS, WINDOW_UPDATE } = FrameType;

/** Stream errors of stream 1. */
const STREAM_ERRORS: readonly (readonly [string, string, readonly Buffer[], number])[] = [
  [
    '5.1',
    'trailers after DATA end the stream',
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
  ['8.2.1', 'a name above ASCII', malformed(...REQUEST, ['n\x80', 'x'])],
  ['8.2.1', 'an empty name', malformed(...REQUEST, ['', 'x'])],
  ['8.2.1', 'a name with a colon inside', malformed(...REQUEST, ['a:b', 'x'])],
  ['8.2.1', 'a value with a line feed', malformed(...REQUEST, ['a', 'x\ny'])],
  ['8.2.1', 'a value with a carriage return', malformed(...REQUEST, ['a', 'x\ry'])],
  ['8.2.1', 'a value with NUL', malformed(...REQUEST, ['a', '\0'])],
  ['8.2.1', 'a value with a blank at its end', malformed(...REQUEST, ['a', 'x '])],
  ['8.2.1', 'a value with a tab at its beginning', malformed(...REQUEST, ['a', '\tx'])],
  ['8.2.2', 'connection', malformed(...REQUEST, ['connection', 'close'])],
  ['8.2.2', 'transfer-encoding', malformed(...REQUEST, ['transfer-encoding', 'chunked'])],
  ['8.2.2', 'proxy-connection', malformed(...REQUEST, ['proxy-connection', 'close'])],
  ['8.2.2', 'keep-alive', malformed(...REQUEST, ['keep-alive', '1'])],
  ['8.2.2', 'upgrade', malformed(...REQUEST, ['upgrade', 'h2c'])],
  ['8.2.2', 'TE other than trailers', malformed(...REQUEST, ['te', 'gzip'])],
  ['8.3', 'an unknown pseudo-header field', malformed(...REQUEST, [':other', 'x'])],
  ['8.3', 'a pseudo-header field of responses', malformed(...REQUEST, [':status', '200'])],
  ['8.3', 'a pseudo-header field after a regular one', malformed(['a', 'b'], ...REQUEST)],
  ['8.3', 'a pseudo-header field twice', malformed(...REQUEST, [':path', '/b'])],
  ['8.3.1', 'no :method', malformed([':scheme', 'http'], [':path', '/'])],
  ['8.3.1', 'no :scheme', malformed([':method', 'GET'], [':path', '/'])],
  ['8.3.1', 'no :path', malformed([':method', 'GET'], [':scheme', 'http'])],
  ['8.3.1', 'an empty :path', malformed([':method', 'GET'], [':scheme', 'http'], [':path', ''])],
  ['8.5', 'CONNECT with a scheme', malformed([':method', 'CONNECT'], [':authority', 'x'], [':scheme', 'http'])],
  ['8.5', 'CONNECT without an authority', malformed([':method', 'CONNECT'])],
  ['8.5', 'CONNECT with a path', malformed([':method', 'CONNECT'], [':authority', 'x'], [':path', '/'])],
  ['8.1.1', 'two different content-lengths', malformed(...REQUEST, ['content-length', '1'], ['content-length', '2'])],
];

describe('an HTTP/2 connection, by the rules,', () => {
  let peer: Peer;
  afterEach(async () => await peer.close());

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
});
