import { execFileSync, spawn } from 'node:child_process';
import { defined } from '../../src/util/assert.js';
import { toBigInt } from '../../src/util/integer.js';
import { expectOk } from '../support/etcd-client.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { CASES } from './cases.js';
import type { Case } from './cases.js';

// `make conformance`: etcd's own command-line client drives three nodes of raftkv and three of etcd with the same calls,
// and must not be able to tell which is which.

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Standard error, without the client's own log. */
  readonly error: string;
}

for (const [program, debianPackage] of [
  ['etcd', 'etcd-server'],
  ['etcdctl', 'etcd-client'],
] as const) {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
  } catch {
    process.stderr.write(`conformance: ${program} is missing: apt-get install ${debianPackage}\n`);
    process.exit(1);
  }
}

const raftkv = await ProcessCluster.start({ system: 'raftkv', flags: ['--log-level', 'warn'] });
const etcd = await ProcessCluster.start({ system: 'etcd', flags: ['--log-level', 'error'] });
let failed = 0;
try {
  const names = new Map(await Promise.all([raftkv, etcd].map(async (one) => [one, await namesOf(one)] as const)));
  for (const one of CASES) {
    const [ours, theirs] = await Promise.all(
      [raftkv, etcd].map(async (cluster) => mask(await run(cluster, one), one, defined(names.get(cluster), 'names'))),
    );
    const title = `etcdctl ${one.args.map((arg) => (arg === '' ? "''" : arg)).join(' ')}`;
    if (JSON.stringify(ours) === JSON.stringify(theirs)) {
      console.log(`ok    ${title}`);
      continue;
    }
    failed += 1;
    console.log(`FAIL  ${title}\n  raftkv ${JSON.stringify(ours)}\n  etcd   ${JSON.stringify(theirs)}`);
  }
  if (!(await sameHashes(raftkv))) {
    failed += 1;
    console.log('FAIL  the members of raftkv have different hashes');
  }
} finally {
  await raftkv.dispose();
  await etcd.dispose();
}
console.log(`${CASES.length + 1 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** What identifies a cluster and its members, in each notation that etcdctl prints, and what to call it instead. */
async function namesOf(cluster: ProcessCluster): Promise<readonly (readonly [string, string])[]> {
  const names: [string, string][] = [];
  const name = (id: bigint, text: string): void => {
    names.push([`"${id.toString()}"`, `"${text}"`], [id.toString(), `"${text}"`], [id.toString(16), text]);
  };
  for (const [index, member] of cluster.members.entries()) {
    const { header } = expectOk(await cluster.client(index).status());
    name(toBigInt(header?.memberId), `member ${member.name}`);
    if (index === 0) name(toBigInt(header?.clusterId), 'cluster');
    names.push([`127.0.0.1:${member.clientPort}`, `${member.name}-client`]);
    names.push([`127.0.0.1:${member.peerPort}`, `${member.name}-peer`]);
  }
  return names;
}

function run(cluster: ProcessCluster, { args, stdin, endpoints }: Case): Promise<Outcome> {
  const asked = endpoints === 'all' ? cluster.clients : [cluster.client(0)];
  const list = asked.map(({ endpoint }) => endpoint).join(',');
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ETCDCTL_API: '3' };
    const child = spawn('etcdctl', [`--endpoints=${list}`, ...args], { env, cwd: cluster.folder });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, error: withoutLog(stderr) }));
    child.stdin.end(stdin ?? '');
  });
}

function mask(outcome: Outcome, one: Case, names: readonly (readonly [string, string])[]): Outcome {
  const clean = (text: string): string => {
    let masked = text;
    for (const [id, name] of names) masked = masked.replaceAll(id, name);
    for (const pattern of one.mask ?? []) masked = masked.replace(pattern, '…');
    return masked.replace(/"raft_term":\d+/g, '"raft_term":…').replace(/("RaftTerm" : )\d+/g, '$1…');
  };
  // Members are listed in the order of their ids, and answer in any: what stands for one is sorted.
  const unordered = one.args[0] === 'member' || one.endpoints === 'all';
  const arrange = (text: string): string => (unordered ? sorted(clean(text)) : clean(text));
  return { ...outcome, stdout: arrange(outcome.stdout), error: arrange(outcome.error) };
}

function sorted(text: string): string {
  return text
    .split(/[\n[\]]|(?<=\}),(?=\{)/)
    .sort()
    .join('\n');
}

function withoutLog(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.startsWith('{"level"'));
  return lines.join('\n').trim();
}

async function sameHashes(cluster: ProcessCluster): Promise<boolean> {
  const answers = await Promise.all(cluster.clients.map((client) => client.hashKv(0)));
  return new Set(answers.map((answer) => expectOk(answer).hash)).size === 1;
}
