import { expectOk } from '../support/etcd-client.js';
import type { Case, Subject } from './case.js';

// Commands of etcdctl that make many calls.

const put = (key: string, value: string): Case => ({ args: ['put', key, value] });
const get = (...args: readonly string[]): Case => ({ args: ['get', ...args] });

/** The value of a key; undefined where it is absent. */
async function valueOf({ cluster }: Subject, key: string): Promise<string | undefined> {
  const { kvs } = expectOk(await cluster.client(0).get(key));
  const value = kvs[0]?.value;
  return value === undefined || value === null ? undefined : Buffer.from(value).toString();
}

/** After the existing keys are copied, writes more; done when those are copied too. */
async function isMirrored(contender: Subject): Promise<boolean> {
  const client = contender.cluster.client(0);
  if ((await valueOf(contender, 'copy/2')) === undefined) return false;
  if ((await valueOf(contender, 'mirror/last')) === undefined) {
    expectOk(await client.put('mirror/2', 'changed'));
    expectOk(await client.delete('mirror/1'));
    expectOk(await client.put('mirror/last', 'end'));
  }
  return (await valueOf(contender, 'copy/last')) === 'end';
}

/** A progress bar. */
const BAR = /\r[^\n]*/g;
/** The id of a lease that the server has chosen, in hex. */
const LEASE = /(?<=\/)[0-9a-f]{10,16}$/gm;

export const TOOL_CASES: readonly Case[] = [
  put('mirror/1', 'one'),
  put('mirror/2', 'two'),
  { args: ['make-mirror', '--prefix=mirror/', '--dest-prefix=copy/', '{client n2}'], endsWhen: isMirrored },
  get('copy/', '--prefix'),
  { args: ['make-mirror'] },
  { args: ['make-mirror', '--prefix=mirror/', '--dest-prefix=copy/', '--no-dest-prefix', '127.0.0.1:1'] },
  { args: ['lock', 'held'], ends: /\n/, mask: [LEASE] },
  { args: ['elect', 'seat', 'taken'], ends: /taken\n$/, mask: [LEASE] },
  put('seat/1', 'listened to'),
  { args: ['elect', 'seat', '-l'], ends: /listened to\n$/ },
  { args: ['check', 'datascale'], mask: [BAR, /(?<=used : )[\d.]+/g] },
  { args: ['check', 'datascale', '--load=none'] },
  { args: ['check', 'perf', '--load=none'] },
  get('', '--prefix', '--keys-only', '--limit=3'),
];

/** Takes a minute, so it runs concurrently with the others on separate members. Speed is not compared. */
export const PERF_CASE: Case = {
  args: ['check', 'perf'],
  // The progress bar takes a line or none, by the time at which it is drawn last.
  mask: [BAR, /^.*\b(Throughput|Slowest|Stddev)\b.*$/gm, /^(PASS|FAIL)$/gm, /(?:…\n)+/g],
  isTimed: true,
};

/** Subcommands that never call a server. */
const LOCAL = /^(?:completion \w+|help|migrate|snapshot (?:restore|status)|version)$/;

/** The subcommands of `etcdctl help` that call a server and that no case runs. */
export function notRun(help: string, cases: readonly Case[]): readonly string[] {
  const listed = [...help.matchAll(/^\t([a-z-]+(?: [a-z-]+)?)\t/gm)].map(([, name]) => name ?? '');
  if (!listed.includes('watch')) throw new Error(`etcdctl help lists no subcommands: ${help}`);
  const run = cases.map(({ args }) => args.filter((arg) => !arg.startsWith('-')));
  const isRun = (name: string): boolean => run.some((words) => `${words.join(' ')} `.startsWith(`${name} `));
  return listed.filter((name) => !LOCAL.test(name) && !isRun(name));
}
