import { assert, assertNever } from '../../util/assert.js';
import { ContainerEnds } from './container-ends.js';
import { stringEnd } from './string-end.js';

/** What a JSON value is, by its first byte. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'bool' | 'null';

/**
 * A JSON text that a scanner has found to be one, read where it stands: no tree is made of it, so that a text costs
 * little beside its bytes, whatever is in it.
 */
export class JsonText {
  readonly #bytes: Buffer;
  /** Made when the first object or array is passed by: eight bytes for each that there is. */
  #ends: ContainerEnds | undefined;

  /** @param bytes one value, with white space around it */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Where the value begins that comes next. */
  valueAt(from: number): number {
    let at = from;
    while (isSpace(this.#bytes[at])) at += 1;
    return at;
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

  /** A string's content; halves of surrogate pairs and bytes that are no UTF-8 become U+FFFD, as in Go. */
  stringAt(at: number): string {
    const text = this.#bytes.toString('utf8', at, this.endOf(at));
    if (!text.includes('\\')) return text.slice(1, -1);
    const content = JSON.parse(text) as string;
    return /\p{Surrogate}/u.test(content) ? content.replace(/\p{Surrogate}/gu, '\ufffd') : content;
  }

  /** The text of a number or a word. */
  wordAt(at: number): string {
    return this.#bytes.toString('latin1', at, this.endOf(at));
  }

  /** Calls back with the name of each member of the object, and where its value begins. */
  members(at: number, visit: (name: string, valueAt: number) => void): void {
    this.#items(at, (itemAt) => {
      const valueAt = this.valueAt(this.valueAt(this.endOf(itemAt)) + 1);
      visit(this.stringAt(itemAt), valueAt);
      return valueAt;
    });
  }

  /** Calls back with where each item of the array begins. */
  items(at: number, visit: (itemAt: number) => void): void {
    this.#items(at, (itemAt) => {
      visit(itemAt);
      return itemAt;
    });
  }

  /** @param visit is told where an item begins, and tells where its last value does */
  #items(at: number, visit: (itemAt: number) => number): void {
    let next = this.valueAt(at + 1);
    while (!this.#closesAt(next)) {
      next = this.valueAt(this.endOf(visit(next)));
      if (this.#bytes[next] === 0x2c) next = this.valueAt(next + 1);
    }
  }

  #closesAt(at: number): boolean {
    const code = this.#bytes[at];
    assert(code !== undefined, 'a JSON text that ends early');
    return code === 0x7d || code === 0x5d;
  }

  /** The offset behind a value. */
  endOf(at: number): number {
    const kind = this.kindAt(at);
    switch (kind) {
      case 'string':
        return stringEnd(this.#bytes, at);
      case 'object':
      case 'array':
        return (this.#ends ??= new ContainerEnds(this.#bytes)).of(at);
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

function isSpace(code: number | undefined): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** What numbers and words are made of. */
function isWord(code: number | undefined): boolean {
  if (code === undefined) return false;
  if (code === 0x2b || code === 0x2d || code === 0x2e) return true;
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}
