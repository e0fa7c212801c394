// The framing of HTTP/2 (RFC 9113, sections 4 and 6).

export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

export const Flag = { END_STREAM: 0x1, ACK: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** Sent by a client before its first frame (section 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export const FRAME_HEADER_BYTES = 9;
/** Largest payload that every endpoint accepts, in bytes; this server announces no other. */
export const FRAME_BYTES_MAX = 16_384;
/** Largest flow-control window (section 6.9.1). */
export const WINDOW_MAX = 2 ** 31 - 1;
/** Window of a connection, and of streams until a setting changes it (section 6.9.2). */
export const WINDOW_INITIAL = 65_535;
/** Largest id of a stream (section 5.1.1). */
export const STREAM_ID_MAX = 2 ** 31 - 1;
export const PING_BYTES = 8;

export interface FrameHeader {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
}

/** @param length of the payload @returns the offset after the header */
export function writeFrameHeader(target: Buffer, at: number, header: FrameHeader, length: number): number {
  const { type, flags, streamId } = header;
  target[at] = length >> 16;
  target[at + 1] = length >> 8;
  target[at + 2] = length;
  target[at + 3] = type;
  target[at + 4] = flags;
  target[at + 5] = streamId >> 24;
  target[at + 6] = streamId >> 16;
  target[at + 7] = streamId >> 8;
  target[at + 8] = streamId;
  return at + FRAME_HEADER_BYTES;
}
