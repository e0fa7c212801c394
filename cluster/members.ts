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

/** Certificates of the cluster. */
export interface Certificates {
  readonly caFile: string;
  /** Of a node, for its clients and for the other nodes. */
  readonly of: (member: Member) => { readonly cert: string; readonly key: string };
  /** Of a client. */
  readonly client: { readonly cert: string; readonly key: string };
}

export interface ServeOptions {
  readonly member: Member;
  /** All members of the cluster. */
  readonly members: readonly Member[];
  /** Data directory of this member. */
  readonly dataDir: string;
  readonly token: string;
  /** Undefined: without TLS. */
  readonly certificates?: Certificates | undefined;
}

/** The arguments of `raftkv` that run a member. */
export function serveArguments({ member, members, dataDir, token, certificates }: ServeOptions): string[] {
  const scheme = certificates === undefined ? 'http' : 'https';
  const clientUrl = `${scheme}://${clientEndpoint(member)}`;
  const ownPeerUrl = peerUrl(member, scheme);
  const flags = {
    name: member.name,
    'data-dir': dataDir,
    'listen-client-urls': clientUrl,
    'advertise-client-urls': clientUrl,
    'listen-peer-urls': ownPeerUrl,
    'initial-advertise-peer-urls': ownPeerUrl,
    'initial-cluster': members.map((other) => `${other.name}=${peerUrl(other, scheme)}`).join(','),
    'initial-cluster-token': token,
    'initial-cluster-state': 'new',
    ...(certificates && tlsFlags(certificates, member)),
  };
  return ['serve', ...Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value])];
}

function tlsFlags({ caFile, of }: Certificates, member: Member): Readonly<Record<string, string>> {
  const { cert, key } = of(member);
  const own = { 'cert-file': cert, 'key-file': key, 'trusted-ca-file': caFile };
  const withPeers = Object.entries(own).flatMap(([flag, file]) => [
    [flag, file] as const,
    [`peer-${flag}`, file] as const,
  ]);
  return Object.fromEntries(withPeers);
}

export function clientEndpoint({ clientPort }: Member): string {
  return `127.0.0.1:${clientPort}`;
}

export function peerUrl({ peerPort }: Member, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://127.0.0.1:${peerPort}`;
}
