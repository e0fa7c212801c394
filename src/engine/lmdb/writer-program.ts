import type { MessagePort } from 'node:worker_threads';
import type { NativeOptions } from './native.js';

/** What the thread is asked to do: a slice of a batch, of which the last commits it; to give up the batch that is open; to end. */
export type WriterRequest =
  | { readonly kind: 'slice'; readonly bytes: Uint8Array; readonly isLast: boolean }
  | { readonly kind: 'abandon' }
  | { readonly kind: 'close' };

export type WriterReply =
  | { readonly kind: 'taken' }
  | { readonly kind: 'committed'; readonly lastPage: number; readonly usedPages: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly code: string | number | undefined }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'closed' };

/** What the thread is started with. */
export interface WriterData {
  /** The path of the package. */
  readonly package: string;
  readonly options: NativeOptions;
  readonly commitKey: Uint8Array;
  /** The caller sets the only element to 1 before a batch, and the thread to 0 behind it: see WriterThread. */
  readonly busy: Int32Array;
  /** Closed with the thread. */
  readonly life: MessagePort;
}

/** The kinds of changes in a slice: of a row, and of the row of a long key, which has links. */
export const Change = { put: 0, remove: 1, putLong: 2, removeLong: 3 } as const;

/**
 * The program of the thread that writes: it takes a WriterRequest and returns a WriterReply. A text, because a thread does not
 * take over the loader with which tests run sources; `package` is the path of the package.
 *
 * A slice is a sequence of changes: kind (1 byte), length of the key (4), length of the value (4), key, value; for a long key,
 * also the number of its links (4), and for each its length (4) and its bytes, the nearest first. A link holds the number of rows
 * in the space below it and a CRC-32 of itself and the number. The row of a commit holds the number of LMDB's transaction, in
 * the same form: a meta page that names another state than that of the row is damaged.
 */
export const WRITER_PROGRAM = `
  'use strict';
  const { parentPort, workerData } = require('node:worker_threads');
  const { crc32 } = require('node:zlib');
  const db = require(workerData.package).open(workerData.options);
  const COMMIT_KEY = Buffer.from(workerData.commitKey);
  const ABANDONED = new Error('the batch was abandoned');
  const { busy } = workerData;
  let batch;

  const sealed = (key, number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeDoubleLE(number);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 8), crc32(key)), 8);
    return bytes;
  };
  const countOf = (link) => {
    const bytes = db.getBinary(link);
    if (bytes === undefined) return 0;
    const number = Buffer.from(bytes).readDoubleLE();
    if (!sealed(link, number).equals(bytes)) throw new Error('the link ' + link.toString('hex', 0, 64) + ' is damaged');
    return number;
  };
  const change = (links, by) => {
    for (const link of links) {
      const before = countOf(link);
      if (before + by === 0) db.remove(link);
      else db.put(link, sealed(link, before + by));
      if (before !== 0 && before + by !== 0) return;
    }
  };
  const apply = (bytes) => {
    for (let at = 0; at < bytes.length;) {
      const kind = bytes[at];
      const keyBytes = bytes.readUInt32LE(at + 1);
      const valueBytes = bytes.readUInt32LE(at + 5);
      const key = bytes.subarray((at += 9), (at += keyBytes));
      const value = bytes.subarray(at, (at += valueBytes));
      if (kind === ${Change.put}) db.put(key, value);
      else if (kind === ${Change.remove}) db.remove(key);
      else {
        const links = [];
        const count = bytes.readUInt32LE(at);
        at += 4;
        for (let number = 0; number < count; number++) {
          const length = bytes.readUInt32LE(at);
          links.push(bytes.subarray(at + 4, (at += 4 + length)));
        }
        const exists = db.getBinary(key) !== undefined;
        if (kind === ${Change.putLong}) db.put(key, value);
        else if (exists) db.remove(key);
        if (kind === ${Change.putLong} ? !exists : exists) change(links, kind === ${Change.putLong} ? 1 : -1);
      }
    }
  };
  const commit = () => db.put(COMMIT_KEY, sealed(COMMIT_KEY, db.getWriteTxnId()));
  const end = (reply) => {
    Atomics.store(busy, 0, 0);
    Atomics.notify(busy, 0);
    if (reply !== undefined) parentPort.postMessage(reply);
  };
  const fail = (error) => {
    if (error === ABANDONED) end();
    else end({ kind: 'failed', reason: String(error && error.message), code: error && error.code });
  };
  const succeed = () => {
    const stats = db.getStats();
    const usedPages = stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
    end({ kind: 'committed', lastPage: stats.lastPageNumber, usedPages });
  };
  const begin = () => {
    const opened = {};
    const open = new Promise((resolve, reject) => Object.assign(opened, { resolve, reject }));
    opened.ended = Promise.resolve(db.transactionSync(() => open, 2)).then(succeed, fail);
    return opened;
  };
  const abandon = async () => {
    if (batch === undefined) return;
    const { reject, ended } = batch;
    batch = undefined;
    reject(ABANDONED);
    await ended;
  };

  parentPort.on('message', async (request) => {
    if (request.kind === 'abandon') {
      await abandon();
      parentPort.postMessage({ kind: 'abandoned' });
      return;
    }
    if (request.kind === 'close') {
      // LMDB would wait for the end of an open batch, for good.
      await abandon();
      await db.close();
      parentPort.postMessage({ kind: 'closed' });
      parentPort.close();
      return;
    }
    const bytes = Buffer.from(request.bytes.buffer, request.bytes.byteOffset, request.bytes.byteLength);
    const { isLast } = request;
    try {
      if (batch === undefined && isLast) {
        db.transactionSync(() => { apply(bytes); commit(); }, 2);
        succeed();
        return;
      }
      batch ??= begin();
      apply(bytes);
      if (!isLast) {
        parentPort.postMessage({ kind: 'taken' });
        return;
      }
      commit();
      batch.resolve();
      batch = undefined;
    } catch (error) {
      if (batch === undefined) fail(error);
      else batch.reject(error);
      batch = undefined;
    }
  });
`;
