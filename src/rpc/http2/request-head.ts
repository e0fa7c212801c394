import { assertNever } from '../../util/assert.js';
import type { Field } from './dynamic-table.js';
import type { ReceivedField } from './received-field.js';

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
  /** Approximate memory of the head, in bytes. */
  readonly ownBytes: number;
  /** For the layer above: what it derived from this head. */
  derived: unknown;
}

interface DecodedFields {
  readonly fields: readonly ReceivedField[];
  readonly ownBytes: number;
}

/** Checks a header list as RFC 9113, section 8.3.1, has it. @returns undefined for a malformed request */
export function requestHead({ fields, ownBytes }: DecodedFields): RequestHead | undefined {
  const regular: Field[] = [];
  let method: string | undefined;
  let path: string | undefined;
  let scheme: string | undefined;
  let authority: string | undefined;
  let contentLength: number | undefined;
  for (const field of fields) {
    const { name, value } = field;
    switch (field.kind) {
      case 'malformed':
        return undefined;
      case 'pseudo':
        if (regular.length > 0) return undefined;
        if (name === ':method' && method === undefined) method = value;
        else if (name === ':path' && path === undefined) path = value;
        else if (name === ':scheme' && scheme === undefined) scheme = value;
        else if (name === ':authority' && authority === undefined) authority = value;
        else return undefined;
        break;
      case 'content-length':
        if ((contentLength ?? Number(value)) !== Number(value)) return undefined;
        contentLength = Number(value);
        regular.push(field);
        break;
      case 'regular':
        regular.push(field);
        break;
      default:
        assertNever(field.kind, 'kind');
    }
  }
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
    ownBytes,
    derived: undefined,
  };
}

/** Whether a trailer section is well-formed: it has no pseudo-header fields (section 8.1). */
export function areTrailers(fields: readonly ReceivedField[]): boolean {
  return fields.every(({ kind }) => kind === 'regular' || kind === 'content-length');
}
