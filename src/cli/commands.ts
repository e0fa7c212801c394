import type { CommandEntry, CommandGroup } from './command-entry.js';

/** Every command of the program. */
export const COMMANDS: readonly CommandEntry[] = [
  ...section('Server', {
    serve: async (streams) => (await import('./serve.js')).serveCommand(streams),
    'verify-data': async (streams) => (await import('./verify-data.js')).verifyDataCommand(streams),
  }).map((entry) => ({ ...entry, client: false })),
  ...section('Keys', {
    put: async (streams) => (await import('./put.js')).putCommand(streams),
    get: async (streams) => (await import('./get.js')).getCommand(streams),
    del: async (streams) => (await import('./del.js')).delCommand(streams),
    watch: async (streams, line) => (await import('./watch.js')).watchCommand(streams, line),
    txn: async (streams) => (await import('./txn.js')).txnCommand(streams),
    compact: async (streams) => (await import('./compact.js')).compactCommand(streams),
    compaction: async (streams) => (await import('./compact.js')).compactCommand(streams, 'compaction'),
  }),
  ...section('Leases and locks', {
    lease: async (streams) => (await import('./lease.js')).leaseCommand(streams),
    lock: async (streams) => (await import('./lock.js')).lockCommand(streams),
    elect: async (streams) => (await import('./elect.js')).electCommand(streams),
  }),
  ...section('Cluster', {
    status: async (streams) => (await import('./status.js')).statusCommand(streams),
    endpoint: async (streams) => (await import('./endpoint.js')).endpointCommand(streams),
    hashkv: async (streams) => (await import('./hashkv.js')).hashKvCommand(streams),
    member: async (streams) => (await import('./member.js')).memberCommand(streams),
    'move-leader': async (streams) => (await import('./move-leader.js')).moveLeaderCommand(streams),
    alarm: async (streams) => (await import('./alarm.js')).alarmCommand(streams),
    defrag: async (streams) => (await import('./defrag.js')).defragCommand(streams),
    check: async (streams) => (await import('./check.js')).checkCommand(streams),
  }),
  ...section('Backup and transfer', {
    snapshot: async (streams) => (await import('./snapshot.js')).snapshotCommand(streams),
    export: async (streams) => (await import('./export.js')).exportCommand(streams),
    import: async (streams) => (await import('./import.js')).importCommand(streams),
    'make-mirror': async (streams) => (await import('./make-mirror.js')).makeMirrorCommand(streams),
  }),
  ...section('Other', {
    version: async (streams) => (await import('./version.js')).versionCommand(streams),
    completion: async (streams) => (await import('./completion.js')).completionCommand(streams, COMMANDS),
  }),
];

function section(
  group: CommandGroup,
  loaders: Readonly<Record<string, CommandEntry['load']>>,
): readonly CommandEntry[] {
  return Object.entries(loaders).map(([name, load]) => ({ name, group, client: true, load }));
}
