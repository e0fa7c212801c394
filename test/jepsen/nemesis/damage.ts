import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, defined } from '../../../src/util/assert.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { rejoin } from '../cluster/membership.js';
import type { Nemesis } from './nemesis.js';
import { anyMember } from './targets.js';

/** Records of the log begin at multiples of this. */
const ALIGNMENT = 8;
const TORN_BYTES = 40;
const FLIPS_MAX = 20;

/** The files of the log, or those of the store, that have content. */
function filesOf(cluster: Cluster, name: string, part: 'log' | 'store'): string[] {
  const folders = { raftkv: { log: 'wal', store: 'engine' }, etcd: { log: 'member/wal', store: 'member/snap' } };
  const folder = join(cluster.dataDir(name), folders[cluster.target][part]);
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const data = part === 'log' ? /\.(?:wal|log|seg)$|segment/ : /\.(?:ldb|sst|log)$|MANIFEST|\/db$/;
  return files.filter((path) => data.test(path) && statSync(path).size > 0).sort();
}

/** The end of what was written; zeros after it are preallocated. */
function endOf(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}

/** Inverts bits of a random file, within what was written. @returns how many, and where */
function flipBits(files: readonly string[], random: Random): { readonly path: string; readonly positions: number[] } {
  const written = files.filter((path) => endOf(readFileSync(path)) > 0);
  const path = defined(written[randomInteger(random, 0, written.length)], 'a file to damage');
  const bytes = readFileSync(path);
  const count = randomInteger(random, 1, FLIPS_MAX + 1);
  const positions = new Set(Array.from({ length: count }, () => randomInteger(random, 0, endOf(bytes))));
  for (const position of positions) {
    bytes.writeUInt8(bytes.readUInt8(position) ^ (1 << randomInteger(random, 0, 8)), position);
  }
  writeFileSync(path, bytes);
  return { path, positions: [...positions].sort((left, right) => left - right) };
}

/** The member may refuse to start, or stop later. In any case it is then replaced, as damage may be where it was not read. */
const flips = (name: string, part: 'log' | 'store', about: string): Nemesis => ({
  name,
  about,
  start: async (context) => {
    const { cluster, random, log } = context;
    const target = anyMember(context);
    await cluster.kill(target);
    const { path, positions } = flipBits(filesOf(cluster, target, part), random);
    cluster.spawn(target);
    cluster.excuse(target, 'its data are damaged');
    return {
      f: 'bitflip',
      value: { node: target, file: path.slice(cluster.dataDir(target).length + 1), positions },
      stop: async () => {
        const refused = cluster.stateOf(target) === 'down' ? 1 : 0;
        log(`${name}: ${target} ${refused === 1 ? 'found the damage and stopped' : 'has not met the damage'}`);
        await rejoin(cluster, target);
        return { flipped: positions.length, refused };
      },
    };
  },
});

const tornTail: Nemesis = {
  name: 'torn-tail',
  about: 'a member is killed, and the end of its log has a record that was written in part',
  needs: ['raftkv'],
  start: async (context) => {
    const { cluster, random } = context;
    const target = anyMember(context);
    await cluster.kill(target);
    const path = defined(
      filesOf(cluster, target, 'log').findLast((file) => endOf(readFileSync(file)) > 0),
      'a file of the log',
    );
    const bytes = readFileSync(path);
    const end = Math.ceil(endOf(bytes) / ALIGNMENT) * ALIGNMENT;
    assert(end + TORN_BYTES <= bytes.length, 'there is no room for a torn record');
    for (let at = 0; at < TORN_BYTES; at++) bytes.writeUInt8(randomInteger(random, 0, 256), end + at);
    writeFileSync(path, bytes);
    const before = tornCopies(cluster, target);
    return {
      f: 'torn-tail',
      value: { node: target, at: end },
      stop: async () => {
        await cluster.revive([target]);
        return { cut: tornCopies(cluster, target) - before };
      },
    };
  },
};

/** A member keeps a copy of each tail that it cuts off. */
function tornCopies(cluster: Cluster, name: string): number {
  return readdirSync(join(cluster.dataDir(name), 'wal')).filter((file) => file.includes('.torn')).length;
}

export const DAMAGE: readonly Nemesis[] = [
  tornTail,
  flips('bitflip-log', 'log', 'bits of the log of a member are inverted while it is down; it is replaced'),
  flips('bitflip-store', 'store', 'bits of the store of a member are inverted while it is down; it is replaced'),
];
