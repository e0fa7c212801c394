import { METHODS, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { OutgoingField } from '../../rpc/http2/hpack-encoder.js';
import type { RequestHead } from '../../rpc/http2/request-head.js';

/** A request as HTTP/1.1 has it, or the status that refuses it. */
export type TranslatedRequest =
  | { readonly kind: 'request'; readonly method: string; readonly path: string; readonly headers: OutgoingHttpHeaders }
  | { readonly kind: 'refused'; readonly status: '400' | '405' };

/** Fields of one connection in either version (RFC 9113, section 8.2.2). HTTP/1.1 gets its own. */
const CONNECTION_FIELDS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'te',
  // An intermediate answer could not be passed on.
  'expect',
  // Names trailers of the request, which are dropped.
  'trailer',
  // Stands for :authority.
  'host',
  'content-length',
]);
/** RFC 9110, section 5.6.2: what a name of HTTP/1.1 has. HTTP/2's may have more. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** RFC 9110, section 5.5: no control but tab. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** A path that a request line can hold: `*` or what begins with a slash, without blanks and controls. */
const PATH = /^(?:\/[!-~]*|\*)$/;
const KNOWN_METHODS = new Set(METHODS);

/** @returns never a request that node:http would refuse to send */
export function translated({ method, path, authority, fields, contentLength }: RequestHead): TranslatedRequest {
  // A tunnel is not opened here.
  if (method === 'CONNECT') return { kind: 'refused', status: '405' };
  // `*` is for OPTIONS alone (RFC 9113, section 8.3.1).
  if (!KNOWN_METHODS.has(method) || !PATH.test(path) || (path === '*' && method !== 'OPTIONS')) return BAD_REQUEST;
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  let host = authority;
  for (const { name, value } of fields) {
    if (!TOKEN.test(name) || !VALUE.test(value)) return BAD_REQUEST;
    if (name === 'host') host ??= value;
    if (CONNECTION_FIELDS.has(name)) continue;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else headers[name] = [before, value];
  }
  // A request without an authority has an empty field (RFC 9112, section 3.2).
  headers['host'] = host ?? '';
  if (!VALUE.test(headers['host'])) return BAD_REQUEST;
  if (contentLength !== undefined) headers['content-length'] = String(contentLength);
  return { kind: 'request', method, path, headers };
}

const BAD_REQUEST: TranslatedRequest = { kind: 'refused', status: '400' };

/** The header section of an answer, without what concerns the connection. */
export function responseFields({ statusCode, rawHeaders }: IncomingMessage): readonly OutgoingField[] {
  const fields: OutgoingField[] = [{ name: ':status', value: String(statusCode) }];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    if (name !== 'content-length' && CONNECTION_FIELDS.has(name)) continue;
    fields.push({ name, value: rawHeaders[at + 1] ?? '' });
  }
  return fields;
}
