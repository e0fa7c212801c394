import { ConnectionError, ErrorCode } from './errors.js';
import { FRAME_BYTES_MAX, WINDOW_INITIAL, WINDOW_MAX } from './frames.js';

/** Settings of HTTP/2 (RFC 9113, section 6.5.2). */
export const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

const SETTING_BYTES = 6;
const FRAME_SIZE_LIMIT = 2 ** 24 - 1;
/** Maximum number of settings in one frame: more than exist, and cheap to process. */
const SETTINGS_MAX = 64;

/** What a peer has announced. */
export interface PeerSettings {
  initialWindow: number;
  frameBytesMax: number;
}

export function initialPeerSettings(): PeerSettings {
  return { initialWindow: WINDOW_INITIAL, frameBytesMax: FRAME_BYTES_MAX };
}

export function encodeSettings(settings: readonly (readonly [id: number, value: number])[]): Buffer {
  const bytes = Buffer.alloc(settings.length * SETTING_BYTES);
  for (const [index, [id, value]] of settings.entries()) {
    bytes.writeUInt16BE(id, index * SETTING_BYTES);
    bytes.writeUInt32BE(value, index * SETTING_BYTES + 2);
  }
  return bytes;
}

/**
 * Applies the payload of a SETTINGS frame.
 * @param allowTable called for every HEADER_TABLE_SIZE, in bytes: the encoder has to signal the smallest one
 * @throws ConnectionError for a value out of range
 */
export function applySettings(peer: PeerSettings, payload: Buffer, allowTable: (bytes: number) => void): void {
  if (payload.length % SETTING_BYTES !== 0) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, 'SETTINGS of a length that is not a multiple of 6');
  }
  if (payload.length > SETTINGS_MAX * SETTING_BYTES) {
    throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, `more than ${SETTINGS_MAX} settings in a frame`);
  }
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    const [id, value] = [payload.readUInt16BE(at), payload.readUInt32BE(at + 2)];
    if (id === Setting.HEADER_TABLE_SIZE) allowTable(value);
    else applySetting(peer, id, value);
  }
}

function applySetting(peer: PeerSettings, id: number, value: number): void {
  switch (id) {
    case Setting.ENABLE_PUSH:
      if (value > 1) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'ENABLE_PUSH must be 0 or 1');
      return;
    case Setting.INITIAL_WINDOW_SIZE:
      if (value > WINDOW_MAX)
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, 'INITIAL_WINDOW_SIZE above 2^31-1');
      peer.initialWindow = value;
      return;
    case Setting.MAX_FRAME_SIZE:
      if (value < FRAME_BYTES_MAX || value > FRAME_SIZE_LIMIT) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'MAX_FRAME_SIZE out of range');
      }
      peer.frameBytesMax = value;
      return;
    default:
    // MAX_CONCURRENT_STREAMS limits pushes, which this server does not send; a header list of ours is small. Unknown
    // settings are ignored (section 6.5.2).
  }
}
