import { performance, PerformanceObserver } from 'node:perf_hooks';
import { Generation } from '../../src/engine/table/generation.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { newMemory } from '../../src/engine/table/generation-memory.js';

/*
 * What the rows of the table cost: `npx tsx --expose-gc test/bench/table.ts [ROWS] [VALUE_BYTES]`. Prints the time of a
 * put, a get and a sorted row, the memory, and the longest pause of a full garbage collection with all rows in it.
 */

const [rows = 1_000_000, valueBytes = 256] = process.argv.slice(2).map(Number);
const ROWS_PER_GENERATION = 65_536;

const hash = new KeyHash([0x1234567, 0x89abcde]);
const value = Buffer.alloc(valueBytes, 'v');
const keyAt = (at: number): Buffer => Buffer.from(`key-${String(Math.imul(at, 0x9e3779b1) >>> 0).padStart(12, '0')}`);
const keys = Array.from({ length: 100_000 }, (_, at) => keyAt(at));

function timed(what: string, count: number, work: () => void): void {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - start) * 1000;
  print(what, `${Math.round((wall * 1000) / count)} ns wall, ${Math.round(((user + system) * 1000) / count)} ns CPU`);
}

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(40)} ${figure}\n`);
}

const pauses: number[] = [];
new PerformanceObserver((list) => pauses.push(...list.getEntries().map(({ duration }) => duration))).observe({
  entryTypes: ['gc'],
});

async function collect(what: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  pauses.length = 0;
  for (let at = 0; at < 5; at++) globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  print(`heap, rows, resident, ${what}`, [heapUsed, arrayBuffers, rss].map(megabytes).join(', '));
  print(`full collections, ${what}`, `${pauses.map((ms) => ms.toFixed(1)).join(' ')} ms`);
}

const generations: Generation[] = [];
let written = 0;
let longestMs = 0;
timed('put', rows, () => {
  for (let at = 0; at < rows; at++) {
    let last = generations.at(-1);
    if (last === undefined || last.count >= ROWS_PER_GENERATION) {
      last = new Generation(written, newMemory(1 << 20));
      generations.push(last);
    }
    const key = at < keys.length ? (keys[at] ?? value) : keyAt(at);
    const start = performance.now();
    last.append({ type: 'put', key, value }, hash.of(key));
    longestMs = Math.max(longestMs, performance.now() - start);
    last.endBatch();
    written++;
  }
});
print('longest put', `${longestMs.toFixed(2)} ms`);

const first = generations[0];
if (first === undefined) throw new Error('no rows');
timed('hash', 1_000_000, () => {
  let sum = 0;
  for (let at = 0; at < 1_000_000; at++) sum ^= hash.of(keys[at % 50_000] ?? value);
  if (sum === 1) print('never', '');
});
timed('get, one generation', 1_000_000, () => {
  for (let at = 0; at < 1_000_000; at++) {
    const key = keys[at % 50_000] ?? value;
    const number = first.find(key, hash.of(key), first.count);
    if (number < 0) throw new Error('a row is missing');
    first.valueOf(number);
  }
});
timed(`get, ${generations.length} generations`, 1_000_000, () => {
  for (let at = 0; at < 1_000_000; at++) {
    const key = keys[at % keys.length] ?? value;
    const hashed = hash.of(key);
    for (let last = generations.length - 1; last >= 0; last--) {
      const generation = generations[last];
      const number = generation?.find(key, hashed, generation.count) ?? -1;
      if (number < 0) continue;
      generation?.valueOf(number);
      break;
    }
  }
});
let longestSortMs = 0;
timed('sort', written, () => {
  for (const generation of generations) {
    for (let done = false; !done;) {
      const start = performance.now();
      done = generation.sorted.sortSome(generation.count);
      longestSortMs = Math.max(longestSortMs, performance.now() - start);
    }
  }
});
print('longest sorting step', `${longestSortMs.toFixed(2)} ms`);
print('blocks', generations.map(({ sorted }) => sorted.blocks.length).join(' '));

keys.length = 0;
await collect('with all rows');
print('rows kept', `${generations.reduce((sum, { count }) => sum + count, 0)}`);
generations.length = 0;
await collect('without');
