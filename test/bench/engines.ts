import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openHome } from '../../src/engine/home/generation-home.js';
import { ENGINE_NAMES, type EngineName } from '../../src/engine/home/generations.js';
import { levelKind } from '../../src/engine/level/level-kind.js';
import { lmdbKind } from '../../src/engine/lmdb/lmdb-kind.js';
import { withTable } from '../../src/engine/table/table-home.js';
import type { Engine, EngineHome, EngineOperation } from '../../src/ports/engine.js';
import { silentLogger } from '../../src/util/logger.js';
import { enginePlot, type EngineResult, type EngineResults } from './report/engine-plot.js';
import { thisMachine } from './report/machine.js';

/*
 * Compares the storage engines, each behind the table as in a member: `make bench-engines KEYS=1000000 ENGINE=lmdb`. One engine
 * a process, so that the memory is its own; results of earlier runs of the other engine are kept in the file OUT, and the plot
 * beside it has all.
 */

const KEYS = Number(process.env['KEYS'] || 1_000_000);
const VALUE_BYTES = 256;
/** Rows of a batch, as of a busy member. */
const BATCH = 32;
const TABLE_BYTES = 16 * 1024 * 1024;
const READS = 100_000;
const OUT = resolve(process.env['OUT'] || 'bench/results/engines.json');

const value = Buffer.alloc(VALUE_BYTES);
/** Half of a value compresses, as text does. */
function valueOf(at: number): Buffer {
  for (let byte = 0; byte < VALUE_BYTES / 2; byte += 4)
    value.writeUInt32LE(Math.imul(at + byte, 0x9e3779b1) >>> 0, byte);
  return value;
}
const keyOf = (number: number): Buffer => Buffer.from(`key-${String(number).padStart(12, '0')}`);
/** A permutation of the numbers below KEYS that looks random. */
const spread = (at: number): number => (at * 7_368_787) % KEYS;

function open(engine: EngineName, directory: string): Promise<EngineHome> {
  const logger = silentLogger;
  return engine === 'level'
    ? openHome({ directory, kind: levelKind({ logger }) }, logger)
    : openHome({ directory, kind: lmdbKind() }, logger);
}

/** Bytes that this process has given to the disk. */
function writtenBytes(): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1]);
}

/** Resident memory, and its part that is not of a file. The pages of LMDB's file can be dropped at any time. */
function memory(): { readonly rss: number; readonly anonymous: number } {
  const text = readFileSync('/proc/self/status', 'latin1');
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
  return { rss: of('VmRSS'), anonymous: of('RssAnon') };
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile() === true) bytes += found.blocks * 512;
  }
  return bytes;
}

async function timed(count: number, work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(count / ((performance.now() - startMs) / 1000));
}

async function puts(engine: Engine, numberOf: (at: number) => number): Promise<void> {
  for (let at = 0; at < KEYS; at += BATCH) {
    const batch: EngineOperation[] = [];
    for (let row = at; row < Math.min(at + BATCH, KEYS); row++) {
      batch.push({ type: 'put', key: keyOf(numberOf(row)), value: Buffer.from(valueOf(row)) });
    }
    await engine.write(batch);
    // A member's event loop has other work too.
    if (at % (BATCH * 32) === 0) await new Promise(setImmediate);
  }
  await engine.barrier();
}

async function pointReads(engine: Engine): Promise<void> {
  for (let at = 0; at < READS; at++) {
    if (engine.get(keyOf(spread(at * 31))) === undefined) throw new Error('a key is missing');
    if (at % 1000 === 0) await new Promise(setImmediate);
  }
}

/** @returns the number of rows */
async function walk(engine: Engine): Promise<number> {
  const cursor = engine.cursor({});
  let rows = 0;
  for (let page = await cursor.next(1000); page.length > 0; page = await cursor.next(1000)) rows += page.length;
  await cursor.close();
  return rows;
}

async function measure(name: EngineName): Promise<EngineResult> {
  const folder = await mkdtemp(join(process.env['DIR'] || tmpdir(), 'raftkv-engines-'));
  const rowBytes = keyOf(0).length + VALUE_BYTES;
  const [random, sequential] = [join(folder, 'random'), join(folder, 'sequential')];
  const flushRows = name === 'lmdb' ? 16_384 : 1024;
  const openTable = async (directory: string): Promise<EngineHome> =>
    withTable(await open(name, directory), TABLE_BYTES, flushRows);
  try {
    const first = await openTable(sequential);
    const sequentialPuts = await timed(KEYS, () => puts(first.engine, (at) => at));
    await first.close();
    const before = writtenBytes();
    const home = await openTable(random);
    const randomPuts = await timed(KEYS, () => puts(home.engine, spread));
    await home.close();
    const writeAmplification = (writtenBytes() - before) / (KEYS * rowBytes);
    const spaceAmplification = (await folderBytes(random)) / (KEYS * rowBytes);
    const startMs = performance.now();
    const again = await openTable(random);
    if (again.engine.get(keyOf(0)) === undefined) throw new Error('a key is missing');
    const restartMs = performance.now() - startMs;
    const reads = await timed(READS, () => pointReads(again.engine));
    const rows = await timed(KEYS, async () => {
      if ((await walk(again.engine)) !== KEYS) throw new Error('a row is missing');
    });
    const { rss, anonymous } = memory();
    await again.close();
    const sizes = { writeAmplification, spaceAmplification, restartMs, rssBytes: rss, anonymousBytes: anonymous };
    return { keys: KEYS, randomPuts, sequentialPuts, pointReads: reads, rangeRows: rows, ...sizes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const engine = ENGINE_NAMES.find((each) => each === process.env['ENGINE']);
if (engine === undefined) throw new Error(`ENGINE=: ${ENGINE_NAMES.join(' or ')}`);
const earlier = await readResults();
const results: EngineResults = {
  machine: thisMachine(),
  node: process.versions.node,
  engines: { ...earlier, [engine]: await measure(engine) },
};
await mkdir(dirname(OUT), { recursive: true });
await writeFile(OUT, `${JSON.stringify(results, null, 2)}\n`);
await writeFile(OUT.replace(/\.json$/, '.svg'), enginePlot(results));
console.log(JSON.stringify(results.engines[engine], null, 2));

async function readResults(): Promise<EngineResults['engines']> {
  try {
    return (JSON.parse(readFileSync(OUT, 'utf8')) as EngineResults).engines;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}
