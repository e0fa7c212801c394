import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { defined } from '../../../src/util/assert.js';
import { etcdProgram } from '../../support/etcd-programs.js';
import { RAFTKV } from '../../support/server-process.js';
import type { Counts } from '../differential/compare.js';
import { CERTIFIED_LINES, LINES, type Line } from './lines.js';
import { SecureMember } from './secure-member.js';

/** What a line prints, without what differs between equivalent clusters. */
interface Outcome {
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly error: string;
}

interface Pair {
  readonly tool: 'etcdctl' | 'raftkv';
  readonly server: 'etcd' | 'raftkv';
}

/** Time limit of one line, in ms. */
const LINE_MS = 20_000;
const PYTHON = '/usr/bin/python3';

/**
 * Runs the lines about users, roles and TLS with etcdctl on etcd, and compares what they print with `raftkv` on etcd and,
 * where raftkv has users, with both programs on raftkv.
 */
export async function compareUsers(): Promise<Counts> {
  const pairs: readonly Pair[] = [
    { tool: 'raftkv', server: 'etcd' },
    { tool: 'etcdctl', server: 'raftkv' },
    { tool: 'raftkv', server: 'raftkv' },
  ];
  let [passed, failed] = [0, 0];
  const judge = (title: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) === JSON.stringify(wanted)) {
      passed += 1;
      console.log(`ok    ${title}`);
      return;
    }
    failed += 1;
    console.log(`FAIL  ${title}\n  found    ${JSON.stringify(found)}\n  expected ${JSON.stringify(wanted)}`);
  };
  for (const isCertified of [false, true]) {
    const lines = isCertified ? CERTIFIED_LINES : LINES;
    const expected = await transcript({ tool: 'etcdctl', server: 'etcd' }, isCertified);
    for (const pair of pairs) {
      const found = await transcript(pair, isCertified);
      for (const [at, line] of lines.entries()) {
        judge(`${pair.tool} on ${pair.server}: ${line.words.join(' ')}`, found[at], expected[at]);
      }
    }
  }
  for (const tool of ['etcdctl', 'raftkv'] as const) {
    judge(`${tool} does not show a typed password`, await typed(tool), { created: true, shown: false });
  }
  return { passed, failed };
}

async function transcript({ tool, server }: Pair, isCertified: boolean): Promise<readonly Outcome[]> {
  const member = await SecureMember.start(server, { isCertified });
  const outcomes: Outcome[] = [];
  try {
    for (const line of isCertified ? CERTIFIED_LINES : LINES) {
      if (line.afterMs !== undefined) await delay(line.afterMs);
      outcomes.push(await run(tool, line, member));
    }
  } finally {
    await member.dispose();
  }
  return outcomes;
}

function commandOf(tool: Pair['tool']): readonly string[] {
  return tool === 'etcdctl' ? [etcdProgram('etcdctl')] : RAFTKV;
}

function run(tool: Pair['tool'], { words, stdin = '', isUsage = false }: Line, member: SecureMember): Promise<Outcome> {
  const { plain, secure, files } = member;
  const values: Readonly<Record<string, string>> = { plain, secure, ...files };
  const args = words.map((word) => word.replace(/\{(\w+)\}/g, (_, name: string) => defined(values[name], name)));
  const endpoints = args.includes('--endpoints') ? [] : ['--endpoints', plain];
  const [program = '', ...before] = commandOf(tool);
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', ETCDCTL_API: '3' };
    const child = spawn(program, [...before, ...endpoints, ...args], { env, timeout: LINE_MS });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.on('error', reject);
    child.on('close', (code) => {
      const succeeded = code === 0;
      resolve({
        succeeded,
        // etcdctl prompts on standard output.
        stdout: isUsage ? '' : masked(stdout),
        error: succeeded || isUsage ? '' : errorOf(stderr),
      });
    });
  });
}

/** Advice that raftkv's command adds to the server's error. */
const ADVICE = ' (authentication is enabled: name a user with --user)';

/** The text of an error, after the name of the program and the member. */
function errorOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{"level"'));
  const error = (lines.at(-1) ?? '').replace(/^(?:Error|raftkv): (?:(?:https?:\/\/)?127\.0\.0\.1:\d+: )?/, '');
  return error.endsWith(ADVICE) ? error.slice(0, -ADVICE.length) : error;
}

function masked(stdout: string): string {
  return (
    stdout
      // raftkv states these in the header of a range; other clients skip them.
      .replace(/,"(?:applied_index|last_contact_ms|staleness_ms)":\d+|,"known_leader":(?:true|false)/g, '')
      .replace(/"(cluster_id|member_id|raft_term|ID)":\d+/g, '"$1":…')
      .replace(/"(ClusterID|MemberID|RaftTerm)" : \d+/g, '"$1" : …')
  );
}

/** Types a password at the prompts of `user add`, on a terminal. */
async function typed(tool: Pair['tool']): Promise<{ readonly created: boolean; readonly shown: boolean }> {
  const member = await SecureMember.start('etcd');
  try {
    const script = fileURLToPath(new URL('typed.py', import.meta.url));
    const command = [...commandOf(tool), '--endpoints', member.plain, 'user', 'add', 'typist'];
    const child = spawn(PYTHON, [script, 'sesame-7', ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (screen += chunk));
    await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
    return { created: screen.includes('User typist created'), shown: screen.includes('sesame-7') };
  } finally {
    await member.dispose();
  }
}
