import { HpackDecoder } from '../../../src/rpc/http2/hpack-decoder.js';

export type Pair = readonly [name: string, value: string];

const DEFAULT_LIMITS = { tableBytesMax: 4096, listBytesMax: 1_000_000 };

/** @param limits the caller may change them later */
export function newDecoder(limits: { tableBytesMax: number; listBytesMax: number } = DEFAULT_LIMITS): HpackDecoder {
  return new HpackDecoder(limits);
}

/** The fields of a block. @throws ConnectionError */
export function decoded(decoder: HpackDecoder, block: Buffer): Pair[] {
  return decoder.decode(block, 0, block.length).fields.map(({ name, value }): Pair => [name, value]);
}
