import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { seededRandom } from '../../../src/util/random.js';
import type { Random } from '../../../src/util/random.js';
import { UsageError } from '../../support/program.js';

/** What one run is made of. */
export interface RunSettings {
  readonly workload: string;
  /** The name of one kind of fault, or several joined by `+`. */
  readonly nemesis: string;
  /** Duration of the load with faults, in s. */
  readonly seconds: number;
  readonly nodes: number;
  readonly seed: number;
  readonly target: 'raftkv' | 'etcd';
  /** The program of etcd. */
  readonly etcd: string;
  /** The main file of raftkv; undefined for the build in dist/. */
  readonly program: string | undefined;
  readonly net: 'proxy' | 'netns';
  readonly tls: boolean;
  /** Enables authentication; administration and clients are the user root. */
  readonly auth: boolean;
  /** The gRPC host of raftkv; undefined for its default. */
  readonly rpcHost: string | undefined;
  /** Further flags of every member. `{folder}` stands for the member's own folder. */
  readonly flags: readonly string[];
  /** Requires that memory, open files and disk of the members stay level. */
  readonly levels: boolean;
  /** The folder that receives the folder of the run. */
  readonly out: string;
}

const OUT = 'test/jepsen/out';
const ELECTION_FLAG = '--election-timeout=';
const DEFAULT_ELECTION_MS = 1000;

type Variables = Readonly<Record<string, string | undefined>>;

/** The settings in environment variables, as `make jepsen` passes them. @throws UsageError for a malformed one */
export function settingsOf(variables: Variables, random: () => number = Math.random): RunSettings {
  const value = (name: string): string | undefined => (variables[name] === '' ? undefined : variables[name]);
  const number = (name: string, otherwise: number, least: number): number => {
    const text = value(name);
    if (text === undefined) return otherwise;
    const given = Number(text);
    if (!Number.isFinite(given) || given < least) throw new UsageError(`${name} must be a number of at least ${least}`);
    return given;
  };
  const whole = (name: string, otherwise: number, least: number): number => {
    const given = number(name, otherwise, least);
    if (!Number.isSafeInteger(given)) throw new UsageError(`${name} must be a whole number`);
    return given;
  };
  const choice = <Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice => {
    const text = value(name) ?? choices[0];
    const chosen = choices.find((each) => each === text);
    if (chosen === undefined) throw new UsageError(`${name} must be one of ${choices.join(', ')}`);
    return chosen;
  };
  const enabled = (name: string): boolean => choice(name, ['0', '1']) === '1';
  const target = choice('TARGET', ['raftkv', 'etcd']);
  if (target === 'etcd' && value('RPC_HOST') !== undefined) throw new UsageError('RPC_HOST is for TARGET=raftkv alone');
  return {
    workload: value('WORKLOAD') ?? 'register',
    nemesis: value('NEMESIS') ?? 'none',
    seconds: number('TIME', 60, 1),
    nodes: whole('NODES', 3, 1),
    seed: whole('SEED', Math.floor(random() * 1_000_000), 0),
    target,
    etcd: value('ETCD') ?? 'etcd',
    program: value('PROGRAM'),
    net: choice('NET', ['proxy', 'netns']),
    tls: enabled('TLS'),
    auth: enabled('AUTH'),
    rpcHost: value('RPC_HOST'),
    flags: (value('FLAGS') ?? '').split(/\s+/).filter((flag) => flag !== ''),
    levels: enabled('LEVELS'),
    out: value('OUT') ?? OUT,
  };
}

/** The election timeout of the members, in ms. */
export function electionTimeoutMs({ flags }: Pick<RunSettings, 'flags'>): number {
  const flag = flags.findLast((each) => each.startsWith(ELECTION_FLAG));
  return flag === undefined ? DEFAULT_ELECTION_MS : Number(flag.slice(ELECTION_FLAG.length));
}

/** The flags of every member. */
export function memberFlags({ target, rpcHost, flags }: RunSettings): readonly string[] {
  return [...(target === 'raftkv' && rpcHost !== undefined ? [`--rpc-host=${rpcHost}`] : []), ...flags];
}

/** The dimensions that differ from the default, for the header and the summary. */
export function dimensionsOf(settings: RunSettings): Readonly<Record<string, string | number | boolean>> {
  const { program, tls, auth, rpcHost, flags } = settings;
  return {
    ...(program !== undefined && { program }),
    ...(tls && { tls }),
    ...(auth && { auth }),
    ...(rpcHost !== undefined && { rpcHost }),
    ...(flags.length > 0 && { flags: flags.join(' ') }),
  };
}

/** Chance for one part of a run, which depends on the seed and the part's name alone. */
export function randomFor(seed: number, part: string): Random {
  return seededRandom(createHash('sha256').update(`${seed} ${part}`).digest().readUInt32LE());
}

/** The commit of the sources; ends in `+` if files have been changed since. */
export function currentCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    return git('rev-parse', '--short=10', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : '+');
  } catch {
    return 'unknown'; // a copy of the sources without their history
  }
}
