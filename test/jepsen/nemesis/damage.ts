import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { assert, defined } from '../../../src/util/assert.js';
import { randomInteger } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import type { Cluster } from '../cluster/cluster.js';
import { addAgain, removeMember } from '../cluster/membership.js';
import type { Nemesis, NemesisContext } from './nemesis.js';
import { anyMember, majority, NoTarget, shuffled } from './targets.js';

/** Records of the log begin at multiples of this. */
const ALIGNMENT = 8;
const TORN_BYTES = 40;
const FLIPS_MAX = 20;

/** The files of the log, or those of the store, that have content. */
function filesOf(cluster: Cluster, name: string, part: 'log' | 'store'): string[] {
  const store = cluster.target === 'raftkv' ? 'engine' : 'member/snap';
  const folder = part === 'log' ? cluster.walDir(name) : join(cluster.dataDir(name), store);
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const data = part === 'log' ? /\.(?:wal|log|seg)$|segment/ : /\.(?:ldb|sst|log)$|MANIFEST|\/db$/;
  return files.filter((path) => data.test(path) && statSync(path).size > 0).sort();
}

/** The end of what was written; zeros after it are preallocated. */
function endOf(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}

interface Damage {
  readonly path: string;
  readonly positions: readonly number[];
}

/** Inverts bits of a random file, within what was written. */
function flipBits(files: readonly string[], random: Random): Damage {
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

/** Cuts a random file off within what was written. */
function truncate(files: readonly string[], random: Random): Damage {
  const path = defined(files.filter((file) => endOf(readFileSync(file)) > 0).at(-1), 'a file of the log');
  const position = randomInteger(random, 0, endOf(readFileSync(path)));
  truncateSync(path, position);
  return { path, positions: [position] };
}

/**
 * Members that are not the leader. A log that lost its end at a record's border looks like one that never had it, so for a moment
 * such a member could vote as if it had acknowledged less; the leader, which knows better, must live.
 */
async function followers({ cluster, random }: NemesisContext, count: number): Promise<string[]> {
  const leader = await cluster.someLeader();
  const others = cluster.running.filter((name) => name !== leader);
  if (others.length === 0) throw new NoTarget('no follower can have the fault now');
  return shuffled(others, random).slice(0, count);
}

interface DamageOptions {
  readonly part: 'log' | 'store';
  readonly about: string;
  readonly inflict: typeof flipBits;
  /** Number of members. Default: 1. */
  readonly count?: (cluster: Cluster) => number;
}

/** As many members as may fail at once: one of three, two of five. */
const minority = (cluster: Cluster): number => Math.max(1, cluster.names.length - majority(cluster));

/** The members may refuse to start, or stop later. In any case they are then replaced, as damage may be where it was not read. */
const damage = (name: string, { part, about, inflict, count = () => 1 }: DamageOptions): Nemesis => ({
  name,
  about: `${about} while they are down; they are replaced`,
  holdMs: [5000, 9000],
  start: async (context) => {
    const { cluster, random, log } = context;
    const targets = await followers(context, count(cluster));
    const damaged: { readonly node: string; readonly file: string; readonly positions: readonly number[] }[] = [];
    for (const target of targets) cluster.spoil(target);
    await cluster.kill(...targets);
    for (const target of targets) {
      const { path, positions } = inflict(filesOf(cluster, target, part), random);
      damaged.push({ node: target, file: relative(join(cluster.folder, target), path), positions });
      cluster.spawn(target);
    }
    return {
      f: name,
      value: damaged,
      stop: async () => {
        const refused = targets.filter((target) => cluster.stateOf(target) === 'down');
        for (const target of targets)
          log(
            `${name}: ${target} ${refused.includes(target) ? 'found the damage and stopped' : 'has not met the damage'}`,
          );
        // A member is added only while all others are well, so all damaged ones leave first.
        for (const target of targets) await removeMember(cluster, target);
        for (const target of targets) await addAgain(cluster, target);
        const bytes = damaged.reduce((sum, { positions }) => sum + positions.length, 0);
        return { members: targets.length, damaged: bytes, refused: refused.length };
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
    cluster.spoil(target);
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
    cluster.unspoil(target);
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
  return readdirSync(cluster.walDir(name)).filter((file) => file.includes('.torn')).length;
}

export const DAMAGE: readonly Nemesis[] = [
  tornTail,
  damage('bitflip-log', {
    part: 'log',
    about: 'bits of the log of a minority are inverted',
    inflict: flipBits,
    count: minority,
  }),
  damage('bitflip-store', {
    part: 'store',
    about: 'bits of the store of a minority are inverted',
    inflict: flipBits,
    count: minority,
  }),
  damage('truncate-log', { part: 'log', about: 'the end of the log of one member is cut off', inflict: truncate }),
];
