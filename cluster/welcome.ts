import { clientEndpoint } from './members.js';
import type { Member } from './members.js';

export interface WelcomeOptions {
  readonly members: readonly Member[];
  readonly leader: Member;
  /** Undefined for a member that has been killed meanwhile. */
  readonly pidOf: (member: Member) => number | undefined;
  /** What `raftkv` is called as from here. */
  readonly program: string;
  readonly dataDir: string;
}

/** What to do with a cluster that is ready: a headline, and the lines below it. */
export function welcome({ members, leader, pidOf, program, dataDir }: WelcomeOptions): [string, ...string[]] {
  const endpoints = members.map(clientEndpoint).join(',');
  const nameAndPid = (member: Member): string =>
    `${member.name} ${pidOf(member) ?? 'down'}${member === leader ? ' (leads)' : ''}`;
  return [
    `three nodes are ready, ${leader.name} leads`,
    `  endpoints   ${endpoints}`,
    `  pids        ${members.map(nameAndPid).join(', ')}`,
    `  try         ${program} put hello world`,
    `              ${program} get hello`,
    `  or          ETCDCTL_API=3 etcdctl --endpoints=${endpoints} get hello`,
    `  kill one    kill -9 ${pidOf(leader) ?? 'PID'}   (${leader.name}, the leader)`,
    `  data        ${dataDir}/ stays for the next run; make clean-cluster removes it`,
    `  stop        Ctrl-C`,
  ];
}
