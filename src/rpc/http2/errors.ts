import type { Limit } from '../../util/limit-hits.js';

/** Error codes of HTTP/2 (RFC 9113, section 7). */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  SETTINGS_TIMEOUT: 0x4,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  CONNECT_ERROR: 0xa,
  ENHANCE_YOUR_CALM: 0xb,
  INADEQUATE_SECURITY: 0xc,
  HTTP_1_1_REQUIRED: 0xd,
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** An error that ends the connection (RFC 9113, section 5.4.1). */
export class ConnectionError extends Error {
  readonly code: ErrorCode;
  /** The bound that the client has exceeded, if that is the reason. */
  readonly limit: Limit | undefined;

  constructor(code: ErrorCode, reason: string, limit?: Limit) {
    super(reason);
    this.name = 'ConnectionError';
    this.code = code;
    this.limit = limit;
  }
}

/** An error that ends one stream (RFC 9113, section 5.4.2). */
export class StreamError extends Error {
  readonly code: ErrorCode;
  readonly streamId: number;

  constructor(code: ErrorCode, streamId: number, reason: string) {
    super(reason);
    this.name = 'StreamError';
    this.code = code;
    this.streamId = streamId;
  }
}

/** The client does more of something than it may. */
export function tooMuch(limit: Limit, reason: string): ConnectionError {
  return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, reason, limit);
}

export function protocolError(reason: string): ConnectionError {
  return new ConnectionError(ErrorCode.PROTOCOL_ERROR, reason);
}

export function frameSizeError(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `${what} of a wrong size`);
}
