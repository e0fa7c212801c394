import { DynamicTable, fieldBytes, type Field } from './dynamic-table.js';
import { huffmanEncode, huffmanLength } from './huffman.js';
import { STATIC_TABLE } from './static-table.js';

/** A field, and whether the receiver should remember it because it will come again. */
export interface OutgoingField extends Field {
  readonly repeats?: boolean;
}

/** Largest dynamic table that this side keeps for what it sends, in bytes; RFC 7541's initial size. */
const TABLE_BYTES_MAX = 4096;

const STATIC_INDEX: ReadonlyMap<string, number> = new Map(
  STATIC_TABLE.map(([name, value], index): [string, number] => [`${name}\0${value}`, index + 1]).toReversed(),
);
const STATIC_NAME_INDEX: ReadonlyMap<string, number> = new Map(
  STATIC_TABLE.map(([name], index): [string, number] => [name, index + 1]).toReversed(),
);

/** Longest text that is written in the Huffman code, in bytes. */
const HUFFMAN_TEXT_MAX = 64;
/** Maximum number of remembered lists. */
const REMEMBERED_MAX = 4;

interface Remembered {
  readonly fields: readonly OutgoingField[];
  readonly generation: number;
  readonly block: Uint8Array;
}

/**
 * Encodes the header blocks of one connection (RFC 7541). Fields that repeat enter the dynamic table the first time; lists of
 * fields that are all in a table are encoded once, and recognized by identity.
 */
export class HpackEncoder {
  readonly #table = new DynamicTable(TABLE_BYTES_MAX);
  #remembered: Remembered[] = [];
  /** Changes of the table's size that the next block begins with: the smallest since the last block, and the present one. */
  #resizes: number[] = [];
  #tableBytes = TABLE_BYTES_MAX;

  /** Size that the receiver allows, by its SETTINGS_HEADER_TABLE_SIZE, in bytes. */
  allowTable(bytes: number): void {
    const allowed = Math.min(bytes, TABLE_BYTES_MAX);
    if (allowed === this.#tableBytes) return;
    this.#tableBytes = allowed;
    this.#table.resize(allowed);
    this.#resizes = [Math.min(allowed, ...this.#resizes), allowed];
  }

  /** The block of a list. It must be sent, before any block that is encoded later. */
  encode(fields: readonly OutgoingField[]): Uint8Array {
    const { generation } = this.#table;
    for (const known of this.#remembered) {
      if (known.fields === fields && known.generation === generation) return known.block;
    }
    const isResized = this.#resizes.length > 0;
    const block = this.#encodeNew(fields);
    if (generation !== this.#table.generation) this.#remembered = [];
    else if (!isResized && this.#areIndexed(fields)) {
      if (this.#remembered.length >= REMEMBERED_MAX) this.#remembered.shift();
      this.#remembered.push({ fields, generation, block });
    }
    return block;
  }

  #areIndexed(fields: readonly OutgoingField[]): boolean {
    return fields.every(({ name, value }) => this.#indexOf(name, value) !== undefined);
  }

  #encodeNew(fields: readonly OutgoingField[]): Uint8Array {
    const bytesMax = fields.reduce((sum, field) => sum + fieldBytes(field), 16);
    const block = new Uint8Array(bytesMax);
    let at = 0;
    for (const value of new Set(this.#resizes)) at = writeInteger(block, at, { value, prefixBits: 5, first: 0x20 });
    this.#resizes = [];
    for (const field of fields) at = this.#write(block, at, field);
    return block.subarray(0, at);
  }

  #write(block: Uint8Array, at: number, { name, value, repeats = false }: OutgoingField): number {
    const index = this.#indexOf(name, value);
    if (index !== undefined) return writeInteger(block, at, { value: index, prefixBits: 7, first: 0x80 });
    const nameIndex = STATIC_NAME_INDEX.get(name) ?? 0;
    const isIndexed = repeats && fieldBytes({ name, value }) <= this.#tableBytes;
    let next = isIndexed
      ? writeInteger(block, at, { value: nameIndex, prefixBits: 6, first: 0x40 })
      : writeInteger(block, at, { value: nameIndex, prefixBits: 4, first: 0x00 });
    if (nameIndex === 0) next = writeText(block, next, name);
    next = writeText(block, next, value);
    if (isIndexed) this.#table.insert({ name, value });
    return next;
  }

  #indexOf(name: string, value: string): number | undefined {
    const index = STATIC_INDEX.get(`${name}\0${value}`);
    if (index !== undefined) return index;
    const distance = this.#table.distanceOf(name, value);
    return distance === -1 ? undefined : STATIC_TABLE.length + 1 + distance;
  }
}

function writeInteger(
  block: Uint8Array,
  at: number,
  { value, prefixBits, first }: { readonly value: number; readonly prefixBits: number; readonly first: number },
): number {
  const mask = 2 ** prefixBits - 1;
  if (value < mask) {
    block[at] = first | value;
    return at + 1;
  }
  block[at] = first | mask;
  let rest = value - mask;
  let next = at + 1;
  while (rest >= 0x80) {
    block[next] = 0x80 | (rest & 0x7f);
    rest = Math.floor(rest / 0x80);
    next += 1;
  }
  block[next] = rest;
  return next + 1;
}

/** In the Huffman code where that is shorter, and the text not long: coding costs more time than it saves bytes there. */
function writeText(block: Uint8Array, at: number, text: string): number {
  const coded = text.length > HUFFMAN_TEXT_MAX ? text.length : huffmanLength(text);
  if (coded < text.length) {
    const next = writeInteger(block, at, { value: coded, prefixBits: 7, first: 0x80 });
    return huffmanEncode(text, block, next);
  }
  const next = writeInteger(block, at, { value: text.length, prefixBits: 7, first: 0x00 });
  for (let index = 0; index < text.length; index += 1) block[next + index] = text.charCodeAt(index);
  return next + text.length;
}
