/** One node of the cluster on this machine. */
export interface Member {
  readonly name: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

/** The ports of etcd's local cluster, so that its documentation applies. */
export const MEMBERS: readonly Member[] = [
  { name: 'node1', clientPort: 2379, peerPort: 2380 },
  { name: 'node2', clientPort: 22379, peerPort: 22380 },
  { name: 'node3', clientPort: 32379, peerPort: 32380 },
];

export interface ServeOptions {
  readonly member: Member;
  /** All members of the cluster. */
  readonly members: readonly Member[];
  /** Data directory of this member. */
  readonly dataDir: string;
  readonly token: string;
}

/** The arguments of `raftkv` that run a member. */
export function serveArguments({ member, members, dataDir, token }: ServeOptions): string[] {
  const clientUrl = `http://${clientEndpoint(member)}`;
  const flags = {
    name: member.name,
    'data-dir': dataDir,
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
    'listen-peer-urls': peerUrl(member),
    'initial-advertise-peer-urls': peerUrl(member),
    'initial-cluster': members.map((other) => `${other.name}=${peerUrl(other)}`).join(','),
    'initial-cluster-token': token,
    'initial-cluster-state': 'new',
  };
  return ['serve', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])];
}

export function clientEndpoint({ clientPort }: Member): string {
  return `127.0.0.1:${clientPort}`;
}

export function peerUrl({ peerPort }: Member): string {
  return `http://127.0.0.1:${peerPort}`;
}
