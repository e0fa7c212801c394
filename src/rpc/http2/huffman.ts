// The Huffman code of HPACK (RFC 7541, appendix B). It is canonical: codes of one length are consecutive in symbol order, so
// the lengths determine it.

/** Length of each symbol's code in bits; symbol 256 is EOS. */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];
const EOS = 256;
const SYMBOLS = 256;
const NIBBLE_VALUES = 16;
/** Padding is shorter than this (RFC 7541, section 5.2). */
const PADDING_BITS_MAX = 7;

const CODES = canonicalCodes();

function canonicalCodes(): Uint32Array {
  const codes = new Uint32Array(LENGTHS.length);
  const order = [...LENGTHS.keys()].sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
  let next = 0;
  let length = lengthOf(order[0] ?? 0);
  for (const symbol of order) {
    next *= 2 ** (lengthOf(symbol) - length);
    length = lengthOf(symbol);
    codes[symbol] = next;
    next += 1;
  }
  return codes;
}

function lengthOf(symbol: number): number {
  return LENGTHS[symbol] ?? 0;
}

/** Number of bytes that a text takes in this code. @param text one byte per character */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits += lengthOf(text.charCodeAt(at) & 0xff);
  return Math.ceil(bits / 8);
}

/** Writes a text in this code. @returns the offset after it */
export function huffmanEncode(text: string, target: Uint8Array, offset: number): number {
  let at = offset;
  // At most 7 bits wait, and a code has at most 30: numbers above 2^32 are exact.
  let waiting = 0;
  let bits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = text.charCodeAt(index) & 0xff;
    waiting = waiting * 2 ** lengthOf(symbol) + (CODES[symbol] ?? 0);
    bits += lengthOf(symbol);
    while (bits >= 8) {
      bits -= 8;
      const unit = 2 ** bits;
      const byte = Math.floor(waiting / unit);
      target[at] = byte;
      at += 1;
      waiting -= byte * unit;
    }
  }
  if (bits === 0) return at;
  // Padded with the first bits of EOS, which are ones.
  target[at] = (waiting << (8 - bits)) | (0xff >> bits);
  return at + 1;
}

// Decoding walks a state machine four bits at a time. A state is a node of the code's tree; since no code is shorter than
// five bits, a step completes at most one symbol.

const FAIL = 0xffff;
const NO_SYMBOL = 0xffff;
const { next: NEXT, symbol: SYMBOL, accepting: ACCEPTING } = buildMachine();

interface Node {
  readonly children: [Node | undefined, Node | undefined];
  symbol: number | undefined;
  state: number;
  /** Whether only ones lead here, and few enough for padding. */
  isPadding: boolean;
}

function buildMachine(): { readonly next: Uint16Array; readonly symbol: Uint16Array; readonly accepting: Uint8Array } {
  const root: Node = { children: [undefined, undefined], symbol: undefined, state: 0, isPadding: true };
  const inner = [root];
  for (const [symbol, length] of LENGTHS.entries()) {
    let node = root;
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      const side = ((CODES[symbol] ?? 0) >>> bit) & 1 ? 1 : 0;
      let child = node.children[side];
      if (child === undefined) {
        const depth = length - bit;
        const isPadding = node.isPadding && side === 1 && depth <= PADDING_BITS_MAX;
        child = { children: [undefined, undefined], symbol: undefined, state: 0, isPadding };
        node.children[side] = child;
        if (bit === 0) child.symbol = symbol;
        else {
          child.state = inner.length;
          inner.push(child);
        }
      }
      node = child;
    }
  }
  const next = new Uint16Array(inner.length * NIBBLE_VALUES).fill(FAIL);
  const symbols = new Uint16Array(inner.length * NIBBLE_VALUES).fill(NO_SYMBOL);
  for (const node of inner) {
    for (let nibble = 0; nibble < NIBBLE_VALUES; nibble += 1) fillStep({ root, node, nibble, next, symbols });
  }
  return { next, symbol: symbols, accepting: Uint8Array.from(inner, ({ isPadding }) => (isPadding ? 1 : 0)) };
}

interface Step {
  readonly root: Node;
  readonly node: Node;
  readonly nibble: number;
  readonly next: Uint16Array;
  readonly symbols: Uint16Array;
}

function fillStep({ root, node, nibble, next, symbols }: Step): void {
  const at = node.state * NIBBLE_VALUES + nibble;
  let current: Node | undefined = node;
  for (let bit = 3; bit >= 0 && current !== undefined; bit -= 1) {
    current = current.children[(nibble >> bit) & 1 ? 1 : 0];
    if (current?.symbol === EOS) return;
    if (current?.symbol !== undefined) {
      symbols[at] = current.symbol;
      current = root;
    }
  }
  if (current !== undefined) next[at] = current.state;
}

/**
 * Decodes bytes of this code to text, one byte per character.
 * @returns undefined for EOS, an unknown code, or bad padding (RFC 7541, section 5.2: an error in decoding)
 */
export function huffmanDecode(source: Uint8Array, begin: number, end: number): string | undefined {
  let state = 0;
  let text = '';
  for (let at = begin; at < end; at += 1) {
    const byte = source[at] ?? 0;
    const high = state * NIBBLE_VALUES + (byte >> 4);
    state = NEXT[high] ?? FAIL;
    if (state === FAIL) return undefined;
    const first = SYMBOL[high] ?? NO_SYMBOL;
    if (first < SYMBOLS) text += CHARACTERS[first];
    const low = state * NIBBLE_VALUES + (byte & 15);
    state = NEXT[low] ?? FAIL;
    if (state === FAIL) return undefined;
    const second = SYMBOL[low] ?? NO_SYMBOL;
    if (second < SYMBOLS) text += CHARACTERS[second];
  }
  return ACCEPTING[state] === 1 ? text : undefined;
}

const CHARACTERS: readonly string[] = Array.from({ length: SYMBOLS }, (_, code) => String.fromCharCode(code));
