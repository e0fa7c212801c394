import type { CommandEntry, CommandGroup } from '../parsing/command-entry.js';

/** Every command of the program. */
export const COMMANDS: readonly CommandEntry[] = [
  ...section('Server', {
    serve: async (streams) => (await import('../commands/serve.js')).serveCommand(streams),
    'verify-data': async (streams) => (await import('../commands/verify-data.js')).verifyDataCommand(streams),
    'migrate-engine': async (streams) => (await import('../commands/migrate-engine.js')).migrateEngineCommand(streams),
    cert: async (streams) => (await import('../commands/cert.js')).certCommand(streams),
  }).map((entry) => ({ ...entry, client: false })),
  ...section('Keys', {
    put: async (streams) => (await import('../commands/put.js')).putCommand(streams),
    get: async (streams) => (await import('../commands/get.js')).getCommand(streams),
    del: async (streams) => (await import('../commands/del.js')).delCommand(streams),
    watch: async (streams, line) => (await import('../commands/watch.js')).watchCommand(streams, line),
    index: async (streams) => (await import('../commands/indexes.js')).indexCommand(streams),
    feed: async (streams) => (await import('../commands/feed.js')).feedCommand(streams),
    txn: async (streams) => (await import('../commands/txn.js')).txnCommand(streams),
    compact: async (streams) => (await import('../commands/compact.js')).compactCommand(streams),
    compaction: async (streams) => (await import('../commands/compact.js')).compactCommand(streams, 'compaction'),
  }),
  ...section('Leases and locks', {
    lease: async (streams) => (await import('../commands/lease.js')).leaseCommand(streams),
    lock: async (streams) => (await import('../commands/lock.js')).lockCommand(streams),
    elect: async (streams) => (await import('../commands/elect.js')).electCommand(streams),
    session: async (streams) => (await import('../commands/session.js')).sessionCommand(streams),
  }),
  ...section('Cluster', {
    status: async (streams) => (await import('../commands/status.js')).statusCommand(streams),
    endpoint: async (streams) => (await import('../commands/endpoint.js')).endpointCommand(streams),
    hashkv: async (streams) => (await import('../commands/hashkv.js')).hashKvCommand(streams),
    hot: async (streams) => (await import('../commands/hot.js')).hotCommand(streams),
    member: async (streams) => (await import('../commands/member.js')).memberCommand(streams),
    'move-leader': async (streams) => (await import('../commands/move-leader.js')).moveLeaderCommand(streams),
    alarm: async (streams) => (await import('../commands/alarm.js')).alarmCommand(streams),
    defrag: async (streams) => (await import('../commands/defrag.js')).defragCommand(streams),
    check: async (streams) => (await import('../commands/check.js')).checkCommand(streams),
  }),
  ...section('Users and roles', {
    auth: async (streams) => (await import('../commands/auth.js')).authCommand(streams),
    user: async (streams) => (await import('../commands/user.js')).userCommand(streams),
    role: async (streams) => (await import('../commands/role.js')).roleCommand(streams),
  }),
  ...section('Backup and transfer', {
    snapshot: async (streams) => (await import('../commands/snapshot.js')).snapshotCommand(streams),
    export: async (streams) => (await import('../commands/export.js')).exportCommand(streams),
    import: async (streams) => (await import('../commands/import.js')).importCommand(streams),
    'make-mirror': async (streams) => (await import('../commands/make-mirror.js')).makeMirrorCommand(streams),
  }),
  ...section('Other', {
    version: async (streams) => (await import('../commands/version.js')).versionCommand(streams),
    completion: async (streams) => (await import('../commands/completion.js')).completionCommand(streams, COMMANDS),
  }),
];

function section(
  group: CommandGroup,
  loaders: Readonly<Record<string, CommandEntry['load']>>,
): readonly CommandEntry[] {
  return Object.entries(loaders).map(([name, load]) => ({ name, group, client: true, load }));
}
