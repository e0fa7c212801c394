import { createHash, type Hash } from 'node:crypto';
import { asBuffer, EMPTY } from '../../util/bytes.js';

/*
 * LMDB bounds its keys, and ours may have a megabyte. A key of up to CHUNK_BYTES is stored as it is, after the byte of its
 * space. A longer one is cut into chunks: its rows form a tree of spaces, in the order of the whole keys.
 *
 *   space                     stored key                           value
 *   0  the engine's own       a name                               the number of the last commit
 *   1  root                   key                                  a row, if the key has at most CHUNK_BYTES
 *                             first chunk, 00                      a link: the number of rows of the space below
 *   2  hash of the chunks     rest of the key, 1 to CHUNK_BYTES    a row
 *      before, 16 bytes       next chunk, 00                       a link
 *
 * A row is the value and a checksum of stored key and value (checksum.ts). A link is one byte longer than any row. It follows the
 * row of its chunk, and precedes every other key after that, as the keys below it do. A space is named by SHA-256, so a key is found by hashing it, without reading its links.
 */

/** LMDB takes stored keys of 1978 bytes with pages of 4 KiB. */
export const CHUNK_BYTES = 1920;
const HASH_BYTES = 16;
/** Bytes of the header of a space below the root. */
export const BELOW_HEADER_BYTES = 1 + HASH_BYTES;
const ROOT = 1;
export const BELOW = 2;

/** The row of the last commit. */
export const COMMIT_KEY = Buffer.from('\x00commit', 'latin1');

/** The stored keys between two bounds that begin with a header. */
export interface Space {
  readonly header: Buffer;
  /** The first stored key behind the space. */
  readonly end: Buffer;
  /** Of the chunks before. */
  readonly hash: Hash | undefined;
}

export const ROOT_SPACE: Space = { header: Buffer.from([ROOT]), end: Buffer.from([BELOW]), hash: undefined };

/** The space of the keys that begin with the chunks before, and one more. */
export function spaceBelow(space: Space, chunk: Uint8Array): Space {
  const hash = (space.hash?.copy() ?? createHash('sha256')).update(chunk);
  const header = headerOf(hash.copy());
  return { header, end: after(header), hash };
}

/** @param hash of the chunks before; it cannot be used again */
function headerOf(hash: Hash): Buffer {
  const header = Buffer.alloc(BELOW_HEADER_BYTES, BELOW);
  hash.digest().copy(header, 1, 0, HASH_BYTES);
  return header;
}

/** The first string that is greater than all which begin with a header. Its first byte is below 255. */
function after(header: Buffer): Buffer {
  const end = Buffer.from(header);
  let at = end.length - 1;
  while (end[at] === 0xff) at--;
  end[at] = (end[at] ?? 0) + 1;
  return end.subarray(0, at + 1);
}

export function linkOf(chunk: Uint8Array): Buffer {
  const link = Buffer.alloc(CHUNK_BYTES + 1);
  link.set(chunk);
  return link;
}

/** The chunk of a link; undefined for a row. @param part a stored key without its header */
export function chunkOf(part: Uint8Array): Uint8Array | undefined {
  return part.length > CHUNK_BYTES ? part.subarray(0, CHUNK_BYTES) : undefined;
}

export function storedKey({ header }: Space, part: Uint8Array = EMPTY): Buffer {
  return Buffer.concat([header, part]);
}

/** A space on the way to a key, with the chunk at which the way continues below. */
interface Step {
  readonly space: Space;
  readonly chunk: Uint8Array;
}

/** The spaces from the root to a key, and the rest of the key in the last one. */
interface KeyPath {
  readonly steps: readonly Step[];
  readonly space: Space;
  readonly rest: Uint8Array;
}

function pathOf(key: Uint8Array): KeyPath {
  const steps: Step[] = [];
  let space = ROOT_SPACE;
  let at = 0;
  for (; key.length - at > CHUNK_BYTES; at += CHUNK_BYTES) {
    const chunk = key.subarray(at, at + CHUNK_BYTES);
    steps.push({ space, chunk });
    space = spaceBelow(space, chunk);
  }
  return { steps, space, rest: key.subarray(at) };
}

export function isLong(key: Uint8Array): boolean {
  return key.length > CHUNK_BYTES;
}

/** The stored key of a long key, and its links, the nearest first. */
export function longKeyOf(key: Uint8Array): { readonly stored: Buffer; readonly links: readonly Buffer[] } {
  const { steps, space, rest } = pathOf(key);
  const links = steps.map((step) => storedKey(step.space, linkOf(step.chunk)));
  return { stored: storedKey(space, rest), links: links.reverse() };
}

/** Writes the stored key of a key that is not long. @param target has one byte more than the key */
export function writeShort(key: Uint8Array, target: Buffer): Buffer {
  target[0] = ROOT;
  target.set(key, 1);
  return target;
}

/** The stored key of any key, in memory of its own. */
export function storedKeyOf(key: Uint8Array): Buffer {
  if (!isLong(key)) return writeShort(key, Buffer.allocUnsafe(key.length + 1));
  // The spaces in between are of no concern, so one hash is enough.
  const at = Math.floor((key.length - 1) / CHUNK_BYTES) * CHUNK_BYTES;
  return Buffer.concat([headerOf(createHash('sha256').update(key.subarray(0, at))), key.subarray(at)]);
}

/** The whole key of a row. @param chunks those on the way to its space */
export function wholeKey(chunks: readonly Uint8Array[], part: Uint8Array): Uint8Array {
  return chunks.length === 0 ? asBuffer(part) : Buffer.concat([...chunks, part]);
}
