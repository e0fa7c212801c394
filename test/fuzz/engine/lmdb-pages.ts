import { mkdirSync, writeFileSync } from 'node:fs';
import { EngineOpenError } from '../../../src/engine/errors.js';
import { checkMeta } from '../../../src/engine/lmdb/meta-check.js';
import { DATA_FILE, PAGE_BYTES } from '../../../src/engine/lmdb/native.js';
import { HEADER_BYTES, nodesOf, PageDamage, PageKind } from '../../../src/engine/lmdb/page.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { check } from '../check.js';
import { mutated } from '../framework/mutate.js';
import { scratchFile } from '../framework/scratch.js';
import type { Trial } from '../framework/trial.js';
import { chance, randomBytesOf, randomSize } from '../pick.js';

// Writers of LMDB's format, in the plainest form (liblmdb/mdb.c of lmdb-js 3).

interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
}

function emptyPage(number: number, transaction: number, kind: number): Buffer {
  const page = Buffer.alloc(PAGE_BYTES);
  page.writeBigUInt64LE(BigInt(number), 0);
  page.writeBigUInt64LE(BigInt(transaction), 8);
  page.writeUInt16LE(kind, 18);
  return page;
}

function leafOf(rows: readonly Row[], { number, transaction }: { number: number; transaction: number }): Buffer {
  const page = emptyPage(number, transaction, PageKind.leaf);
  let upper = PAGE_BYTES - HEADER_BYTES;
  rows.forEach(({ key, value }, at) => {
    upper -= 8 + key.length + value.length;
    upper -= upper % 2;
    const node = HEADER_BYTES + upper;
    page.writeUInt32LE(value.length, node);
    page.writeUInt16LE(key.length, node + 6);
    key.copy(page, node + 8);
    value.copy(page, node + 8 + key.length);
    page.writeUInt16LE(upper, HEADER_BYTES + 2 * at);
  });
  page.writeUInt16LE(2 * rows.length, 20);
  page.writeUInt16LE(upper, 22);
  return page;
}

function metaOf(transaction: number, root: number, rows: number): Buffer {
  const page = emptyPage(transaction % 2, 0, PageKind.meta);
  page.writeUInt32LE(0xbeefc0de, 24);
  page.writeUInt32LE(2, 28);
  page.writeUInt32LE(PAGE_BYTES, 48);
  page.writeBigUInt64LE(2n ** 64n - 1n, 48 + 40);
  page.writeUInt16LE(1, 96 + 6);
  page.writeBigUInt64LE(1n, 96 + 16);
  page.writeBigUInt64LE(BigInt(rows), 96 + 32);
  page.writeBigUInt64LE(BigInt(root), 96 + 40);
  page.writeBigUInt64LE(3n, 144);
  page.writeBigUInt64LE(BigInt(transaction), 152);
  return page;
}

function randomRows(random: Random): Row[] {
  return Array.from({ length: randomInteger(random, 1, 20) }, () => ({
    key: randomBytesOf(random, 1 + randomSize(random, 60)),
    value: randomBytesOf(random, randomSize(random, 100)),
  }));
}

const INPUTS = 50;

/** The nodes of a changed page are within it, or the page is refused. */
export function lmdbPages(trial: Trial): void {
  const { random } = trial;
  const rows = randomRows(random);
  const page = leafOf(rows, { number: 2, transaction: 7 });
  for (let input = 0; input < INPUTS; input += 1) {
    const changed = chance(random, 0.1) ? page : mutated(random, page);
    // A page is read whole, or refused before.
    const bytes = Buffer.concat([changed, Buffer.alloc(PAGE_BYTES)]).subarray(0, PAGE_BYTES);
    trial.feed(bytes, (fed) => {
      const whole = Buffer.concat([fed, Buffer.alloc(PAGE_BYTES)]).subarray(0, PAGE_BYTES);
      try {
        const nodes = nodesOf(whole);
        const areWithin = nodes.every(({ value, valueBytes }) => value === undefined || value.length === valueBytes);
        check(areWithin, 'a value is cut off');
        if (whole.equals(page)) {
          const same = nodes.every(({ key, value }, at) => {
            const row = rows[at];
            return row !== undefined && key.equals(row.key) && value?.equals(row.value) === true;
          });
          check(same && nodes.length === rows.length, 'other rows are read');
        }
      } catch (error) {
        check(error instanceof PageDamage && !whole.equals(page), String(error));
      }
    });
  }
}

/** A changed meta page is refused in one line, or names the pages that were written. */
export async function lmdbMetas(trial: Trial): Promise<void> {
  const { random } = trial;
  const rows = randomRows(random);
  const first = 2 * randomInteger(random, 1, 1000);
  const roots = [
    leafOf(rows, { number: 2, transaction: first }),
    leafOf(rows, { number: 3, transaction: first + 1 }),
  ] as const;
  const metas = Buffer.concat([metaOf(first, 2, rows.length), metaOf(first + 1, 3, rows.length)]);
  const folder = scratchFile('lmdb');
  mkdirSync(folder, { recursive: true });
  for (let input = 0; input < INPUTS; input += 1) {
    const changed = input === 0 ? metas : mutated(random, metas);
    writeFileSync(`${folder}/${DATA_FILE}`, Buffer.concat([changed, ...roots]));
    try {
      const { main, transaction } = await checkMeta(folder);
      check(transaction === first + 1 && main.root === 3, `transaction ${transaction} with root ${main.root}`);
    } catch (error) {
      check(error instanceof EngineOpenError && !error.message.includes('\n'), String(error));
      check(!changed.equals(metas), 'intact meta pages are refused');
    }
  }
  trial.count(INPUTS);
}
