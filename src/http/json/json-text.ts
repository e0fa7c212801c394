import { assert, assertNever } from '../../util/assert.js';
import { LONG_BYTES, type Extents } from './extents.js';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The kind of a JSON value, which its first byte determines. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool' | 'null';

/** A value that a scanner has found complete and correct, from its first byte on. */
export interface JsonValue {
  readonly bytes: Buffer;
  readonly extents: Extents;
}

/** Reads a JSON text in place: without a tree of it, a text costs little beyond its bytes. */
export class JsonText {
  readonly #bytes: Buffer;
  readonly #extents: Extents;

  constructor({ bytes, extents }: JsonValue) {
    this.#bytes = bytes;
    this.#extents = extents;
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

  /**
   * The content of a string that is not long; unpaired surrogates and bytes that are not UTF-8 become U+FFFD, as in Go. See
   * string-steps.ts for long ones.
   */
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
    // Outside of values, a correct text has no other characters below this one.
    for (let at = from; ; at++) if ((this.#bytes[at] ?? 0xff) > SPACE) return at;
  }

  /** The offset behind a string; undefined if it is long. */
  #shortStringEnd(at: number): number | undefined {
    for (let from = at + 1; ;) {
      const quote = this.#bytes.indexOf(QUOTE, from);
      assert(quote !== -1, 'a complete JSON text');
      if (quote - at >= LONG_BYTES) return undefined;
      let escapes = quote;
      while (this.#bytes[escapes - 1] === BACKSLASH) escapes -= 1;
      if ((quote - escapes) % 2 === 0) return quote + 1;
      from = quote + 1;
    }
  }

  /** The offset behind a value. */
  #endOf(at: number): number {
    const kind = this.kindAt(at);
    switch (kind) {
      case 'string':
        return this.#shortStringEnd(at) ?? this.#extents.of(at);
      case 'object':
      case 'array':
        return this.#extents.of(at);
      case 'number':
      case 'bool':
      case 'null': {
        let end = at;
        const longAt = at + LONG_BYTES;
        while (end <= longAt && isWord(this.#bytes[end])) end += 1;
        return end > longAt ? this.#extents.of(at) : end;
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
