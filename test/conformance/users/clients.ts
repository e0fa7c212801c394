import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '../../../src/client/index.js';
import type { Counts } from '../differential/compare.js';
import { SecureMember } from './secure-member.js';

const PYTHON = '/usr/bin/python3';
/** Time limit of one story, in ms. */
const STORY_MS = 60_000;

/** Runs clients of other projects over TLS with users. */
export async function runClientsWithUsers(system: 'raftkv' | 'etcd'): Promise<Counts> {
  const npm = await inMember(system, (member) =>
    tell([process.execPath, '--import', 'tsx', file('npm-etcd3.ts'), member.secure, member.files.ca]),
  );
  const python = await inMember(system, async (member) => {
    await addUsers(member);
    return await tell([PYTHON, file('python_etcd3.py'), ...member.secure.split(':'), member.files.ca]);
  });
  let [passed, failed] = [0, 0];
  for (const [name, lines] of [
    ['etcd3 (npm)', npm],
    ['python3-etcd3', python],
  ] as const) {
    for (const line of lines) {
      const ok = line.startsWith('ok ');
      if (ok) passed += 1;
      else failed += 1;
      console.log(`${ok ? 'ok   ' : 'FAIL '} ${name} on ${system} with users: ${line.replace(/^(ok|FAIL) /, '')}`);
    }
  }
  return { passed, failed };
}

async function inMember<T>(system: 'raftkv' | 'etcd', work: (member: SecureMember) => Promise<T>): Promise<T> {
  const member = await SecureMember.start(system);
  try {
    return await work(member);
  } finally {
    await member.dispose();
  }
}

async function addUsers({ plain }: SecureMember): Promise<void> {
  await using client = new Client({ endpoints: [plain] });
  const { auth } = client;
  await auth.roleAdd('readers');
  await auth.roleGrantPermission('readers', { access: 'read', keys: { prefix: 'config/' } });
  await auth.userAdd('alice', { password: 'pw' });
  await auth.userGrantRole('alice', 'readers');
  await auth.roleAdd('root');
  await auth.userAdd('root', { password: 'rpw' });
  await auth.userGrantRole('root', 'root');
  await auth.enable();
}

/** The lines that a story prints. */
async function tell([program = '', ...args]: readonly string[]): Promise<readonly string[]> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: STORY_MS });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) said.push(line);
  const code = await ended;
  if (code !== 0) said.push(`FAIL the whole: it ended with ${code}`);
  return said;
}

function file(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
