import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { randomInteger } from '../../src/util/random.js';
import type { Random } from '../../src/util/random.js';

/*
 * What a loss of power, or a disk that breaks its promises, leaves of files that were never synced. Old content is that of
 * earlier logs, whose blocks of the disk a later log gets.
 */

export const PAGE_BYTES = 4096;
const BLOCK_BYTES = 32 * 1024;

export type Damage = 'cut' | 'zero-pages' | 'flip-bits' | 'drop' | 'old-pages' | 'old-blocks' | 'extend' | 'empty';

export const DAMAGES: readonly Damage[] = [
  'cut',
  'zero-pages',
  'flip-bits',
  'drop',
  'old-pages',
  'old-blocks',
  'extend',
  'empty',
];

/** The logs below a directory, oldest first. */
export function logsIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\d+\.log$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** The content of logs, for later damage. */
export function contentOf(paths: readonly string[]): Map<string, Buffer> {
  return new Map(paths.map((path) => [basename(path), readFileSync(path)]));
}

/** @param old earlier logs by name, at any of their states */
export function damageLog(
  path: string,
  damage: Damage,
  { random, old }: { readonly random: Random; readonly old: ReadonlyMap<string, Buffer> },
): void {
  const log = readFileSync(path);
  const others = [...old].filter(([name]) => name !== basename(path)).map(([, content]) => content);
  switch (damage) {
    case 'cut':
      writeFileSync(path, log.subarray(0, randomInteger(random, 0, log.length + 1)));
      return;
    case 'zero-pages':
      eachPiece(log, PAGE_BYTES, (at, end) => random.next() < 0.2 && log.fill(0, at, end));
      break;
    case 'flip-bits':
      for (let flips = randomInteger(random, 1, 4); flips > 0 && log.length > 0; flips--) {
        const at = randomInteger(random, 0, log.length);
        log.writeUInt8(log.readUInt8(at) ^ (1 << randomInteger(random, 0, 8)), at);
      }
      break;
    case 'drop':
      rmSync(path);
      return;
    case 'old-pages':
    case 'old-blocks':
      eachPiece(log, damage === 'old-pages' ? PAGE_BYTES : BLOCK_BYTES, (at, end) => {
        const other = others[randomInteger(random, 0, Math.max(1, others.length))];
        if (other !== undefined && random.next() < 0.3) other.subarray(at, end).copy(log, at);
      });
      break;
    case 'extend': {
      // The size of the file is durable, its last pages are not, or are old.
      const tail = others[0]?.subarray(log.length, log.length + 3 * PAGE_BYTES) ?? Buffer.alloc(0);
      writeFileSync(path, Buffer.concat([log, random.next() < 0.5 ? tail : Buffer.alloc(2 * PAGE_BYTES)]));
      return;
    }
    case 'empty':
      writeFileSync(path, '');
      return;
  }
  writeFileSync(path, log);
}

function eachPiece(log: Buffer, bytes: number, visit: (at: number, end: number) => void): void {
  for (let at = 0; at < log.length; at += bytes) visit(at, Math.min(at + bytes, log.length));
}
