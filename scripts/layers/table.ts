/** A row: a folder of src/, or a room, which is a folder of src/server/. */
export interface Layer {
  readonly folder: string;
  readonly holds: string;
  /**
   * Folders with a row, or single modules written as folder/module. `server` means the files directly in src/server: its
   * rooms are named one by one. Undefined for the composition root, which may import everything.
   */
  readonly mayImport: readonly string[] | undefined;
  /** `pure`: no clock, chance, promise or I/O. `deterministic`: no clock, chance or timer. */
  readonly discipline?: 'pure' | 'deterministic';
}

/** Folders from src/ down to a file, at most. */
export const DEPTH_MAX = 4;

/** The rooms of src/server, from the top down: a room may import only rooms below it, and layers below `server`. */
export const ROOMS: readonly Layer[] = [
  {
    folder: 'server/serving',
    holds: 'the ports of a running member: hosts, HTTP routes, start and stop of serving',
    mayImport: [
      'server/startup',
      'server/assembly',
      'server/monitoring',
      'server/services',
      'server/integrity',
      'server/membership',
      'server/settings',
      'http',
      'rpc',
      'schema',
      'node',
      'kv',
      'transport',
      'tls/certificate-checks',
      'gen',
      'util',
    ],
  },
  {
    folder: 'server/backup',
    holds: 'snapshot files: status and restore',
    mayImport: [
      'server/startup',
      'server/membership',
      'server/settings',
      'kv',
      'wal',
      'engine',
      'ports',
      'raft/types',
      'util',
    ],
  },
  {
    folder: 'server/startup',
    holds: 'data directory, listeners, opening of log and engine',
    mayImport: [
      'server/assembly',
      'server/monitoring',
      'server/auth',
      'server/integrity',
      'server/membership',
      'server/settings',
      'node/config',
      'kv',
      'wal',
      'engine',
      'ports',
      'tls',
      'transport/connect',
      'util',
    ],
  },
  {
    folder: 'server/assembly',
    holds: 'the wiring of store, node and services, the same in the simulator',
    mayImport: [
      'server/hot',
      'server/monitoring',
      'server/auth',
      'server/lock',
      'server/session',
      'server/feeds',
      'server/services',
      'server/watch',
      'server/integrity',
      'server/membership',
      'server/lease',
      'server/requests',
      'server/settings',
      'http/health-routes',
      'rpc',
      'schema',
      'node',
      'kv',
      'transport',
      'ports',
      'raft/types',
      'gen',
      'util',
    ],
  },
  {
    folder: 'server/monitoring',
    holds: 'metrics, health checks, warnings about slow calls',
    mayImport: [
      'server/hot',
      'server/watch',
      'server/requests',
      'server/settings',
      'http/health-routes',
      'rpc',
      'metrics',
      'node',
      'kv',
      'transport',
      'ports',
      'raft/types',
      'gen',
      'tls',
      'util',
    ],
  },
  {
    folder: 'server/auth',
    holds: 'the Auth service: tokens, passwords, and the users of calls',
    mayImport: ['server/requests', 'rpc', 'kv', 'ports', 'gen', 'util'],
  },
  {
    folder: 'server/lock',
    holds: 'the Lock and Election services',
    mayImport: ['server/lease', 'server/requests', 'rpc', 'node', 'kv', 'ports', 'gen', 'util'],
  },
  {
    folder: 'server/session',
    holds: 'client sessions: their service, and their expiry at the leader',
    mayImport: ['server/requests', 'rpc', 'kv', 'ports', 'gen', 'util'],
  },
  {
    folder: 'server/feeds',
    holds: 'the Feed service: change feeds and their workers',
    mayImport: ['server/lease', 'server/requests', 'rpc', 'node', 'kv', 'ports', 'gen', 'util'],
  },
  {
    folder: 'server/services',
    holds: 'gRPC services of clients (KV, Cluster, Lease, Maintenance, Health) and of peers',
    mayImport: [
      'server/hot',
      'server/membership',
      'server/lease',
      'server/requests',
      'server/settings',
      'http/first-bytes',
      'rpc',
      'schema',
      'node',
      'kv',
      'transport',
      'ports',
      'raft/types',
      'gen',
      'util',
    ],
  },
  {
    folder: 'server/watch',
    holds: 'the Watch service',
    mayImport: ['server/requests', 'rpc', 'node', 'kv', 'ports', 'gen', 'util'],
  },
  {
    folder: 'server/integrity',
    holds: 'checks of data, alarms, automatic compaction, comparison of hashes, building of indexes',
    mayImport: [
      'server/membership',
      'server/requests',
      'server/settings',
      'rpc',
      'node',
      'kv',
      'wal',
      'transport',
      'engine',
      'ports',
      'raft/types',
      'gen',
      'util',
    ],
  },
  {
    folder: 'server/membership',
    holds: 'identity, joining, discovery, and changes of members',
    mayImport: [
      'server/requests',
      'server/settings',
      'rpc',
      'node',
      'kv',
      'transport',
      'ports',
      'raft/types',
      'raft/conf-change/codec',
      'gen',
      'util',
    ],
  },
  {
    folder: 'server/lease',
    holds: 'expiry and renewal of leases, at the leader and through it',
    mayImport: ['server/requests', 'rpc', 'node', 'kv', 'ports', 'raft/types', 'gen', 'util'],
  },
  {
    folder: 'server/hot',
    holds: 'the keys that clients read and write most, counted in bounded memory',
    mayImport: ['server/requests', 'kv', 'ports', 'gen', 'util'],
  },
  {
    folder: 'server/requests',
    holds: 'the path of a request: proposals, reads, quota, errors, response headers',
    mayImport: ['rpc', 'node', 'kv', 'ports', 'raft/types', 'gen', 'util'],
  },
  {
    folder: 'server/settings',
    holds: 'the table of settings, the configuration that they make, URLs, versions',
    mayImport: ['http/access/access-control', 'kv/snapshot/archive', 'tls/cipher-suites', 'util'],
  },
];

/** From the top down: a layer may import only layers below it. */
export const LAYERS: readonly Layer[] = [
  {
    folder: 'cli',
    holds: 'the `raftkv` command: one file or folder for each command in `commands/`',
    mayImport: ['client', 'server', 'server/backup', 'server/integrity/verify-data', 'server/settings', 'tls', 'util'],
  },
  { folder: 'client', holds: 'the TypeScript client', mayImport: ['gen', 'util'] },
  { folder: 'server', holds: 'a member: the composition root; its parts are rooms, see below', mayImport: undefined },
  ...ROOMS,
  {
    folder: 'http',
    holds: 'HTTP on the client port: JSON gateway, health, metrics',
    mayImport: ['rpc', 'schema', 'metrics', 'util'],
  },
  {
    folder: 'rpc',
    holds: 'the gRPC runtime as a port: method tables and the hosts that serve them',
    mayImport: ['util'],
  },
  { folder: 'schema', holds: 'the .proto files at run time, for JSON and reflection', mayImport: ['gen', 'util'] },
  { folder: 'metrics', holds: 'histograms and the Prometheus text format', mayImport: [] },
  {
    folder: 'node',
    holds: 'the Ready loop, proposeC, commitC, the leader lease, log compaction',
    mayImport: ['record', 'raft', 'ports', 'util'],
  },
  {
    folder: 'kv',
    holds: 'the replicated state machine',
    mayImport: ['raft/types', 'ports', 'gen', 'util'],
    discipline: 'deterministic',
  },
  {
    folder: 'wal',
    holds: 'adapter: the durable log',
    mayImport: ['record', 'raft/types', 'raft/storage', 'ports', 'util'],
  },
  {
    folder: 'transport',
    holds: 'adapter: links between members',
    mayImport: ['record', 'raft/types', 'raft/messages', 'ports', 'gen', 'util'],
  },
  {
    folder: 'tls',
    holds: 'TLS: contexts that follow their files, bounded handshakes, checks of certificates',
    mayImport: ['util'],
  },
  {
    folder: 'record',
    holds: 'encoded log entries: the same bytes in the log and on the links',
    mayImport: ['raft/types', 'util'],
  },
  {
    folder: 'engine',
    holds: 'adapter: LevelDB, an in-memory engine, a table in front of either',
    mayImport: ['ports', 'util'],
  },
  {
    folder: 'ports',
    holds: 'interfaces: log, transport, engine, state machine, clock, disk',
    mayImport: ['raft/types', 'raft/storage'],
  },
  { folder: 'raft', holds: 'the consensus core', mayImport: ['util'], discipline: 'pure' },
  { folder: 'util', holds: 'assertions, bytes, channels, errors, integers, logging', mayImport: [] },
  { folder: 'gen', holds: 'code that `make proto` generates from `proto/`', mayImport: [] },
];

/** The row of a folder or module. */
export function rowOf(path: string): Layer | undefined {
  return LAYERS.filter(({ folder }) => path === folder || path.startsWith(`${folder}/`)).sort(
    (left, right) => right.folder.length - left.folder.length,
  )[0];
}

/** Whether a row has rows for its subfolders: it then stands for its own files alone. */
export function hasRooms({ folder }: Layer): boolean {
  return LAYERS.some((other) => other.folder.startsWith(`${folder}/`));
}

/** Whether an entry of `mayImport` names a folder with a row; otherwise it names a module. */
export function isFolder(entry: string): boolean {
  return LAYERS.some(({ folder }) => folder === entry);
}
