import { ConnectionError, ErrorCode } from './errors.js';

/** The content of a padded frame (RFC 9113, section 6.1). @throws ConnectionError if the padding is longer than the frame */
export function withoutPadding(payload: Buffer): Buffer {
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, 'padding longer than its frame');
  }
  return payload.subarray(1, payload.length - padding);
}
