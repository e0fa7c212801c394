import { expect } from 'chai';
import * as fc from 'fast-check';
import { CodecError, PrefaceError } from '../../src/transport/codec-error.js';
import { FRAME, FRAME_HEADER_BYTES, frameOf, LINK_PREFACE, type FrameKind } from '../../src/transport/frame.js';
import { FrameDecoder } from '../../src/transport/frame-decoder.js';

const KINDS = Object.keys(FRAME) as FrameKind[];
const MAX = 1_000;

interface Received {
  readonly kind: FrameKind;
  readonly body: string;
}

function decoderOf(received: Received[], max = MAX): FrameDecoder {
  return new FrameDecoder(max, (kind, source, start, end) => {
    received.push({ kind, body: source.toString('hex', start, end) });
  });
}

/** Passes the bytes on in chunks of these lengths, repeated as often as needed. */
function pushInChunks(decoder: FrameDecoder, bytes: Buffer, lengths: readonly number[]): void {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    // A copy, so that the test fails if the decoder reads beyond its chunk.
    decoder.push(Buffer.from(bytes.subarray(at, at + length)));
    at += length;
  }
}

const anyFrame = fc.record({ kind: fc.constantFrom(...KINDS), body: fc.uint8Array({ maxLength: 60 }) });
const anyLengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('FrameDecoder', () => {
  it('passes on the same frames however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 12 }), anyLengths, (frames, lengths) => {
        const received: Received[] = [];
        const bytes = Buffer.concat([LINK_PREFACE, ...frames.map(({ kind, body }) => frameOf(kind, body))]);
        pushInChunks(decoderOf(received), bytes, lengths);
        const sent = frames.map(({ kind, body }) => ({ kind, body: Buffer.from(body).toString('hex') }));
        expect(received).to.deep.equal(sent);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('passes on the frames before a fault, and throws only CodecError, whatever the bytes', () => {
    const fault = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 6 }), anyLengths, fault, (frames, lengths, change) => {
        const bytes = Buffer.concat([LINK_PREFACE, ...frames.map(({ kind, body }) => frameOf(kind, body))]);
        const at = change[0] % bytes.length;
        bytes[at] = change[1];
        const received: Received[] = [];
        const decoder = decoderOf(received);
        try {
          pushInChunks(decoder, bytes, lengths);
        } catch (error) {
          expect(error).to.be.instanceOf(CodecError);
        }
        expect(decoder.heldBytes).to.be.at.most(MAX);
        let end = LINK_PREFACE.length;
        const whole = frames.filter(({ body }) => (end += FRAME_HEADER_BYTES + body.length) <= at);
        const before = received.slice(0, whole.length);
        expect(before.map(({ body }) => body)).to.deep.equal(
          whole.map(({ body }) => Buffer.from(body).toString('hex')),
        );
      }),
      { numRuns: 1_000, seed: 1 },
    );
  });

  it('refuses another protocol at the first byte that differs', () => {
    for (const text of ['PRI * HTTP/2.0', 'GET / HTTP/1.1', 'RAFTKW', 'RAFTKV\r ', '\0']) {
      expect(() => decoderOf([]).push(Buffer.from(text)), text).to.throw(PrefaceError);
      expect(() => pushInChunks(decoderOf([]), Buffer.from(text), [1]), text).to.throw(PrefaceError);
    }
  });

  it('refuses unknown kinds and frames above the bound before it allocates memory for them', () => {
    const header = (bytes: number, kind: number): Buffer => {
      const frame = Buffer.alloc(FRAME_HEADER_BYTES);
      frame.writeUInt32LE(bytes);
      frame.writeUInt32LE(kind, 4);
      return Buffer.concat([LINK_PREFACE, frame]);
    };
    for (const [bytes, kind] of [
      [0, 0],
      [0, KINDS.length + 1],
      [0, FRAME.ping + 256],
      [MAX + 1, FRAME.packet],
      [2 ** 32 - 1, FRAME.packet],
    ] as const) {
      for (const length of [1, 100]) {
        const decoder = decoderOf([]);
        expect(() => pushInChunks(decoder, header(bytes, kind), [length]), `${bytes} ${kind}`).to.throw(CodecError);
        expect(decoder.heldBytes).to.equal(0);
      }
    }
    const decoder = decoderOf([]);
    decoder.push(header(MAX, FRAME.packet));
    expect(decoder.heldBytes).to.equal(MAX);
    decoder.stop();
    expect(decoder.heldBytes).to.equal(0);
  });

  it('applies a new bound to the frames that begin later, even in the same chunk', () => {
    const large = frameOf('packet', Buffer.alloc(200));
    const kinds: FrameKind[] = [];
    const decoder: FrameDecoder = new FrameDecoder(100, (kind) => {
      kinds.push(kind);
      decoder.bodyBytesMax = 1_000;
    });
    decoder.push(Buffer.concat([LINK_PREFACE, frameOf('hello', Buffer.alloc(50)), large, large]));
    expect(kinds).to.deep.equal(['hello', 'packet', 'packet']);
  });

  it('passes on no frame after a stop, even from the same chunk', () => {
    const kinds: FrameKind[] = [];
    const decoder: FrameDecoder = new FrameDecoder(100, (kind) => {
      kinds.push(kind);
      decoder.stop();
    });
    const ping = frameOf('ping', Buffer.alloc(8));
    decoder.push(Buffer.concat([LINK_PREFACE, ping, ping]));
    decoder.push(ping);
    expect(kinds).to.deep.equal(['ping']);
  });

  it('passes on whole frames where they were received, and copies the bytes of others once', () => {
    const sources: Buffer[] = [];
    const decoder = new FrameDecoder(10_000_000, (_kind, source) => void sources.push(source));
    const chunk = Buffer.concat([
      LINK_PREFACE,
      frameOf('packet', Buffer.alloc(100)),
      frameOf('packet', Buffer.alloc(8)),
    ]);
    decoder.push(chunk);
    expect(sources).to.deep.equal([chunk, chunk]);
    const bytes = frameOf('packet', Buffer.alloc(8_000_000));
    // If each chunk were joined with those before it, this would copy 64 GB.
    pushInChunks(decoder, bytes, [500]);
    expect(sources[2]?.length).to.equal(8_000_000);
    expect(sources[2]?.buffer.byteLength).to.equal(8_000_000);
  });
});
