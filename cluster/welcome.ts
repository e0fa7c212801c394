import { clientEndpoint } from './members.js';
import type { Certificates, Member } from './members.js';
import type { RootUser } from './root-user.js';

export interface WelcomeOptions {
  readonly members: readonly Member[];
  readonly leader: Member;
  /** Process id of a member; undefined if it was killed. */
  readonly pidOf: (member: Member) => number | undefined;
  /** The command that runs raftkv from the current folder. */
  readonly program: string;
  readonly dataDir: string;
  /** Time until a killed member is restarted, in ms; undefined if it is not restarted. */
  readonly restartDelayMs: number | undefined;
  /** Files by which a client connects; undefined without TLS. */
  readonly certificates?: Pick<Certificates, 'caFile' | 'client'> | undefined;
  /** The user with all rights; undefined without authentication. */
  readonly root?: RootUser | undefined;
}

/** The text for a cluster that is ready: a headline, and lines with commands to try. */
export function welcome({
  members,
  leader,
  pidOf,
  program,
  dataDir,
  restartDelayMs,
  certificates,
  root,
}: WelcomeOptions): [string, ...string[]] {
  const endpoints = members.map(clientEndpoint).join(',');
  const nameAndPid = (member: Member): string =>
    `${member.name} ${pidOf(member) ?? 'down'}${member === leader ? ' (leads)' : ''}`;
  const afterKill =
    restartDelayMs === undefined
      ? 'it stays down; without CLUSTER=--no-restart it starts again'
      : `it starts again in ${restartDelayMs / 1000} s; with CLUSTER=--no-restart it stays down`;
  const curlFlags =
    certificates === undefined
      ? ''
      : ` --cacert ${certificates.caFile} --cert ${certificates.client.cert} --key ${certificates.client.key}`;
  const flags = [
    // They have the same names in all three programs.
    curlFlags,
    ...(root === undefined ? [] : [` --user ${root.user}:${root.password}`]),
  ].join('');
  return [
    `three nodes are ready, ${leader.name} leads`,
    `  endpoints   ${endpoints}`,
    `  pids        ${members.map(nameAndPid).join(', ')}`,
    `  try         ${program}${flags} put hello world`,
    `              ${program}${flags} get hello`,
    `  or          ETCDCTL_API=3 etcdctl --endpoints=${endpoints}${flags} get hello`,
    `  http        curl${curlFlags} ${certificates === undefined ? 'http' : 'https'}://${clientEndpoint(leader)}/health`,
    ...(root === undefined
      ? []
      : [`  users       ${program}${flags} user add NAME   (root: password in ${root.file})`]),
    `  kill one    kill -9 ${pidOf(leader) ?? 'PID'}   (${leader.name}, the leader)`,
    `              ${afterKill}`,
    `  data        ${dataDir}/ stays for the next run; make clean-cluster removes it`,
    `  stop        Ctrl-C`,
  ];
}
