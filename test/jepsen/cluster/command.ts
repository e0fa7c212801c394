import { RAFTKV } from '../../support/server-process.js';
import type { Endpoint } from '../net/network.js';
import type { Certificates } from './security.js';

/** A member of the run. */
export interface Node {
  /** `n1`. */
  readonly name: string;
  /** Where it listens. */
  readonly listening: Endpoint;
  /** Where other members and clients reach it: the same, or proxies. */
  readonly reached: Endpoint;
}

export interface CommandOptions {
  readonly target: 'raftkv' | 'etcd';
  /** The program of etcd. */
  readonly etcd: string;
  /** The main file of raftkv; undefined for the build in dist/. */
  readonly program?: string | undefined;
  readonly node: Node;
  /** The members that the data directory is founded with. */
  readonly founders: readonly Node[];
  /** `existing` for a member that was added to the running cluster. */
  readonly state: 'new' | 'existing';
  readonly dataDir: string;
  readonly logFile: string;
  readonly token: string;
  readonly certificates: Certificates | undefined;
  readonly flags: readonly string[];
}

export function clientUrl({ host, clientPort }: Endpoint, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${host}:${clientPort}`;
}

export function peerUrl({ host, peerPort }: Endpoint, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${host}:${peerPort}`;
}

/** The command line of a member. It logs to a file, and has the settings of both systems. */
export function commandOf(options: CommandOptions): string[] {
  const { target, etcd, node, founders, state, dataDir, logFile, token, certificates } = options;
  const isSecure = certificates !== undefined;
  const flags = {
    name: node.name,
    'data-dir': dataDir,
    'listen-client-urls': clientUrl(node.listening, isSecure),
    'advertise-client-urls': clientUrl(node.reached, isSecure),
    'listen-peer-urls': peerUrl(node.listening, isSecure),
    'initial-advertise-peer-urls': peerUrl(node.reached, isSecure),
    'initial-cluster': founders.map(({ name, reached }) => `${name}=${peerUrl(reached, isSecure)}`).join(','),
    'initial-cluster-token': token,
    'initial-cluster-state': state,
    'log-outputs': logFile,
    ...certificates?.flagsOf(node.name),
  };
  const texts = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  if (target === 'raftkv') return [RAFTKV[0], options.program ?? RAFTKV[1], 'serve', ...texts, ...options.flags];
  return [etcd, '--logger=zap', ...texts, ...options.flags];
}
