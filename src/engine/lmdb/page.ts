import type { FileHandle } from 'node:fs/promises';
import { PAGE_BYTES } from './native.js';

/*
 * LMDB's file (liblmdb/mdb.c of lmdb-js 3): pages of 4 KiB. Integers are little-endian.
 *
 * A page begins with its number (8 bytes), the transaction that wrote it (8), padding (2), flags (2), and the end of its offsets
 * and the begin of its nodes (2 each), counted from the end of this header; an overflow page has the number of its pages (4)
 * in their place. Then come the offsets of the nodes, in the order of their keys. A node has the size of its value (4), flags
 * (2), the size of its key (2), key and value; in a branch, the first six bytes are the number of the page below. A value
 * that does not fit into a page is in overflow pages: the node has the number of the first (8), a transaction (8) and the
 * number of pages (8).
 *
 * Pages 0 and 1 are meta pages. Transaction N writes page N % 2, so each is the state after one of the last two commits.
 */

export const HEADER_BYTES = 24;
const NODE_BYTES = 8;
/** The root of an empty tree. */
export const NO_PAGE = Number(BigInt.asUintN(64, -1n));

export const PageKind = { branch: 1, leaf: 2, overflow: 4, meta: 8 } as const;
/** A value in overflow pages. */
const BIG = 1;

export interface Tree {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  readonly root: number;
}

export interface Meta {
  readonly pageBytes: number;
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  readonly transaction: number;
}

export interface Node {
  readonly key: Buffer;
  /** The page below, in a branch. */
  readonly child: number;
  /** The value in the page; undefined if it is in overflow pages. */
  readonly value: Buffer | undefined;
  readonly valueBytes: number;
  /** The first overflow page, and their number. */
  readonly overflow: { readonly page: number; readonly pages: number } | undefined;
}

/** A page that is not as LMDB writes it. */
export class PageDamage extends Error {
  override readonly name = 'PageDamage';
}

/** @throws PageDamage if the file ends before the page does */
export async function readPage(file: FileHandle, page: number, pages = 1): Promise<Buffer> {
  const bytes = Buffer.alloc(pages * PAGE_BYTES);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, page * PAGE_BYTES);
  if (bytesRead < bytes.length) throw new PageDamage(`page ${page} is behind the end of the file`);
  return bytes;
}

export function numberOf(page: Buffer): number {
  return integer(page, 0);
}

export function transactionOf(page: Buffer): number {
  return integer(page, 8);
}

export function kindOf(page: Buffer): number {
  return page.readUInt16LE(18);
}

/** The number of pages of a value, as its first overflow page states it. */
export function overflowPagesOf(page: Buffer): number {
  return page.readUInt32LE(20);
}

const MAGIC = 0xbeefc0de;
const VERSION = 2;

/** @throws PageDamage, with a reason that continues "the file" */
export function readMeta(page: Buffer): Meta {
  if (page.readUInt32LE(24) !== MAGIC) throw new PageDamage('is no file of LMDB');
  if (page.readUInt32LE(28) !== VERSION) throw new PageDamage('has another format of LMDB');
  if (kindOf(page) !== PageKind.meta) throw new PageDamage('has a damaged meta page');
  return {
    pageBytes: page.readUInt32LE(48),
    free: readTree(page, 48),
    main: readTree(page, 96),
    lastPage: integer(page, 144),
    transaction: integer(page, 152),
  };
}

function readTree(page: Buffer, at: number): Tree {
  return {
    depth: page.readUInt16LE(at + 6),
    branchPages: integer(page, at + 8),
    leafPages: integer(page, at + 16),
    overflowPages: integer(page, at + 24),
    entries: integer(page, at + 32),
    root: integer(page, at + 40),
  };
}

/** The nodes of a branch or leaf, in order. @throws PageDamage */
export function nodesOf(page: Buffer): Node[] {
  const isBranch = kindOf(page) === PageKind.branch;
  const lower = page.readUInt16LE(20);
  const upper = page.readUInt16LE(22);
  if (lower % 2 !== 0 || lower > upper || upper > PAGE_BYTES - HEADER_BYTES) throw new PageDamage('has wrong bounds');
  const nodes: Node[] = [];
  for (let at = HEADER_BYTES; at < HEADER_BYTES + lower; at += 2) {
    const offset = page.readUInt16LE(at);
    if (offset < upper || HEADER_BYTES + offset + NODE_BYTES > PAGE_BYTES) throw new PageDamage('has a wrong offset');
    nodes.push(readNode(page, HEADER_BYTES + offset, isBranch));
  }
  return nodes;
}

function readNode(page: Buffer, at: number, isBranch: boolean): Node {
  const flags = page.readUInt16LE(at + 4);
  const keyEnd = at + NODE_BYTES + page.readUInt16LE(at + 6);
  const valueBytes = isBranch ? 0 : page.readUInt32LE(at);
  const isBig = !isBranch && flags === BIG;
  if (!isBranch && flags !== 0 && !isBig) throw new PageDamage('has a node of an unknown kind');
  const end = keyEnd + (isBig ? 24 : valueBytes);
  if (end > page.length) throw new PageDamage('has a node that goes beyond it');
  return {
    key: page.subarray(at + NODE_BYTES, keyEnd),
    child: isBranch ? page.readUIntLE(at, 6) : 0,
    value: isBig || isBranch ? undefined : page.subarray(keyEnd, end),
    valueBytes,
    overflow: isBig ? { page: integer(page, keyEnd), pages: integer(page, keyEnd + 16) } : undefined,
  };
}

function integer(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}
