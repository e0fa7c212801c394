import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../../src/util/assert.js';
import type { ProcessCluster } from '../support/process-cluster.js';
import { GroupClusters } from './clusters.js';
import { requireH2load, runCommand } from './command.js';
import { selectGroups } from './groups.js';
import { formatProfile, selfTimes } from './profile.js';
import type { CpuProfile } from './profile.js';
import { format } from './run.js';
import { readSettings } from './settings.js';
import { findSystems } from './systems.js';

// `make bench-profile`: runs one scenario of `make bench` (BENCH, by default put-256b-10x100) with raftkv under V8's
// profiler, and prints where its leader spends its time. The profile includes the start, which is short.

const FUNCTIONS_PER_GROUP = 6;

await runCommand('bench-profile', async () => {
  const { BENCH, SECONDS } = process.env;
  const defaults = { BENCH: BENCH || 'put-256b-10x100', SECONDS: SECONDS || '10' };
  const settings = readSettings({ ...process.env, ...defaults, ETCD: 'none' });
  const scenario = defined(selectGroups(settings.only)[0]?.scenarios[0], 'a scenario');
  requireH2load();
  const raftkv = defined(findSystems(settings)[0], 'raftkv');
  const clusters = new GroupClusters(settings, ['--cpu-prof']);
  try {
    await clusters.use(raftkv, async (context) => {
      let used: ProcessCluster | undefined;
      const samples = await scenario.measure({
        ...context,
        shared: async (prepare) => (used = await context.shared(prepare)),
        secured: async () => {
          const secured = await context.secured();
          used = secured.cluster;
          return secured;
        },
        fresh: async (members) => (used = await context.fresh(members)),
      });
      const cluster = defined(used, 'a cluster');
      const leader = await cluster.leader();
      await cluster.stop(leader);
      for (const { id, title, unit } of scenario.rows) {
        const sample = samples[id];
        if (sample !== undefined) process.stdout.write(`${title}: ${format(sample.value)} ${unit}\n`);
      }
      process.stdout.write(`self time of the leader\n\n${profileIn(cluster.homeDir(leader))}\n`);
    });
  } finally {
    await clusters.dispose();
  }
});

function profileIn(folder: string): string {
  const file = defined(
    readdirSync(folder).find((name) => name.endsWith('.cpuprofile')),
    `a profile in ${folder}`,
  );
  const recorded = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
  return formatProfile(selfTimes(recorded), FUNCTIONS_PER_GROUP);
}
