import { assertNever } from '../../util/assert.js';
import type { Extents } from './extents.js';
import { invalidCharacter, JsonElementsError, JsonError } from './json-error.js';
import { isSpace } from './json-text.js';

/** Deepest nesting of objects and arrays: Go's bound. */
const DEPTH_MAX = 10_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The position of the scanner: before, in or after a value. */
type State =
  | 'value'
  | 'value-or-end'
  | 'key'
  | 'key-or-end'
  | 'colon'
  | 'after-value'
  | 'string'
  | 'escape'
  | 'hex'
  | 'literal'
  | NumberState;

type NumberState = 'minus' | 'zero' | 'integer' | 'point' | 'fraction' | 'e' | 'e-sign' | 'exponent';

export interface JsonScannerOptions {
  /** Values within the scanned one, however deep, that it may have. Default: any number. */
  readonly elementsMax?: number;
  /** Where to record extents, as offsets from the first byte that is scanned. */
  readonly extents?: Extents;
}

/**
 * Finds the end of one JSON value in bytes that come in pieces, and checks its syntax, without keeping the text. Error
 * messages are those of Go's encoding/json.
 */
export class JsonScanner {
  readonly #elementsMax: number;
  readonly #extents: Extents | undefined;
  #elements = 0;
  /** Offset of the byte in the text as a whole. */
  #offset = 0;
  #state: State = 'value';
  /** Open objects and arrays, from the outside in. */
  readonly #open: ('object' | 'array')[] = [];
  #inKey = false;
  /** Offset of the latest string, number or literal. */
  #valueAt = 0;
  #hexLeft = 0;
  #literal = '';
  #literalAt = 0;
  #started = false;
  #ended: 'not yet' | 'with this byte' | 'before this byte' = 'not yet';

  constructor({ elementsMax = Infinity, extents }: JsonScannerOptions = {}) {
    this.#elementsMax = elementsMax;
    this.#extents = extents;
  }

  /** Whether a byte of the value has been scanned; all before it was white space. */
  get started(): boolean {
    return this.#started;
  }

  /**
   * Scans on from `from`.
   * @returns the offset in `bytes` behind the value once it has ended, undefined before
   * @throws JsonError, or JsonElementsError once there are too many elements
   */
  scan(bytes: Uint8Array, from: number): number | undefined {
    const base = this.#offset - from;
    for (let at = from; at < bytes.length; at++) {
      if (this.#state === 'string') {
        at = this.#skipText(bytes, at);
        if (at === bytes.length) break;
      }
      this.#offset = base + at;
      this.#step(bytes[at] ?? 0);
      if (this.#ended !== 'not yet') return this.#ended === 'with this byte' ? at + 1 : at;
    }
    this.#offset = base + bytes.length;
    return undefined;
  }

  /**
   * The input has ended.
   * @returns whether it ends a value; false if there was none
   * @throws JsonError in the middle of a value
   */
  end(): boolean {
    if (!this.#started) return false;
    if (this.#open.length === 0 && this.#numberMayEnd()) {
      this.#extents?.value(this.#valueAt, this.#offset);
      return true;
    }
    throw new JsonError('unexpected EOF');
  }

  /** Skips the plain part of a string, most of a large text, in a tighter loop. */
  #skipText(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.length; at++) {
      const code = bytes[at] ?? 0;
      if (code === QUOTE || code === BACKSLASH || code < 0x20) break;
    }
    return at;
  }

  #step(code: number): void {
    const state = this.#state;
    switch (state) {
      case 'value':
      case 'value-or-end':
        return this.#value(code);
      case 'key':
      case 'key-or-end':
        return this.#key(code);
      case 'colon':
        if (isSpace(code)) return;
        if (code !== 0x3a) throw invalidCharacter(code, 'after object key');
        this.#state = 'value';
        return;
      case 'after-value':
        return this.#afterValue(code);
      case 'string':
      case 'escape':
      case 'hex':
        return this.#string(code);
      case 'literal':
        return this.#inLiteral(code);
      case 'minus':
      case 'zero':
      case 'integer':
      case 'point':
      case 'fraction':
      case 'e':
      case 'e-sign':
      case 'exponent':
        return this.#number(code, state);
      default:
        return assertNever(state);
    }
  }

  #value(code: number): void {
    if (isSpace(code)) return;
    if (code === 0x5d && this.#state === 'value-or-end') return this.#close();
    if (this.#started) this.#countElement();
    this.#started = true;
    this.#valueAt = this.#offset;
    if (code === 0x7b) return this.#begin('object', 'key-or-end');
    if (code === 0x5b) return this.#begin('array', 'value-or-end');
    if (code === QUOTE) {
      this.#inKey = false;
      this.#state = 'string';
    } else if (code === 0x2d) this.#state = 'minus';
    else if (code === 0x30) this.#state = 'zero';
    else if (isDigit(code)) this.#state = 'integer';
    else {
      const literal = LITERALS[String.fromCharCode(code)];
      if (literal === undefined) throw invalidCharacter(code, 'looking for beginning of value');
      this.#literal = literal;
      this.#literalAt = 1;
      this.#state = 'literal';
    }
  }

  #begin(kind: 'object' | 'array', state: State): void {
    if (this.#open.length >= DEPTH_MAX) throw new JsonError('exceeded max depth');
    this.#open.push(kind);
    this.#extents?.begin(this.#offset);
    this.#state = state;
  }

  #countElement(): void {
    this.#elements += 1;
    if (this.#elements > this.#elementsMax) throw new JsonElementsError(this.#elementsMax);
  }

  #close(): void {
    this.#open.pop();
    this.#extents?.close(this.#offset + 1);
    this.#valueEnds();
  }

  #valueEnds(): void {
    this.#state = 'after-value';
    if (this.#open.length === 0) this.#ended = 'with this byte';
  }

  #key(code: number): void {
    if (isSpace(code)) return;
    if (code === 0x7d && this.#state === 'key-or-end') return this.#close();
    if (code !== QUOTE) throw invalidCharacter(code, 'looking for beginning of object key string');
    this.#inKey = true;
    this.#valueAt = this.#offset;
    this.#state = 'string';
  }

  #afterValue(code: number): void {
    if (isSpace(code)) return;
    const inObject = this.#open.at(-1) === 'object';
    if (code === 0x2c) this.#state = inObject ? 'key' : 'value';
    else if (code === (inObject ? 0x7d : 0x5d)) this.#close();
    else throw invalidCharacter(code, inObject ? 'after object key:value pair' : 'after array element');
  }

  #string(code: number): void {
    if (this.#state === 'hex') {
      if (!isHex(code)) throw invalidCharacter(code, 'in \\u hexadecimal character escape');
      this.#hexLeft -= 1;
      if (this.#hexLeft === 0) this.#state = 'string';
    } else if (this.#state === 'escape') {
      if (code === 0x75) {
        this.#hexLeft = 4;
        this.#state = 'hex';
      } else if (ESCAPED.includes(String.fromCharCode(code))) this.#state = 'string';
      else throw invalidCharacter(code, 'in string escape code');
    } else if (code === BACKSLASH) this.#state = 'escape';
    else if (code !== QUOTE) throw invalidCharacter(code, 'in string literal');
    else {
      this.#extents?.value(this.#valueAt, this.#offset + 1);
      if (this.#inKey) this.#state = 'colon';
      else this.#valueEnds();
    }
  }

  #inLiteral(code: number): void {
    const expected = this.#literal.charAt(this.#literalAt);
    if (code !== expected.charCodeAt(0)) {
      throw invalidCharacter(code, `in literal ${this.#literal} (expecting '${expected}')`);
    }
    this.#literalAt += 1;
    if (this.#literalAt === this.#literal.length) this.#valueEnds();
  }

  #number(code: number, state: NumberState): void {
    const next = numberState(state, code);
    if (next !== undefined) {
      this.#state = next;
      return;
    }
    const problem = NUMBER_PROBLEMS[state];
    if (problem !== undefined) throw invalidCharacter(code, problem);
    // The number has ended before this byte, which belongs to the container.
    this.#extents?.value(this.#valueAt, this.#offset);
    this.#valueEnds();
    if (this.#open.length === 0) this.#ended = 'before this byte';
    else this.#afterValue(code);
  }

  #numberMayEnd(): boolean {
    return ['zero', 'integer', 'fraction', 'exponent'].includes(this.#state);
  }
}

/** The state after a byte that continues a number; undefined if the byte does not. */
function numberState(state: NumberState, code: number): NumberState | undefined {
  const digit = isDigit(code);
  const e = code === 0x65 || code === 0x45;
  switch (state) {
    case 'minus':
      return code === 0x30 ? 'zero' : digit ? 'integer' : undefined;
    case 'zero':
    case 'integer':
      if (digit && state === 'integer') return 'integer';
      return code === 0x2e ? 'point' : e ? 'e' : undefined;
    case 'point':
      return digit ? 'fraction' : undefined;
    case 'fraction':
      return digit ? 'fraction' : e ? 'e' : undefined;
    case 'e':
      return code === 0x2b || code === 0x2d ? 'e-sign' : digit ? 'exponent' : undefined;
    case 'e-sign':
    case 'exponent':
      return digit ? 'exponent' : undefined;
    default:
      return assertNever(state);
  }
}

const NUMBER_PROBLEMS: Readonly<Partial<Record<NumberState, string>>> = {
  minus: 'in numeric literal',
  point: 'after decimal point in numeric literal',
  e: 'in exponent of numeric literal',
  'e-sign': 'in exponent of numeric literal',
};

const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const ESCAPED = '"\\/bfnrt';

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
