import { expect } from 'chai';
import { ErrorCode } from '../../../../src/rpc/http2/errors.js';
import { Flag, FrameType, PREFACE } from '../../../../src/rpc/http2/frames.js';
import { block, frame, Peer, uint32 } from '../peer.js';
import { headers, REQUEST, whole } from './requests.js';
import { setting } from '../wire.js';

const { END_HEADERS, PADDED, PRIORITY, ACK } = Flag;
const { DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION } = FrameType;

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

describe('an HTTP/2 connection, by the rules,', () => {
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
});
