import { expect } from 'chai';
import { expectSameData } from '../support/expectations.js';
import { FullLoad } from '../support/full-load.js';
import { LosingFileSystem } from '../support/losing-file-system.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';

// `make kill-all ROUNDS=20` and, as root, `make power-loss ROUNDS=20` run all; `make test` a short part.

const ROUNDS = Number(process.env['ROUNDS'] ?? 0);
const LOSES_POWER = process.env['POWER_LOSS'] === '1';
/** Acknowledged puts between two faults. */
const PUTS = ROUNDS > 0 ? 4_000 : 1_000;
const DISK_BYTES = 4 * 1024 ** 3;

interface Engine {
  readonly name: string;
  readonly flags: readonly string[];
}

/** It is flushed all the time, and the log is cut right behind it. */
const SMALL_TABLE = {
  name: 'a small table',
  flags: [
    '--engine-table-bytes=1048576',
    '--engine-write-buffer-bytes=1048576',
    '--snapshot-count=1000',
    '--snapshot-catchup-entries=100',
  ],
};
const LMDB = { name: 'LMDB', flags: [...SMALL_TABLE.flags, '--storage-engine=lmdb'] };
const ENGINES: readonly Engine[] =
  ROUNDS > 0
    ? [{ name: 'the defaults', flags: [] }, SMALL_TABLE, { name: 'no table', flags: ['--engine-table-bytes=0'] }, LMDB]
    : [SMALL_TABLE];
/** Of every member, after its own: `FLAGS='--storage-engine=lmdb' make power-loss`. */
const FLAGS = (process.env['FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
/** Puts at a time at each member. Batches of a few puts go into the table, those of a hundred past it. */
const LOADS = ROUNDS > 0 ? [4, 100] : [100];

for (const { name, flags } of ENGINES) {
  describe(`Three real servers under full load, with ${name}`, function () {
    this.timeout(60_000 + ROUNDS * 60_000);
    let disk: LosingFileSystem | undefined;
    let cluster: ProcessCluster | undefined;
    let load: FullLoad | undefined;

    const start = async (atOnce: number, parentFolder?: string): Promise<[ProcessCluster, FullLoad]> => {
      cluster = await ProcessCluster.start({
        flags: [...flags, ...FLAGS],
        ...(parentFolder === undefined ? {} : { parentFolder }),
      });
      const endpoints = cluster.clients.map(({ endpoint }) => endpoint);
      load = new FullLoad({ endpoints, atOnce, valueBytes: 256 });
      return [cluster, load];
    };

    afterEach(async function () {
      await load?.stop();
      if (this.currentTest?.state === 'failed') console.error(cluster?.logs());
      try {
        await cluster?.dispose();
      } finally {
        disk?.dispose();
      }
      disk = cluster = load = undefined;
    });

    for (const atOnce of LOADS) {
      if (LOSES_POWER) {
        it(`have every acknowledged write after a loss of power: ${atOnce} puts at each`, async () => {
          disk = new LosingFileSystem(DISK_BYTES);
          const [servers, puts] = await start(atOnce, disk.folder);
          for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
            await puts.more(PUTS);
            disk.losePower();
            // Members end by themselves, because their next write fails. Until then they must acknowledge nothing that is not synced.
            await poll('all members but one to end', () => (servers.running.length <= 1 ? true : undefined), 60_000);
            // Without a quorum, the last one may have nothing to write.
            await servers.kill9(...servers.running);
            disk.comeBack();
            await servers.restart(...servers.all);
          }
          await expectEverything(servers, puts);
        });
        continue;
      }

      it(`have every acknowledged write after kill -9 of all: ${atOnce} puts at each`, async () => {
        const [servers, puts] = await start(atOnce);
        for (let round = 0; round < Math.max(1, ROUNDS); round += 1) {
          await puts.more(PUTS);
          await servers.kill9(...servers.all);
          await servers.restart(...servers.all);
        }
        await expectEverything(servers, puts);
      });

      if (ROUNDS === 0) continue;
      it(`have every acknowledged write after kill -9 of the leader: ${atOnce} puts at each`, async () => {
        const [servers, puts] = await start(atOnce);
        for (let round = 0; round < ROUNDS; round += 1) {
          await puts.more(PUTS);
          const leader = await servers.leader();
          await servers.kill9(leader);
          await servers.ready(servers.others(leader));
          await puts.more(PUTS);
          await servers.restart(leader);
        }
        await expectEverything(servers, puts);
      });
    }
  });
}

async function expectEverything(servers: ProcessCluster, puts: FullLoad): Promise<void> {
  await puts.stop();
  for (const index of servers.all) expect(wrongs(await puts.contradictions(servers.client(index)))).to.deep.equal([]);
  await expectSameData(servers);
}

const wrongs = (all: readonly string[]): readonly string[] => all.slice(0, 10);
