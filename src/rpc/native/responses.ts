import type { OutgoingField } from '../http2/hpack-encoder.js';
import type { Trailers } from '../service.js';
import { Code, type Status } from '../status.js';

const STATUS_200: OutgoingField = { name: ':status', value: '200' };
const CONTENT_TYPE: OutgoingField = { name: 'content-type', value: 'application/grpc', repeats: true };
/** Compression of requests that the server understands. */
const ACCEPT_ENCODING: OutgoingField = { name: 'grpc-accept-encoding', value: 'identity,gzip', repeats: true };
const STATUS_OK: OutgoingField = { name: 'grpc-status', value: '0', repeats: true };

// Prepared once: the encoder of a connection recognizes these lists by identity.
export const RESPONSE_HEADERS: readonly OutgoingField[] = [STATUS_200, CONTENT_TYPE, ACCEPT_ENCODING];
export const OK_TRAILERS: readonly OutgoingField[] = [STATUS_OK];

/** What a trailer can hold: a name of an HTTP/2 field, and a value of printable ASCII. */
const TRAILER_VALUE = /^[\x20-\x7e]*$/;
const TRAILER_NAME = /^[a-z0-9_.-]+$/;

/** The trailers of a call. @param onUnsendable called if a trailer cannot be sent; all of them are then left out */
export function trailersOf(
  status: Status | undefined,
  trailers: Trailers | undefined,
  onUnsendable: (name: string) => void,
): readonly OutgoingField[] {
  if (status === undefined && trailers === undefined) return OK_TRAILERS;
  const fields: OutgoingField[] = [{ name: 'grpc-status', value: String(status?.code ?? Code.OK) }];
  if (status !== undefined && status.message !== '') {
    fields.push({ name: 'grpc-message', value: percentEncoded(status.message) });
  }
  const own = Object.entries(trailers ?? {});
  const bad = own.find(([name, value]) => !TRAILER_NAME.test(name) || !TRAILER_VALUE.test(value));
  if (bad !== undefined) onUnsendable(bad[0]);
  else for (const [name, value] of own) fields.push({ name, value });
  return fields;
}

/** The only header block of a call that failed before its first message. */
export function trailersOnly(trailers: readonly OutgoingField[]): readonly OutgoingField[] {
  return [STATUS_200, CONTENT_TYPE, ...trailers];
}

/** The encoding of grpc-message: UTF-8, with `%` and every byte that is not printable ASCII as %XX. */
export function percentEncoded(text: string): string {
  if (/^[\x20-\x24\x26-\x7e]*$/.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
