import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { defined } from '../../src/util/assert.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { formatProfile, selfTimes } from './profile.js';
import type { CpuProfile } from './profile.js';
import { prepare, runWork, SHAPES, WORKS } from './works.js';
import type { Shape, Work } from './works.js';

// `make bench`: the same calls to raftkv and etcd, three nodes each, in turn on this machine. Its other load changes
// from minute to minute, so only the ratios of a run are meaningful.

type System = 'etcd' | 'raftkv';
const SYSTEMS: readonly System[] = ['etcd', 'raftkv'];

const options = new Command('make bench')
  .description('Compares the speed of raftkv with etcd. As in: make bench BENCH="--rounds 5 --only put"')
  .option('--duration <seconds>', 'of one run', wholeNumber, wholeNumber(process.env['DURATION'] ?? '3'))
  .option(
    '--rounds <count>',
    'runs of each kind; the median counts',
    wholeNumber,
    wholeNumber(process.env['ROUNDS'] ?? '3'),
  )
  .option('--only <work>', `one of ${WORKS.map(({ name }) => name).join(', ')}`)
  .option('--profile', 'no comparison: where the leader of raftkv spends its time in this work (put, unless --only)')
  .parse()
  .opts<{ duration: number; rounds: number; only?: string; profile?: boolean }>();

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 on is needed');
  return value;
}

const works = WORKS.filter(({ name }) => options.only === undefined || options.only === name);
if (works.length === 0) fail(`there is no work ${options.only}`);
requireProgram('h2load', 'nghttp2-client');
if (options.profile === true) await profile(defined(works[0], 'a work'));
else await compare();

async function compare(): Promise<void> {
  requireProgram('etcd', 'etcd-server');
  const clusters = new Map<System, ProcessCluster>();
  try {
    for (const system of SYSTEMS) clusters.set(system, await startCluster(system));
    console.log(
      `${options.rounds} runs of ${options.duration} s each; calls a second (milliseconds a call), medians\n`,
    );
    console.log(row(['calls', 'at once', 'etcd', 'raftkv', 'ratio']));
    for (const shape of SHAPES) for (const work of works) console.log(await compareWork(clusters, work, shape));
  } finally {
    for (const cluster of clusters.values()) await cluster.dispose();
  }
}

async function compareWork(clusters: ReadonlyMap<System, ProcessCluster>, work: Work, shape: Shape): Promise<string> {
  const results: Record<System, { rate: number; meanMs: number }[]> = { etcd: [], raftkv: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    for (const system of SYSTEMS) {
      const cluster = defined(clusters.get(system), system);
      const client = cluster.client(await cluster.leader());
      const run = { ...shape, work, system, client, seconds: options.duration, folder: cluster.folder };
      results[system].push(await runWork(run));
    }
  }
  const shown = SYSTEMS.map((system) => {
    const middle = results[system].sort((a, b) => a.rate - b.rate)[Math.floor((options.rounds - 1) / 2)];
    return defined(middle, 'a result');
  });
  const [etcd, raftkv] = [defined(shown[0], 'etcd'), defined(shown[1], 'raftkv')];
  const atOnce = shape.connections * shape.streamsPerConnection;
  const figures = [etcd, raftkv].map(({ rate, meanMs }) => `${rate.toFixed(0)} (${meanMs.toFixed(2)})`);
  return row([work.name, String(atOnce), ...figures, (raftkv.rate / etcd.rate).toFixed(2)]);
}

/** The leader runs under V8's profiler under load. The profile includes its start, which is short. */
async function profile(work: Work): Promise<void> {
  const cluster = await startCluster('raftkv', ['--cpu-prof']);
  try {
    const leader = await cluster.leader();
    const shape = defined(SHAPES.at(-1), 'a shape');
    const run = { ...shape, work, system: 'raftkv', client: cluster.client(leader), folder: cluster.folder } as const;
    const { rate } = await runWork({ ...run, seconds: options.duration });
    await cluster.stop(leader);
    const home = cluster.homeDir(leader);
    const file = defined(
      readdirSync(home).find((name) => name.endsWith('.cpuprofile')),
      `a profile in ${home}`,
    );
    const recorded = JSON.parse(readFileSync(join(home, file), 'utf8')) as CpuProfile;
    console.log(
      `${work.name}, ${shape.connections} × ${shape.streamsPerConnection}: ${rate.toFixed(0)} calls a second`,
    );
    console.log(`self time of the leader\n\n${formatProfile(selfTimes(recorded), 6)}`);
  } finally {
    await cluster.dispose();
  }
}

async function startCluster(system: System, nodeFlags: readonly string[] = []): Promise<ProcessCluster> {
  const level = system === 'etcd' ? 'error' : 'warn';
  const cluster = await ProcessCluster.start({ system, nodeFlags, flags: ['--log-level', level] });
  await prepare(cluster.client(0));
  return cluster;
}

function requireProgram(program: string, debianPackage: string): void {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
  } catch {
    fail(`${program} is missing: apt-get install ${debianPackage}`);
  }
}

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(1);
}

function row([name = '', atOnce = '', ...figures]: readonly string[]): string {
  return `${name.padEnd(14)}${atOnce.padStart(8)}${figures.map((text) => text.padStart(18)).join('')}`;
}
