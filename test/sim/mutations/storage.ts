import { often, operator, over, patch, type Mutation, type TestedBug } from './mutation.js';
import { badDisks, beside, changingSnapshots, crashes, manyLearners, smallFiles, snapshots } from './profiles.js';

/** Bugs in the log, in snapshots, and in the state machine. */
export const STORAGE: readonly Mutation[] = [
  {
    name: 'no-sync',
    story: 'acknowledged entries are only in the page cache',
    patches: [
      patch('src/wal/writer.ts', 'const through = sync && synced === offset;', 'const through = false;'),
      patch('src/wal/writer.ts', '    if (sync && !through) await this.#sync();\n'),
    ],
    profile: crashes,
  },
  {
    name: 'sync-error-ignored',
    story: 'a failed sync is ignored (PostgreSQL, 2018)',
    patches: [
      patch(
        'src/wal/durable-writes.ts',
        'await file.appendThrough(offset, data);',
        'await file.appendThrough(offset, data).catch(() => undefined);',
      ),
    ],
    profile: (drawn) => ({ ...badDisks(drawn), inTurnBytesMax: 0 }),
  },
  {
    name: 'sync-of-an-earlier-batch-forgotten',
    story: 'a durable write is taken to cover a batch before it that was not synced',
    patches: [
      patch('src/wal/writer.ts', 'const through = sync && synced === offset;', 'const through = sync;'),
      patch('src/wal/writer.ts', 'synced < offset || offset + bytes', 'offset + bytes'),
    ],
    profile: beside(crashes),
  },
  {
    name: 'error-of-a-write-in-the-turn-ignored',
    story: 'a failed write in the turn of its caller counts as durable',
    patches: [
      patch(
        'src/wal/durable-writes.ts',
        'file.appendThroughSync(offset, data);',
        'try { file.appendThroughSync(offset, data); } catch {}',
      ),
    ],
    profile: (drawn) => ({ ...badDisks(drawn), inTurnBytesMax: 16 * 1024, syncMsMax: 0 }),
  },
  {
    name: 'name-of-a-segment-not-synced',
    story: 'power loss removes the name of a new segment',
    patches: [
      patch(
        'src/wal/writer.ts',
        '  await disk.rename(spareName(sequence), segmentName(sequence));\n  await disk.syncFolder();',
        '  await disk.rename(spareName(sequence), segmentName(sequence));',
      ),
    ],
    profile: smallFiles,
  },
  {
    name: 'torn-tail-left-in-place',
    story: 'a torn tail stays after the last whole batch, and counts as damage later',
    patches: [patch('src/wal/repair.ts', 'if (unsynced.bytes.length > 0) {', 'if (unsynced.bytes.length < 0) {')],
    profile: smallFiles,
  },
  {
    name: 'segment-released-too-early',
    story: 'the log is cut above what the engine holds durably (etcd 10219)',
    patches: [patch('src/node/storage/log-cutter.ts', 'const cut = Math.min(target, durable);', 'const cut = target;')],
    profile: (drawn) => {
      const options = crashes(drawn);
      return { ...options, node: { ...options.node, snapshotCount: 5, logTailEntries: 0 } };
    },
  },
  {
    name: 'applied-index-apart-from-its-data',
    story: 'applied index and data are written one after the other (etcd 13766)',
    patches: [
      patch(
        'src/kv/commands/store-writes.ts',
        'draft.write(metaRow(meta));\n',
        'await current.engine.write([metaRow(meta)]);\n',
      ),
    ],
    profile: (drawn) => ({ ...crashes(drawn), batchMsMax: 50 }),
  },
  {
    name: 'snapshot-forgets-the-configuration',
    story: 'the core accepts a snapshot and keeps its old configuration',
    patches: [
      patch(
        'src/raft/follower.ts',
        '  raft.tracker.configure(confState, { self: raft.id, lastIndex: raft.log.lastIndex });\n',
      ),
    ],
    profile: changingSnapshots,
  },
  {
    name: 'snapshot-without-history',
    story: 'old versions are left out of a snapshot',
    patches: [
      patch(
        'src/kv/snapshot/source.ts',
        'if (isOwnRow(row.key)) continue;',
        'if (isOwnRow(row.key) || row.key[1] === 2) continue;',
      ),
    ],
    profile: snapshots,
  },
  {
    name: 'snapshot-from-before-the-member',
    story: 'a new member gets a state from before its addition, and refuses it forever',
    patches: [patch('src/node/snapshot/sender.ts', ' && holdsAll(source, confState)')],
    profile: (drawn) =>
      over(changingSnapshots(drawn), {
        maxLearners: 4,
        node: { snapshotTransfersMax: 2 },
        network: { snapshotBytesPerSecond: 2000 },
        operations: operator(['add-learner', 'add-voter', 'remove'], 1000),
      }),
  },
  {
    name: 'offered-snapshot-dropped',
    story: 'a state is released while its MsgSnap waits in the core, and the leader stops',
    patches: [
      patch(
        'src/node/storage/sync-executor.ts',
        '    raw.advance();\n    return undefined;\n',
        '    raw.advance();\n    peerSender.postReady({ messages: [], readStates: [] });\n    return undefined;\n',
      ),
    ],
    profile: manyLearners,
  },
  {
    name: 'state-before-log',
    story: 'a received state becomes active before the log continues behind it (etcd 10219)',
    patches: [
      patch(
        'src/node/snapshot/installer.ts',
        '    await log.resetTo(metadata);\n    await stateMachine.restore(metadata);',
        '    await stateMachine.restore(metadata);\n    await log.resetTo(metadata);',
      ),
    ],
    profile: snapshots,
  },
  {
    name: 'interrupted-snapshot-not-ended',
    story: 'a start does not complete a snapshot that a crash interrupted (etcd 18055)',
    patches: [patch('src/server/assembly/storage.ts', '  await settleStaged({ home, log, logger });\n')],
    profile: (drawn) =>
      over(snapshots(drawn), {
        faults: often(['leader-alone', 'crash-inside'], { everyMs: 600, lastsMs: 1000 }),
        stormMs: 40_000,
      }),
  },
  {
    name: 'staged-state-not-durable',
    story: 'the log continues behind a received state that is not durable yet',
    patches: [patch('src/engine/memory/memory-home.ts', '    await staged.engine.barrier();\n')],
    profile: snapshots,
  },
  {
    name: 'snapshot-before-the-applier-rests',
    story: 'a snapshot replaces a state that is still being changed',
    patches: [
      patch(
        'src/node/loop/ready-loop.ts',
        'const mayStep = receiver.arrived !== undefined && commits.settled;',
        'const mayStep = receiver.arrived !== undefined;',
      ),
    ],
    profile: (drawn) => {
      const options = snapshots(drawn);
      return {
        ...options,
        batchMsMax: 50,
        faults: { ...options.faults, 'slow-apply': { everyMs: 800, lastsMs: 1500 } },
      };
    },
  },
  {
    name: 'cache-outlives-its-state',
    story: 'rows cached from the old state are read after a snapshot',
    patches: [
      patch(
        'src/kv/state/stored-state.ts',
        '    this.#current.beginWork();\n    logger.info(',
        '    Object.assign(this.#current, { hotRows: previous.hotRows });\n    this.#current.beginWork();\n    logger.info(',
      ),
    ],
    profile: snapshots,
  },
  {
    name: 'sweep-beyond-the-compaction',
    story: 'the sweep of a compaction removes versions of later revisions',
    patches: [
      patch(
        'src/kv/compaction/sweep.ts',
        'readRows(this.#engine, range, target);',
        'readRows(this.#engine, range, (target += 20));',
      ),
    ],
    profile: (drawn) => over(drawn, { mix: { ...drawn.mix, compact: 2, past: 3 } }),
  },
];

/** The same, found by tests: the simulator needs about a hundred seeds. */
export const STORAGE_TESTED: readonly TestedBug[] = [
  {
    name: 'commit-index-of-a-snapshot-over-replaced-entries',
    story:
      'a member that dies while it installs a snapshot applies entries of its own as committed that others have replaced',
    patches: [
      patch(
        'src/node/snapshot/installer.ts',
        'const { commit } = log.hardState();',
        'const commit = Math.min(hardState.commit, log.lastIndex());',
      ),
    ],
    tests: { file: 'test/node/snapshot/installer.test.ts' },
  },
  {
    name: 'fault-taken-for-the-end-of-a-segment',
    story: 'a log that is read in parts ends at its first damaged batch, as if only zeros followed',
    patches: [patch('src/wal/scan-file.ts', '  if (!isZero(bytes)) return false;\n')],
    tests: { file: 'test/wal/scan-file.test.ts' },
  },
  {
    name: 'batch-at-the-end-of-a-part-lost',
    story: 'a segment that is read in parts ends where the first part does',
    patches: [
      patch('src/wal/scan-file.ts', 'const isLast = part.bytes.length < window.length;', 'const isLast = true;'),
    ],
    tests: { file: 'test/wal/scan-file.test.ts' },
  },
  {
    name: 'size-of-the-log-ignored',
    story: 'a log of few large entries is cut only once they are many',
    patches: [patch('src/node/storage/log-cutter.ts', 'if (!isLong && !isLarge) return;', 'if (!isLong) return;')],
    tests: { file: 'test/node/storage/log-cutter.test.ts' },
  },
];
