import type { Field } from './dynamic-table.js';

/** The part of a field in its message. */
export type FieldKind = 'pseudo' | 'content-length' | 'regular' | 'malformed';

/** Fields of HTTP/1.1 connections, which make a message malformed (RFC 9113, section 8.2.2). */
const CONNECTION_FIELDS = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
/** RFC 9113, section 8.2.1: no controls, blanks, upper case, colon (but a first one), or bytes from 0x7f. */
const NAME = /^[!-9;-@[-~]+$/;
// oxlint-disable-next-line no-control-regex
const BAD_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;
const CONTENT_LENGTH = /^\d{1,15}$/;
const PSEUDO = new Set([':method', ':scheme', ':authority', ':path']);

/** A field that a client has sent. One that comes again from a table is the same object, and is checked once. */
export class ReceivedField implements Field {
  readonly name: string;
  readonly value: string;
  #kind: FieldKind | undefined = undefined;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }

  get kind(): FieldKind {
    return (this.#kind ??= kindOf(this));
  }
}

function kindOf({ name, value }: Field): FieldKind {
  if (BAD_VALUE.test(value)) return 'malformed';
  if (name.startsWith(':')) return PSEUDO.has(name) ? 'pseudo' : 'malformed';
  if (!NAME.test(name) || CONNECTION_FIELDS.has(name) || (name === 'te' && value !== 'trailers')) return 'malformed';
  if (name !== 'content-length') return 'regular';
  return CONTENT_LENGTH.test(value) ? 'content-length' : 'malformed';
}
