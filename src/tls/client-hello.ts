const HANDSHAKE_RECORD = 0x16;
const CLIENT_HELLO = 0x01;
const RECORD_HEADER_BYTES = 5;
const MESSAGE_HEADER_BYTES = 4;
/** Largest accepted ClientHello with its record headers, in bytes. Real ones have some hundred to two thousand. */
export const HELLO_BYTES_MAX = 32 * 1024;

/** `more`: bytes are missing. */
export type HelloState = 'more' | 'whole' | 'not-tls' | 'too-large';

/**
 * Whether the first bytes of a connection are a whole ClientHello (RFC 8446, sections 4.1.2 and 5.1). It may be spread over
 * several records.
 */
export function helloState(bytes: Buffer): HelloState {
  let wantedBytes = MESSAGE_HEADER_BYTES;
  let messageBytes = 0;
  for (let at = 0; ;) {
    if (bytes.length > at && bytes[at] !== HANDSHAKE_RECORD) return 'not-tls';
    if (bytes.length < at + RECORD_HEADER_BYTES) return 'more';
    const begin = at + RECORD_HEADER_BYTES;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0) return 'not-tls';
    if (at === 0) {
      if (bytes.length > begin && bytes[begin] !== CLIENT_HELLO) return 'not-tls';
      // A record shorter than the message's header is legal, and no client sends it.
      if (length < MESSAGE_HEADER_BYTES) return 'not-tls';
      if (bytes.length < begin + MESSAGE_HEADER_BYTES) return 'more';
      wantedBytes = MESSAGE_HEADER_BYTES + bytes.readUIntBE(begin + 1, 3);
    }
    if (wantedBytes > HELLO_BYTES_MAX || begin + length > HELLO_BYTES_MAX) return 'too-large';
    messageBytes += length;
    if (bytes.length < begin + length) return 'more';
    if (messageBytes >= wantedBytes) return 'whole';
    at = begin + length;
  }
}
