import { CodecError } from './codec-error.js';

/**
 * The first bytes of each side of a link, in every version of the protocol. They begin neither an HTTP/1 request nor an
 * HTTP/2 connection, so the peer port can serve all three. Frames follow; the first is a hello, which states the version.
 */
export const LINK_PREFACE: Buffer = Buffer.from('RAFTKV\r\n', 'latin1');

/**
 * Layout of a frame's header, in bytes, little-endian:
 *
 *     0  u32  length of the body
 *     4  u8   kind
 *     5  u24  zero
 */
export const FRAME_HEADER_BYTES = 8;

/** Numbers of the kinds. A number is never reused for another kind. */
export const FRAME = {
  /** See hello.ts. The first frame of each side. */
  hello: 1,
  /** Proofs for challenges that came after the hello was sent. */
  proofs: 2,
  /** See packet-codec.ts. */
  packet: 3,
  /** To be returned as a pong, with the same body. */
  ping: 4,
  pong: 5,
  /** The link ends here, for this reason. See refusal.ts. */
  refusal: 6,
} as const;

export type FrameKind = keyof typeof FRAME;

const KINDS: readonly (FrameKind | undefined)[] = [undefined, 'hello', 'proofs', 'packet', 'ping', 'pong', 'refusal'];

/** Writes the header of a frame at `at`. */
export function writeFrameHeader(target: Buffer, at: number, kind: FrameKind, bodyBytes: number): void {
  target.writeUInt32LE(bodyBytes, at);
  target.writeUInt32LE(FRAME[kind], at + 4);
}

/** A whole frame with a small body. */
export function frameOf(kind: FrameKind, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + body.length);
  writeFrameHeader(frame, 0, kind, body.length);
  frame.set(body, FRAME_HEADER_BYTES);
  return frame;
}

/** @throws CodecError on a number of no kind */
export function frameKindOf(number: number): FrameKind {
  const kind = KINDS[number];
  if (kind === undefined) throw new CodecError(`a frame of unknown kind ${number}`);
  return kind;
}
