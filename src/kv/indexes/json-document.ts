import { JSON_BYTES_MAX, JSON_DEPTH_MAX } from './bounds.js';
import { decodeUtf8 } from '../../util/utf8.js';

/** A part of a JSON document. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Parses a document within the bounds. @returns undefined for bytes that are no such document */
export function parseDocument(bytes: Uint8Array): Json | undefined {
  if (bytes.length === 0 || bytes.length > JSON_BYTES_MAX || depthOf(bytes) > JSON_DEPTH_MAX) return undefined;
  try {
    return JSON.parse(decodeUtf8(bytes)) as Json;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The depth of a document, if the bytes are one. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at];
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return deepest;
}

/** Reads a JSON Pointer (RFC 6901). @returns its names; undefined if it is not valid */
export function parsePointer(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  const names = pointer.slice(1).split('/');
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The part of a document at a pointer; undefined if there is none. */
export function partAt(document: Json, names: readonly string[]): Json | undefined {
  let part: Json | undefined = document;
  for (const name of names) {
    if (isArray(part)) part = /^(?:0|[1-9]\d{0,8})$/.test(name) ? part[Number(name)] : undefined;
    else if (part !== null && typeof part === 'object' && Object.hasOwn(part, name)) part = part[name];
    else return undefined;
    if (part === undefined) return undefined;
  }
  return part;
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
