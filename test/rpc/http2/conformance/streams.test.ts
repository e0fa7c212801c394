import { expect } from 'chai';
import { ErrorCode } from '../../../../src/rpc/http2/errors.js';
import { Flag, FrameType } from '../../../../src/rpc/http2/frames.js';
import { HpackDecoder } from '../../../../src/rpc/http2/hpack-decoder.js';
import { block, frame, uint32 } from '../peer.js';
import type { ScriptedStream } from '../scripted-stream.js';
import { setting, Wire } from '../wire.js';
import { headers, REQUEST, whole, started, unharmed } from './requests.js';

const { END_STREAM, END_HEADERS, ACK } = Flag;
const { DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION } = FrameType;
const [HEADER_TABLE_SIZE, INITIAL_WINDOW_SIZE] = [1, 4];

/** A literal that enters the dynamic table: x-table: 1. */
const INDEXED = Buffer.from('4007782d7461626c650131', 'hex');
/** The newest entry of the dynamic table. */
const NEWEST = Buffer.from('be', 'hex');

const resetOf = (wire: Wire, streamId: number): number | undefined =>
  wire.of(RST_STREAM, streamId)[0]?.payload.readUInt32BE(0);

describe('the streams of an HTTP/2 connection, by the rules,', () => {
  it('section 5.1: an idle stream takes PRIORITY', async () => {
    const wire = started();
    wire.send(frame(FrameType.PRIORITY, 0, 9, Buffer.alloc(5)), whole(1));
    await unharmed(wire);
  });

  for (const [what, late] of [
    ['DATA', frame(DATA, 0, 1, Buffer.from('x'))],
    ['HEADERS', headers(1, END_HEADERS | END_STREAM, [['a', 'b']])],
  ] as const) {
    it(`section 5.1: ${what} on a half-closed stream resets it with STREAM_CLOSED`, async () => {
      const wire = started();
      wire.send(whole(1), late);
      await wire.turn();
      expect(resetOf(wire, 1)).to.equal(ErrorCode.STREAM_CLOSED);
      expect(wire.goAwayCode).to.equal(undefined);
    });
  }

  it('section 5.1: a half-closed stream takes WINDOW_UPDATE, PRIORITY and RST_STREAM', async () => {
    const aborted: (number | undefined)[] = [];
    const wire = started({ onAbort: (_, code) => aborted.push(code) });
    wire.send(whole(1), frame(WINDOW_UPDATE, 0, 1, uint32(100)), frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(5)));
    wire.send(frame(RST_STREAM, 0, 1, uint32(ErrorCode.CANCEL)));
    await unharmed(wire);
    expect(aborted).to.deep.equal([ErrorCode.CANCEL]);
  });

  it('section 5.1: a closed stream takes WINDOW_UPDATE, PRIORITY and RST_STREAM', async () => {
    const wire = started({ onOpen: (stream) => stream.end() });
    wire.send(whole(1), frame(WINDOW_UPDATE, 0, 1, uint32(100)), frame(FrameType.PRIORITY, 0, 1, Buffer.alloc(5)));
    wire.send(frame(RST_STREAM, 0, 1, uint32(ErrorCode.CANCEL)));
    await unharmed(wire);
    expect(resetOf(wire, 1), 'no RST_STREAM answers one (section 5.4.2)').to.equal(undefined);
  });

  it('section 6.4: nothing is sent on a stream that the client has reset', async () => {
    let opened: ScriptedStream | undefined;
    const wire = started({ onOpen: (stream) => (opened = stream) });
    wire.send(whole(1), frame(RST_STREAM, 0, 1, uint32(ErrorCode.CANCEL)));
    opened?.headers();
    opened?.data(Buffer.from('x'));
    opened?.end();
    await wire.turn();
    expect(wire.frames.filter(({ streamId }) => streamId === 1)).to.deep.equal([]);
  });

  /** The answer to a cancelled call arrives late, and takes the way of nearly all answers. */
  it('section 6.4: no whole response is sent on a stream that the client has reset', async () => {
    const response = { headers: [], prefix: Buffer.from('p'), body: Buffer.from('x'), bodyBytes: 1, trailers: [] };
    let opened: ScriptedStream | undefined;
    const wire = started({ onOpen: (stream) => (opened = stream) });
    wire.send(whole(1), frame(RST_STREAM, 0, 1, uint32(ErrorCode.CANCEL)));
    opened?.whole(response);
    wire.send(whole(3));
    opened?.whole(response);
    await wire.turn();
    expect(wire.frames.filter(({ type }) => type === DATA).map(({ streamId }) => streamId)).to.deep.equal([3]);
  });

  it('section 7: an unknown error code in RST_STREAM is passed on as it is', async () => {
    const aborted: (number | undefined)[] = [];
    const wire = started({ onAbort: (_, code) => aborted.push(code) });
    wire.send(headers(1), frame(RST_STREAM, 0, 1, uint32(0xdead_beef)));
    await unharmed(wire);
    expect(aborted).to.deep.equal([0xdead_beef]);
  });

  it('section 4.3: a header block that is discarded changes the dynamic table all the same', async () => {
    const seen: string[] = [];
    const script = { onOpen: ({ request }: ScriptedStream) => seen.push(JSON.stringify(request.head.fields)) };
    const wire = started(script, { concurrentStreams: 1 });
    const request = (streamId: number, last: Buffer): Buffer =>
      frame(HEADERS, END_HEADERS, streamId, Buffer.concat([block(REQUEST), last]));
    wire.send(headers(1), request(3, INDEXED), frame(RST_STREAM, 0, 1, uint32(8)), request(5, NEWEST));
    await wire.turn();
    expect(resetOf(wire, 3)).to.equal(ErrorCode.REFUSED_STREAM);
    expect(seen).to.deep.equal(['[]', '[{"name":"x-table","value":"1"}]']);
  });

  it('section 6.9: DATA of a stream that the server has reset counts in the window of the connection', async () => {
    const wire = started({ onOpen: (stream) => stream.end() }, { connectionWindow: 100_000 });
    wire.send(headers(1));
    for (let frames = 0; frames < 4; frames += 1) wire.send(frame(DATA, 0, 1, Buffer.alloc(15_000)));
    await unharmed(wire);
    const credit = wire.of(WINDOW_UPDATE, 0).reduce((sum, { payload }) => sum + payload.readUInt32BE(0), 0);
    expect(credit).to.equal(100_000 - 65_535 + 60_000);
  });

  it('section 8.1: an answer before the end of the request is whole, and RST_STREAM with NO_ERROR follows', async () => {
    const wire = started({
      onOpen: (stream) => {
        stream.headers();
        stream.data(Buffer.from('early'));
        stream.end();
      },
    });
    wire.send(headers(1), frame(DATA, 0, 1, Buffer.from('late')));
    await unharmed(wire);
    expect(wire.frames.filter(({ streamId }) => streamId === 1).map(({ type, flags }) => [type, flags])).to.deep.equal([
      [HEADERS, END_HEADERS],
      [DATA, 0],
      [HEADERS, END_HEADERS | END_STREAM],
      [RST_STREAM, 0],
    ]);
    expect(resetOf(wire, 1)).to.equal(ErrorCode.NO_ERROR);
  });

  it('section 8.1: a body without trailers ends with its last DATA frame, as the windows allow it', async () => {
    const seen = async (script: (stream: ScriptedStream) => void, windowBytes: number): Promise<unknown[]> => {
      const wire = started({ onOpen: (stream) => (stream.headers(), script(stream)) });
      wire.send(frame(SETTINGS, 0, 0, setting(INITIAL_WINDOW_SIZE, windowBytes)), whole(1));
      await unharmed(wire);
      for (let more = 0; more < 3; more += 1) {
        wire.send(frame(WINDOW_UPDATE, 0, 1, uint32(100)));
        await unharmed(wire);
      }
      wire.send(whole(3));
      await unharmed(wire);
      expect(wire.of(RST_STREAM, 1)).to.deep.equal([]);
      return wire.of(DATA, 1).map(({ flags, payload }) => [flags, payload.length]);
    };
    const part = Buffer.alloc(150);
    const none = Buffer.alloc(0);
    expect(await seen((stream) => stream.last(part), 1000)).to.deep.equal([[END_STREAM, 150]]);
    expect(await seen((stream) => (stream.data(part), stream.last(part)), 1000)).to.deep.equal([
      [0, 150],
      [END_STREAM, 150],
    ]);
    expect(await seen((stream) => stream.last(none), 0)).to.deep.equal([[END_STREAM, 0]]);
    expect(await seen((stream) => (stream.data(part), stream.last(none)), 1000)).to.deep.equal([
      [0, 150],
      [END_STREAM, 0],
    ]);
    // What waits for a window is followed by no empty frame.
    expect(await seen((stream) => (stream.data(part), stream.last(none)), 0)).to.deep.equal([
      [0, 100],
      [END_STREAM, 50],
    ]);
    expect(await seen((stream) => (stream.data(part), stream.last(part)), 60)).to.deep.equal([
      [0, 60],
      [0, 100],
      [0, 100],
      [END_STREAM, 40],
    ]);
  });

  it('section 8.1: trailers end a request', async () => {
    const seen: [string, boolean][] = [];
    const wire = started({ onData: (_, part, isLast) => seen.push([part.toString(), isLast]) });
    wire.send(headers(1), frame(DATA, 0, 1, Buffer.from('x')), headers(1, END_HEADERS | END_STREAM, [['a', 'b']]));
    await unharmed(wire);
    expect(seen).to.deep.equal([
      ['x', false],
      ['', true],
    ]);
  });

  it('section 4.1: what is sent has no flags and no bits without a meaning', async () => {
    const wire = started({ onData: (stream, _, isLast) => (isLast ? answer(stream) : undefined) });
    const answer = (stream: ScriptedStream): void => {
      stream.headers();
      stream.data(Buffer.alloc(30_000));
      stream.end();
    };
    wire.send(headers(1), frame(DATA, END_STREAM, 1, Buffer.alloc(10)), frame(PING, 0, 0, Buffer.alloc(8)));
    wire.send(headers(3), frame(WINDOW_UPDATE, 0, 3, uint32(0)));
    wire.connection.drain();
    await wire.turn();
    const allowed = new Map<number, number>([
      [HEADERS, END_HEADERS | END_STREAM],
      [SETTINGS, ACK],
      [PING, ACK],
    ]);
    for (const { type, flags, streamId } of wire.frames) {
      expect(flags & ~(allowed.get(type) ?? 0), `flags of type ${type}`).to.equal(0);
      expect(streamId, 'the reserved bit').to.be.below(2 ** 31);
    }
    expect(new Set(wire.frames.map(({ type }) => type)).size).to.equal(7);
  });

  it('section 4.1: flags without a meaning are ignored', async () => {
    const wire = started({ onOpen: (stream) => stream.headers() });
    wire.send(frame(HEADERS, 0xd2 | END_HEADERS, 1, block(REQUEST)), frame(DATA, 0xf6, 1, Buffer.from('x')));
    wire.send(
      frame(PING, 0xfe, 0, Buffer.alloc(8)),
      frame(SETTINGS, 0xfe, 0),
      frame(WINDOW_UPDATE, 0xff, 1, uint32(9)),
    );
    wire.send(frame(FrameType.PRIORITY, 0xff, 1, Buffer.alloc(5)), frame(RST_STREAM, 0xff, 1, uint32(8)));
    await unharmed(wire);
    expect(wire.of(HEADERS, 1), 'an answer').to.have.length(1);
    expect(wire.of(PING, 0), 'an answer to PING').to.have.length(1);
  });

  it('section 4.3.1: a smaller table of the client is signalled at the beginning of the next block', async () => {
    const fields = [{ name: 'x-long', value: 'v'.repeat(100), repeats: true }];
    const wire = started({ onOpen: (stream) => stream.end(fields) });
    wire.send(whole(1), frame(SETTINGS, 0, 0, setting(HEADER_TABLE_SIZE, 100)), whole(3), whole(5));
    await unharmed(wire);
    const [first, second, third] = [1, 3, 5].map((id) => wire.of(HEADERS, id)[0]?.payload ?? Buffer.alloc(0));
    expect(second?.subarray(0, 2).toString('hex'), 'a size of 100').to.equal('3f45');
    const decoder = new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 10_000 });
    for (const payload of [first, second, third]) {
      const { fields: decoded } = decoder.decode(payload ?? Buffer.alloc(0), 0, payload?.length ?? 0);
      expect(decoded).to.deep.equal([{ name: 'x-long', value: 'v'.repeat(100) }]);
    }
  });

  it('section 6.9.2: a setting does not change the window of the connection', async () => {
    const wire = new Wire({
      onOpen: (stream) => {
        stream.headers();
        stream.data(Buffer.alloc(100_000));
        stream.end();
      },
    });
    wire.begin(setting(INITIAL_WINDOW_SIZE, 1_000_000));
    wire.send(whole(1));
    await wire.turn();
    const sent = wire.of(DATA, 1).reduce((sum, { payload }) => sum + payload.length, 0);
    expect(sent).to.equal(65_535);
  });

  it('section 6.10: a block of empty fragments and single bytes is taken', async () => {
    const seen: string[] = [];
    const wire = started(({ head }) => ({ onOpen: () => seen.push(head.path) }));
    const bytes = Buffer.from('8386440161', 'hex');
    wire.send(frame(HEADERS, END_STREAM, 1));
    for (const byte of bytes) wire.send(frame(CONTINUATION, 0, 1, Buffer.from([byte])));
    wire.send(frame(CONTINUATION, END_HEADERS, 1));
    await unharmed(wire);
    expect(seen).to.deep.equal(['a']);
  });
});
