import { tagOf, varintSize, WIRE_VARINT, writeVarint } from './protobuf-wire.js';

/**
 * The field `session` of a response, encoded: the request was applied in its session. It has the same number in all responses, and
 * is the last field.
 */
export const SESSION_MARK: Uint8Array = encodedMark();

function encodedMark(): Uint8Array {
  const tag = tagOf(1003, WIRE_VARINT);
  const bytes = Buffer.alloc(varintSize(tag) + 1);
  bytes[writeVarint(bytes, 0, tag)] = 1;
  return bytes;
}

/** Whether an encoded response ends with the mark. */
export function hasSessionMark(response: Uint8Array): boolean {
  const start = response.length - SESSION_MARK.length;
  return start >= 0 && SESSION_MARK.every((byte, at) => response[start + at] === byte);
}
