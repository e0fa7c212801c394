import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expectOk } from '../support/etcd-client.js';
import type { Case } from './case.js';
import { CASES } from './cases.js';
import { missingClients, runClients } from './clients/main.js';
import { missingTools, runHttp2Tools } from './clients/http2-tools.js';
import { runEtcd3Suite } from './clients/etcd3-suite.js';
import { runOwnClient } from './clients/own-client.js';
import { Contender } from './contender.js';
import { compareBadInput } from './differential/compare-bad-input.js';
import { compareRandomCalls, startSystems, type Counts } from './differential/compare.js';
import { LEASE_CASES } from './lease-cases.js';
import { LOCK_CASES } from './lock-cases.js';
import { compareHttp } from './http/compare-http.js';
import { MAINTENANCE_CASES } from './maintenance-cases.js';
import { mask } from './mask.js';
import { compareRandomWatches } from './differential/watches.js';
import { MEMBER_CASES } from './member-cases.js';
import { RESTART_CASES } from './restart-cases.js';
import { RPC_CASES, type RpcCase } from './rpc-cases.js';
import { RpcClient } from './rpc-client.js';
import { notRun, PERF_CASE, TOOL_CASES } from './tool-cases.js';
import { runClientsWithUsers } from './users/clients.js';
import { compareMatrix } from './users/compare-matrix.js';
import { compareUsers } from './users/compare-users.js';
import { LINES } from './users/lines.js';
import { WATCH_CASES } from './watch-cases.js';
import { etcdMinor, etcdProgram, useEtcdPrograms } from '../support/etcd-programs.js';
import { runProgram, textOf, UsageError, wholeNumberOf } from '../support/program.js';

// `make conformance` compares raftkv with etcd: the newest that Debian has, which it unpacks below .etcd/, and the installed
// one (`ETCD=newest` or `installed` for one of them). etcdctl, and gRPC for what etcdctl cannot ask, drive three nodes of each
// with the same calls, and the output must be the same. Clients of other projects run their scripts, curl and nghttp2's tools
// make calls, and the npm package `etcd3` runs its own tests. Then requests over HTTP,
// random watches (`WATCHES=` runs), random calls (`CALLS=`, 0 for none; `SEED=`), and malformed requests are sent to one node
// of each.

const FIRST = [...CASES, ...WATCH_CASES, ...LEASE_CASES, ...LOCK_CASES, ...MAINTENANCE_CASES, ...TOOL_CASES];

/** The lines about users, without the user who calls. */
const USER_CASES: readonly Case[] = LINES.map(({ words }) => ({
  args: words[0] === '--user' ? words.slice(2) : words,
}));

/** The first version of etcd 3 with `auth status`. */
const MINOR_OF_USERS = 5;

interface Pair {
  readonly raftkv: Contender;
  readonly etcd: Contender;
}

let passed = 0;
let failed = 0;

await runProgram('make conformance', async () => {
  const calls = wholeNumberOf('CALLS') ?? 20_000;
  const watchRuns = wholeNumberOf('WATCHES') ?? 40;
  const seed = wholeNumberOf('SEED') ?? 1;
  const [first, ...controls] = findEtcds(textOf('ETCD') ?? 'all');
  if (first === undefined) throw new UsageError('no etcd to compare with: apt-get install etcd-server etcd-client');
  await compareAll(first, { calls, watchRuns, seed });
  const missing = missingClients();
  if (missing.length > 0) console.log(`skipped clients of other projects: apt-get install ${missing.join(' ')}`);
  else {
    add(await runClients());
    add(await runClientsWithUsers('raftkv'));
  }
  const noTools = missingTools();
  if (noTools.length > 0) console.log(`skipped curl and nghttp2: apt-get install ${noTools.join(' ')}`);
  else add(await runHttp2Tools());
  add(await runEtcd3Suite());
  // A control gets fewer random calls: it only shows whether a difference is specific to one version.
  for (const control of controls) await compareAll(control, { calls: calls / 4, watchRuns: watchRuns / 4, seed });
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

interface Etcd {
  /** The folder of its programs; undefined if they are on PATH. */
  readonly folder: string | undefined;
  /** Of version 3. */
  readonly minor: number;
}

/** The versions to compare with, the newest first. @param which newest, installed or all */
function findEtcds(which: string): readonly Etcd[] {
  if (!['newest', 'installed', 'all'].includes(which)) throw new UsageError(`ETCD=${which}: newest, installed or all`);
  const found: Etcd[] = [];
  for (const folder of [
    ...(which === 'installed' ? [] : [fetchNewest()]),
    ...(which === 'newest' ? [] : [undefined]),
  ]) {
    if (folder === null) continue;
    useEtcdPrograms(folder);
    const minor = etcdMinor();
    if (minor !== undefined && found.every((other) => other.minor !== minor)) found.push({ folder, minor });
  }
  return found;
}

/** Unpacks Debian's newest etcd below the checkout; null, with the reason on standard error, if that fails. */
function fetchNewest(): string | null {
  const script = fileURLToPath(new URL('../../scripts/fetch-etcd.sh', import.meta.url));
  const folder = fileURLToPath(new URL('../../.etcd', import.meta.url));
  const { status, stdout } = spawnSync(script, [folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return status === 0 ? stdout.trim() : null;
}

async function compareAll(
  { folder, minor }: Etcd,
  { calls, watchRuns, seed }: { readonly calls: number; readonly watchRuns: number; readonly seed: number },
): Promise<void> {
  useEtcdPrograms(folder);
  console.log(`\ncompared with etcd 3.${minor}`);
  judge(
    'etcdctl: subcommands that no case runs',
    notRun(etcdctlHelp(), [...FIRST, ...MEMBER_CASES, PERF_CASE, ...USER_CASES]),
    [],
  );
  await Promise.all([compareClusters(), comparePerformance()]);
  add(await compareHttp(minor));
  add(await runOwnClient());
  if (minor >= MINOR_OF_USERS) {
    add(await compareUsers());
    add(await compareMatrix());
  }
  if (calls + watchRuns > 0) await compareMembers({ calls, watchRuns, seed, withUsers: minor >= MINOR_OF_USERS });
}

function etcdctlHelp(): string {
  return execFileSync(etcdProgram('etcdctl'), ['help'], {
    env: { ...process.env, ETCDCTL_API: '3' },
    encoding: 'utf8',
  });
}

async function comparePerformance(): Promise<void> {
  const [raftkv, etcd] = await Promise.all([
    Contender.start('raftkv', { size: 1, room: 0 }),
    Contender.start('etcd', { size: 1, room: 0 }),
  ]);
  try {
    await compareCase({ raftkv, etcd }, PERF_CASE);
  } finally {
    await raftkv.cluster.dispose();
    await etcd.cluster.dispose();
  }
}

async function compareClusters(): Promise<void> {
  const raftkv = await Contender.start('raftkv', { room: 3 });
  const etcd = await Contender.start('etcd', { room: 3 });
  const pair = { raftkv, etcd };
  try {
    for (const one of FIRST) await compareCase(pair, one);
    // Compares the data about leases that only the leader has.
    for (const contender of [raftkv, etcd]) await contender.lead('n1');
    for (const one of RPC_CASES) {
      const [ours, theirs] = await Promise.all([raftkv, etcd].map((each) => runRpc(one, each)));
      judge(`gRPC: ${one.title}`, ours, theirs);
    }
    for (const one of RESTART_CASES) await compareCase(pair, one);
    for (const one of MEMBER_CASES) await compareCase(pair, one);
    judge('the members of raftkv have the same hash', await sameHashes(raftkv), true);
  } finally {
    await raftkv.cluster.dispose();
    await etcd.cluster.dispose();
  }
}

async function compareMembers(options: {
  readonly calls: number;
  readonly watchRuns: number;
  readonly seed: number;
  readonly withUsers: boolean;
}): Promise<void> {
  const { calls, watchRuns, seed, withUsers } = options;
  const systems = await startSystems();
  try {
    add(await compareRandomWatches(systems, { seed, runs: watchRuns }));
    if (calls > 0) {
      add(await compareRandomCalls(systems, { seed, calls }));
      if (withUsers) add(await compareRandomCalls(systems, { seed, calls: calls / 2, withUsers }));
      add(await compareBadInput(systems));
    }
  } finally {
    for (const system of systems) await system.dispose();
  }
}

async function compareCase({ raftkv, etcd }: Pair, one: Case): Promise<void> {
  const contenders = [raftkv, etcd].map(async (each) => mask(await each.run(one), one, each.names));
  const [ours, theirs] = await Promise.all(contenders);
  judge(`etcdctl ${one.args.map((arg) => (arg === '' ? "''" : arg)).join(' ')}`, ours, theirs);
}

async function runRpc({ run }: RpcCase, { cluster }: Contender): Promise<unknown> {
  const client = new RpcClient(cluster.client(0).endpoint);
  try {
    return await run(client);
  } finally {
    client.close();
  }
}

function judge(title: string, ours: unknown, theirs: unknown): void {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) {
    passed += 1;
    console.log(`ok    ${title}`);
    return;
  }
  failed += 1;
  console.log(`FAIL  ${title}\n  raftkv ${JSON.stringify(ours)}\n  etcd   ${JSON.stringify(theirs)}`);
}

function add(counts: Counts): void {
  passed += counts.passed;
  failed += counts.failed;
}

async function sameHashes({ cluster }: Contender): Promise<boolean> {
  const answers = await Promise.all(cluster.running.map((index) => cluster.client(index).hashKv(0)));
  return new Set(answers.map((answer) => expectOk(answer).hash)).size === 1;
}
