import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assert, defined } from '../../../src/util/assert.js';
import { ProcessCluster } from '../../support/process-cluster.js';
import type { Counts } from '../differential/compare.js';

const PYTHON = '/usr/bin/python3';

interface Story {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it gets the endpoints of all members, or host and port of one, which then must not be the killed one. */
  readonly knows: 'all' | 'one';
}

/** Stories run by third-party clients of etcd. */
const STORIES: readonly Story[] = [
  { name: 'etcd3 (npm)', command: [process.execPath, '--import', 'tsx', file('npm-etcd3.ts')], knows: 'all' },
  { name: 'python3-etcd3', command: [PYTHON, file('python_etcd3.py')], knows: 'one' },
  { name: 'python3-etcd3gw', command: [PYTHON, file('python_etcd3gw.py')], knows: 'one' },
];
/** Time limit of one story, in ms. */
const STORY_MS = 120_000;

/** Missing Debian packages that the stories need. */
export function missingClients(): readonly string[] {
  const missing = ['etcd3', 'etcd3gw'].filter((name) => {
    try {
      execFileSync(PYTHON, ['-c', `import ${name}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing.map((name) => `python3-${name}`);
}

/** Runs each story against three members, and kills the leader (SIGKILL) when the story requests it. */
export async function runClients(system: 'raftkv' | 'etcd' = 'raftkv'): Promise<Counts> {
  const flags = ['--log-level', system === 'etcd' ? 'error' : 'warn'];
  const cluster = await ProcessCluster.start({ system, flags });
  let [passed, failed] = [0, 0];
  try {
    for (const story of STORIES) {
      for (const line of await tell(story, cluster)) {
        const ok = line.startsWith('ok ');
        if (ok) passed += 1;
        else failed += 1;
        console.log(`${ok ? 'ok   ' : 'FAIL '} ${story.name}: ${line.replace(/^(ok|FAIL) /, '')}`);
      }
    }
  } finally {
    await cluster.dispose();
  }
  return { passed, failed };
}

/** The results of its steps and its end. */
async function tell({ command, knows }: Story, cluster: ProcessCluster): Promise<readonly string[]> {
  const leader = await cluster.leader();
  const asked = defined(cluster.others(leader)[0], 'a follower');
  const endpoints = cluster.all.map((index) => cluster.client(index).endpoint);
  const [program, ...args] = [
    ...command,
    ...(knows === 'all' ? endpoints : defined(endpoints[asked], 'it').split(':')),
  ];
  const child = spawn(defined(program, 'the program'), args, { stdio: ['pipe', 'pipe', 'inherit'], timeout: STORY_MS });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // A story that has ended does not read the answer.
  child.stdin.on('error', () => undefined);
  const said: string[] = [];
  let killed: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'KILL THE LEADER') {
      said.push(line);
      continue;
    }
    killed = await cluster.leader();
    assert(knows === 'all' || killed !== asked, 'the leadership has moved to the only member that the story knows');
    await cluster.process(killed).kill();
    child.stdin.write('killed\n');
  }
  const code = await ended;
  if (code !== 0) said.push(`FAIL the whole: it ended with ${code}`);
  if (killed === undefined) said.push('FAIL the whole: no leader was killed');
  else cluster.spawn(killed);
  await cluster.ready();
  return said;
}

function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
