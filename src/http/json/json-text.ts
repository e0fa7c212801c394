import { assert, assertNever } from '../../util/assert.js';
import type { ContainerEnds } from './container-ends.js';
import { stringEnd } from './string-end.js';

/** The kind of a JSON value, which its first byte determines. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool' | 'null';

/** A value that a scanner has found complete and correct, from its first byte on. */
export interface JsonValue {
  readonly bytes: Buffer;
  readonly ends: ContainerEnds;
}

/** Reads a JSON text in place: without a tree of it, a text costs little beyond its bytes. */
export class JsonText {
  readonly #bytes: Buffer;
  readonly #ends: ContainerEnds;

  constructor({ bytes, ends }: JsonValue) {
    this.#bytes = bytes;
    this.#ends = ends;
  }

  kindAt(at: number): JsonKind {
    switch (this.#bytes[at] ?? 0) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case 0x22:
        return 'string';
      case 0x74:
      case 0x66:
        return 'bool';
      case 0x6e:
        return 'null';
      default:
        return 'number';
    }
  }

  /** The content of a string; unpaired surrogates and bytes that are not UTF-8 become U+FFFD, as in Go. */
  stringAt(at: number): string {
    const text = this.#bytes.toString('utf8', at, this.#endOf(at));
    if (!text.includes('\\')) return text.slice(1, -1);
    const content = JSON.parse(text) as string;
    return /\p{Surrogate}/u.test(content) ? content.replace(/\p{Surrogate}/gu, '\ufffd') : content;
  }

  /** The bytes between the quotes of a string, escapes included. */
  rawStringAt(at: number): Buffer {
    return this.#bytes.subarray(at + 1, this.#endOf(at) - 1);
  }

  /** The text of a number, `true`, `false` or `null`. */
  wordAt(at: number): string {
    return this.#bytes.toString('latin1', at, this.#endOf(at));
  }

  /** The offset of the first item of an array, or of the first key of an object; undefined if it is empty. */
  firstIn(at: number): number | undefined {
    return this.#itemAt(this.#skipSpace(at + 1));
  }

  /** The offset of the value of a key. */
  valueOf(keyAt: number): number {
    const colonAt = this.#skipSpace(this.#endOf(keyAt));
    return this.#skipSpace(colonAt + 1);
  }

  /** The offset of the item, or the key, after a value; undefined after the last one. */
  nextAfter(valueAt: number): number | undefined {
    const at = this.#skipSpace(this.#endOf(valueAt));
    return this.#itemAt(this.#bytes[at] === 0x2c ? this.#skipSpace(at + 1) : at);
  }

  #itemAt(at: number): number | undefined {
    const code = this.#bytes[at];
    assert(code !== undefined, 'a complete JSON text');
    return code === 0x7d || code === 0x5d ? undefined : at;
  }

  #skipSpace(from: number): number {
    let at = from;
    while (isSpace(this.#bytes[at])) at += 1;
    return at;
  }

  /** The offset behind a value. */
  #endOf(at: number): number {
    const kind = this.kindAt(at);
    switch (kind) {
      case 'string':
        return stringEnd(this.#bytes, at);
      case 'object':
      case 'array':
        return this.#ends.of(at);
      case 'number':
      case 'bool':
      case 'null': {
        let end = at;
        while (isWord(this.#bytes[end])) end += 1;
        return end;
      }
      default:
        return assertNever(kind);
    }
  }
}

export function isSpace(code: number | undefined): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Whether a byte can be part of a number or a literal. */
function isWord(code: number | undefined): boolean {
  if (code === undefined) return false;
  if (code === 0x2b || code === 0x2d || code === 0x2e) return true;
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
