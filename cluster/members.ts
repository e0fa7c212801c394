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

/** Files of a certificate and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Certificates of the nodes. */
export interface NodeCertificates {
  readonly caFile: string;
  /** Of a node, for its clients and for the other nodes. */
  readonly of: (member: Member) => CertificateFiles;
  /** Of a client. Undefined: the nodes accept clients without a certificate. */
  readonly client?: CertificateFiles | undefined;
}

/** Certificates of a cluster whose clients need one too. */
export interface Certificates extends NodeCertificates {
  readonly client: CertificateFiles;
}

export interface ServeOptions {
  readonly member: Member;
  /** All members of the cluster. */
  readonly members: readonly Member[];
  /** Data directory of this member. */
  readonly dataDir: string;
  readonly token: string;
  /** Undefined: without TLS. */
  readonly certificates?: NodeCertificates | undefined;
}

/** The arguments of `raftkv` that run a member. */
export function serveArguments({ member, members, dataDir, token, certificates }: ServeOptions): string[] {
  const scheme = schemeOf(certificates);
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

/** The flags of a member that uses TLS for clients and peers. */
export function tlsFlags({ caFile, of, client }: NodeCertificates, member: Member): Readonly<Record<string, string>> {
  const { cert, key } = of(member);
  return {
    'cert-file': cert,
    'key-file': key,
    // A member that trusts an authority demands certificates.
    ...(client && { 'trusted-ca-file': caFile }),
    'peer-cert-file': cert,
    'peer-key-file': key,
    'peer-trusted-ca-file': caFile,
  };
}

/** The scheme of the members' URLs. */
export function schemeOf(certificates: NodeCertificates | undefined): 'http' | 'https' {
  return certificates === undefined ? 'http' : 'https';
}

export function clientEndpoint({ clientPort }: Member): string {
  return `127.0.0.1:${clientPort}`;
}

export function peerUrl({ peerPort }: Member, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://127.0.0.1:${peerPort}`;
}
