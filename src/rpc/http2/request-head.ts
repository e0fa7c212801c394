import type { Field } from './dynamic-table.js';

/** A request without its body. Shared by the requests of a connection with the same header block, so it must not be changed. */
export interface RequestHead {
  readonly method: string;
  /** Empty for CONNECT. */
  readonly path: string;
  readonly scheme: string;
  /** As the client sent it: any text. */
  readonly authority: string | undefined;
  /** Without pseudo-header fields. */
  readonly fields: readonly Field[];
  /** Bytes of the body as stated by content-length. */
  readonly contentLength: number | undefined;
  /** For the layer above: what it derived from this head. */
  derived: unknown;
}

/** Fields of HTTP/1.1 connections, which make a message malformed (RFC 9113, section 8.2.2). */
const CONNECTION_FIELDS = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
/** RFC 9113, section 8.2.1: no controls, blanks, upper case, colon (but a first one), or bytes from 0x7f. */
const NAME = /^[!-9;-@[-~]+$/;
// oxlint-disable-next-line no-control-regex
const BAD_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;
const PSEUDO = new Set([':method', ':scheme', ':authority', ':path']);

/** Checks a header list as RFC 9113, section 8.3.1, has it. @returns undefined for a malformed request */
export function requestHead(fields: readonly Field[]): RequestHead | undefined {
  const pseudo = new Map<string, string>();
  const regular: Field[] = [];
  let contentLength: number | undefined;
  for (const { name, value } of fields) {
    if (BAD_VALUE.test(value)) return undefined;
    if (name.startsWith(':')) {
      if (!PSEUDO.has(name) || pseudo.has(name) || regular.length > 0) return undefined;
      pseudo.set(name, value);
      continue;
    }
    if (!isRegular(name, value)) return undefined;
    if (name === 'content-length') {
      if (!/^\d{1,15}$/.test(value) || (contentLength ?? Number(value)) !== Number(value)) return undefined;
      contentLength = Number(value);
    }
    regular.push({ name, value });
  }
  const [method, path, scheme] = [pseudo.get(':method'), pseudo.get(':path'), pseudo.get(':scheme')];
  const authority = pseudo.get(':authority');
  if (method === undefined) return undefined;
  const isConnect = method === 'CONNECT';
  if (isConnect ? path !== undefined || scheme !== undefined || authority === undefined : !path || !scheme)
    return undefined;
  return {
    method,
    path: path ?? '',
    scheme: scheme ?? '',
    authority,
    fields: regular,
    contentLength,
    derived: undefined,
  };
}

/** Whether a trailer section is well-formed: it has no pseudo-header fields (section 8.1). */
export function areTrailers(fields: readonly Field[]): boolean {
  return fields.every(({ name, value }) => !name.startsWith(':') && isRegular(name, value) && !BAD_VALUE.test(value));
}

function isRegular(name: string, value: string): boolean {
  return NAME.test(name) && !CONNECTION_FIELDS.has(name) && (name !== 'te' || value === 'trailers');
}
