import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLevelHome } from '../../src/engine/level/level-home.js';
import { KeyHash } from '../../src/util/key-hash.js';
import { TableHome } from '../../src/engine/table/table-home.js';
import { tableSizes } from '../../src/engine/table/table-sizes.js';
import { encodeCommand } from '../../src/kv/commands/command.js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { KvStore } from '../../src/kv/store.js';
import type { EngineHome } from '../../src/ports/engine.js';
import type { Entry } from '../../src/raft/types.js';
import { silentLogger } from '../../src/util/logger.js';
import { CLUSTER_ID, CONF_STATE, MEMBERS } from '../kv/support/fixture.js';

/*
 * What applying a put costs, with and without a table in front of LevelDB, in paired runs:
 * `npx tsx test/bench/apply.ts [PUTS] [ROUNDS] [TABLE_MIB]`. Prints CPU time and wall time of a put, least of the rounds, until all
 * is in LevelDB; LevelDB's own threads are included.
 */

const [puts = 60_000, rounds = 3, tableMiB = 32] = process.argv.slice(2).map(Number);
const value = Buffer.alloc(256, 'v');

interface Shape {
  readonly name: string;
  readonly batch: number;
  readonly key: (at: number) => string;
  /** Whether each batch waits for the next turn of the event loop, as a member's do. */
  readonly turns?: boolean;
}
const spread = (at: number): string => `key-${String((Math.imul(at, 0x9e3779b1) >>> 0) % 1_000_000).padStart(8, '0')}`;
const SHAPES: readonly Shape[] = [1, 10, 100, 1000].flatMap((batch) => [
  { name: 'one key', batch, key: () => 'key' },
  { name: 'random keys', batch, key: spread },
]);

async function open(directory: string, table: boolean): Promise<EngineHome> {
  const home = await openLevelHome({ directory, logger: silentLogger });
  return table ? new TableHome({ home, sizes: tableSizes(tableMiB * 1024 * 1024), hash: new KeyHash([1, 2]) }) : home;
}

async function run({ batch, key }: Shape, table: boolean): Promise<{ cpu: number; wall: number }> {
  const count = Math.min(puts, batch === 1 ? puts / 4 : puts);
  const directory = await mkdtemp(join(tmpdir(), 'raftkv-apply-'));
  const home = await open(directory, table);
  const store = await KvStore.open({
    home,
    clusterId: CLUSTER_ID,
    logger: silentLogger,
    bootstrap: { members: MEMBERS, confState: CONF_STATE },
  });
  const origin = { member: 1, boot: 1, sequence: 1 };
  const entries = Array.from({ length: count }, (_, at): Entry => {
    const request = etcdserverpb.PutRequest.encode({ key: Buffer.from(key(at)), value }).finish();
    return { term: 1, index: at + 1, type: 'normal', data: encodeCommand({ origin, kind: 'put', request }) };
  });
  const before = process.cpuUsage();
  const start = performance.now();
  for (let at = 0; at < count; at += batch) {
    await store.apply(entries.slice(at, at + batch));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await home.engine.barrier();
  const wall = ((performance.now() - start) * 1000) / count;
  const { user, system } = process.cpuUsage(before);
  await store.close();
  await home.close();
  await rm(directory, { recursive: true });
  return { cpu: (user + system) / count, wall };
}

/** The least disturbed run: other work on the machine can only add. */
const least = (values: readonly number[]): string =>
  Math.min(...values)
    .toFixed(1)
    .padStart(6);

process.stdout.write('µs a put: CPU without, with the table; wall without, with\n');
const only = process.env['ONLY'];
for (const shape of SHAPES.filter(({ name, batch }) => only === undefined || only === `${name}, ${batch}`)) {
  const found = { without: [] as { cpu: number; wall: number }[], with: [] as { cpu: number; wall: number }[] };
  for (let round = 0; round < rounds; round++) {
    if (process.env['SIDE'] !== 'with') found.without.push(await run(shape, false));
    if (process.env['SIDE'] !== 'without') found.with.push(await run(shape, true));
  }
  const of = (runs: readonly { cpu: number; wall: number }[], what: 'cpu' | 'wall'): string =>
    least(runs.map((each) => each[what]));
  process.stdout.write(
    `${`${shape.name}, ${shape.batch} a batch`.padEnd(26)} ${of(found.without, 'cpu')} ${of(found.with, 'cpu')}   ` +
      `${of(found.without, 'wall')} ${of(found.with, 'wall')}\n`,
  );
}
