import { DynamicTable, fieldBytes } from './dynamic-table.js';
import { ConnectionError, ErrorCode } from './errors.js';
import { huffmanDecode } from './huffman.js';
import { ReceivedField } from './received-field.js';
import type { RequestHead } from './request-head.js';
import { STATIC_TABLE } from './static-table.js';

/** One decoded header block. The same block may yield the same object again, so it must not be changed. */
export interface HeaderList {
  readonly fields: readonly ReceivedField[];
  /** The list exceeds the bound; `fields` is then incomplete. */
  readonly isTooLarge: boolean;
  /** Approximate memory that the list takes beside the tables, in bytes: a text that a table holds is shared. */
  readonly ownBytes: number;
  /** The request that the fields make, derived once for a block that repeats. */
  head: RequestHead | 'malformed' | undefined;
}

export interface HpackDecoderOptions {
  /** Size of the dynamic table that this side has announced, in bytes. */
  readonly tableBytesMax: number;
  /** Size of a header list, in bytes, counted as in RFC 9113, section 6.5.2. */
  readonly listBytesMax: number;
}

const STATIC: readonly ReceivedField[] = STATIC_TABLE.map(([name, value]) => new ReceivedField(name, value));
/** Maximum number of remembered blocks. */
const REMEMBERED_MAX = 8;
/** Largest remembered block, in bytes. */
const REMEMBERED_BYTES_MAX = 1024;
/** Memory of a field beside that of its text: its places in two lists. */
const PLACES_BYTES = 16;
/** More bits than a length or an index here can need: an integer beyond them is refused. */
const INTEGER_BITS_MAX = 28;

interface Remembered {
  readonly block: Uint8Array;
  readonly generation: number;
  readonly list: HeaderList;
}

/**
 * Decodes the header blocks of one connection (RFC 7541). Blocks must come in order, every one of them, because they change the
 * dynamic table. A client repeats itself: a block that changed no table and is found again decodes to the same object.
 */
export class HpackDecoder {
  readonly #options: HpackDecoderOptions;
  readonly #table: DynamicTable<ReceivedField>;
  #remembered: Remembered[] = [];
  #block: Buffer = EMPTY;
  #at = 0;
  #end = 0;

  constructor(options: HpackDecoderOptions) {
    this.#options = options;
    this.#table = new DynamicTable(options.tableBytesMax);
  }

  /** Decodes the block in bytes[begin..end), by default all of them. @throws ConnectionError COMPRESSION_ERROR for a block that is not valid */
  decode(bytes: Buffer, begin = 0, end = bytes.length): HeaderList {
    const { generation } = this.#table;
    for (const known of this.#remembered) {
      if (known.generation === generation && isAt(bytes, begin, end, known.block)) return known.list;
    }
    this.#block = bytes;
    this.#at = begin;
    this.#end = end;
    const list = this.#decodeNew();
    this.#block = EMPTY;
    if (this.#table.generation !== generation) this.#remembered = [];
    else if (end - begin <= REMEMBERED_BYTES_MAX) {
      if (this.#remembered.length >= REMEMBERED_MAX) this.#remembered.shift();
      this.#remembered.push({ block: Uint8Array.from(bytes.subarray(begin, end)), generation, list });
    }
    return list;
  }

  #decodeNew(): HeaderList {
    const fields: ReceivedField[] = [];
    let bytes = 0;
    let ownBytes = 0;
    while (this.#at < this.#end) {
      const isIndexed = (this.#block[this.#at] ?? 0) >= 0x80;
      const field = this.#field(fields.length === 0 && bytes === 0);
      if (field === undefined) continue;
      bytes += fieldBytes(field);
      ownBytes += PLACES_BYTES + (isIndexed ? 0 : fieldBytes(field));
      if (bytes <= this.#options.listBytesMax) fields.push(field);
    }
    return { fields, isTooLarge: bytes > this.#options.listBytesMax, ownBytes, head: undefined };
  }

  /** One representation (RFC 7541, section 6); undefined for a change of the table's size. */
  #field(isFirst: boolean): ReceivedField | undefined {
    const first = this.#block[this.#at] ?? 0;
    if (first >= 0x80) return this.#indexed(this.#integer(7));
    if (first >= 0x40) {
      const field = this.#literal(6);
      this.#table.insert(field);
      return field;
    }
    if (first >= 0x20) {
      const bytes = this.#integer(5);
      // Only at the beginning of a block (section 4.2), and never above what was announced (section 6.3).
      if (!isFirst || bytes > this.#options.tableBytesMax) throw broken('a bad size of the dynamic table');
      this.#table.resize(bytes);
      return undefined;
    }
    // Without indexing, and never indexed: they differ only for intermediaries.
    return this.#literal(4);
  }

  #literal(prefixBits: number): ReceivedField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : this.#indexed(index).name;
    return new ReceivedField(name, this.#text());
  }

  #indexed(index: number): ReceivedField {
    const field = index <= STATIC.length ? STATIC[index - 1] : this.#table.at(index - STATIC.length - 1);
    if (field === undefined) throw broken('an index without a field');
    return field;
  }

  /** RFC 7541, section 5.2. */
  #text(): string {
    const isHuffman = this.#at < this.#end && (this.#block[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#end) throw broken('a text that ends after its block');
    const begin = this.#at;
    this.#at = end;
    if (!isHuffman) return this.#block.toString('latin1', begin, end);
    const text = huffmanDecode(this.#block, begin, end);
    if (text === undefined) throw broken('a text that is not in the Huffman code');
    return text;
  }

  /** RFC 7541, section 5.1. */
  #integer(prefixBits: number): number {
    const mask = 2 ** prefixBits - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      if (shift >= INTEGER_BITS_MAX) throw broken('an integer that is too large');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw broken('a block that ends in the middle');
    const byte = this.#block[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }
}

const EMPTY = Buffer.alloc(0);

function broken(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.COMPRESSION_ERROR, `a header block has ${what}`);
}

/** Whether bytes[begin..end) are these. */
function isAt(bytes: Buffer, begin: number, end: number, known: Uint8Array): boolean {
  const length = end - begin;
  if (known.length !== length) return false;
  for (let at = 0; at < length; at += 1) if (bytes[begin + at] !== known[at]) return false;
  return true;
}
