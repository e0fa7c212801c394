import { often, operator, over, type Profile } from './mutation.js';

/** Leaders come and go, and with them what was not committed. */
export const elections: Profile = (drawn) =>
  over(drawn, {
    members: drawn.members < 3 ? 3 : drawn.members,
    faults: often(['kill-leader', 'leader-alone', 'halves', 'reset']),
    operations: {},
    paceMs: 50,
    clients: 4,
    stormMs: 20_000,
  });

/** Processes and machines die in the middle of what they write. */
export const crashes: Profile = (drawn) =>
  over(drawn, {
    faults: often(['kill', 'power-loss', 'power-loss-all', 'crash-inside'], { everyMs: 900, lastsMs: 300 }),
    operations: {},
    syncMsMax: 20,
    paceMs: 50,
    clients: 4,
    stormMs: 20_000,
  });

/** The same, with files that are small enough for many of them. */
export const smallFiles: Profile = (drawn) => over(crashes(drawn), { segmentBytes: 4096, paceMs: 20 });

/** A disk that says no, and then a loss of power. */
export const badDisks: Profile = (drawn) =>
  over(crashes(drawn), {
    faults: often(['sync-error', 'write-error', 'power-loss', 'power-loss-all'], { everyMs: 800, lastsMs: 400 }),
  });

/** Leaders that do not notice that they are none any more, and clients that ask them. */
export const deposed: Profile = (drawn) =>
  over(drawn, {
    members: 3 + (drawn.seed % 2) * 2,
    rateSpread: 0.02,
    faults: often(['leader-alone', 'pause-leader', 'halves'], { everyMs: 3000, lastsMs: 2500 }),
    operations: {},
    clients: 5,
    keys: 1,
    paceMs: 30,
    mix: { put: 4, get: 8, txn: 0, delete: 0, compact: 0, past: 0 },
    stormMs: 25_000,
  });

/** The same, with leases as long as an election. */
export const longLeases: Profile = (drawn) =>
  over(deposed(drawn), { node: { leaseMs: drawn.node.electionMs * 1.5, checkQuorum: false } });

/** Leaderships that are handed over, with messages that arrive late. */
export const transfers: Profile = (drawn) =>
  over(longLeases(drawn), {
    faults: often(['late-messages', 'leader-alone'], { everyMs: 1500, lastsMs: 1500 }),
    operations: operator(['transfer'], 800),
  });

/** Packets that are lost, doubled, late and out of order, under leaders that change. */
export const badWeather: Profile = (drawn) =>
  over(elections(drawn), {
    faults: often(['bad-weather', 'late-messages', 'kill-leader', 'leader-alone']),
    network: { delayMs: [0.2, 60], lossRate: 0.05, duplicateRate: 0.1, reorder: true },
    node: { messageBytesMax: 200 },
  });

/** Members that are away until only a snapshot brings them back. */
export const snapshots: Profile = (drawn) =>
  over(drawn, {
    members: 3,
    node: { snapshotCount: 5, logTailEntries: 0 },
    segmentBytes: 4096,
    faults: often(['leader-alone', 'halves', 'kill', 'crash-inside'], { everyMs: 1500, lastsMs: 1500 }),
    operations: {},
    network: { snapshotBytesPerSecond: 1024 * 1024 },
    clients: 4,
    paceMs: 25,
    mix: { put: 8, get: 3, txn: 3, delete: 1, compact: 0, past: 2 },
    stormMs: 20_000,
  });

/** The same, while the operator adds and removes. */
export const changingSnapshots: Profile = (drawn) =>
  over(snapshots(drawn), { operations: operator(['add-learner', 'promote', 'add-voter', 'remove'], 1500) });

/** A voter with more learners than snapshots may be sent at a time. */
export const manyLearners: Profile = (drawn) =>
  over(snapshots(drawn), {
    members: 1,
    maxLearners: 4,
    node: { snapshotTransfersMax: 1, asyncStorage: false },
    syncMsMax: 20,
    operations: operator(['add-learner'], 1000),
  });

/** Members come and go while leaders change. */
export const membership: Profile = (drawn) =>
  over(drawn, {
    members: 2 + (drawn.seed % 3),
    faults: often(['leader-alone', 'kill-leader', 'halves'], { everyMs: 2000, lastsMs: 1500 }),
    operations: operator(['add-voter', 'add-learner', 'promote', 'remove', 'transfer'], 1200),
    clients: 3,
    paceMs: 60,
    stormMs: 30_000,
  });

/** The same, with appliers that are far behind. */
export const slowMembership: Profile = (drawn) =>
  over(membership(drawn), {
    faults: often(['leader-alone', 'kill-leader', 'slow-apply', 'halves'], { everyMs: 1500, lastsMs: 2000 }),
  });

/** The log writes and the applier applies beside the loop. */
export const beside =
  (profile: Profile): Profile =>
  (drawn) =>
    over(profile(drawn), { node: { asyncStorage: true } });

/** One thing after the other. */
export const inOrder =
  (profile: Profile): Profile =>
  (drawn) =>
    over(profile(drawn), { node: { asyncStorage: false } });

/** A cluster of one, which has nobody to ask. */
export const alone =
  (profile: Profile): Profile =>
  (drawn) =>
    over(profile(drawn), { members: 1, operations: {} });

/** Clients that hold leases, under leaders that come and go. */
export const leases: Profile = (drawn) =>
  over(elections(drawn), {
    rateSpread: 0.02,
    leaseHolders: 5,
    clients: 1,
    paceMs: 400,
    faults: often(['kill-leader', 'leader-alone', 'reset'], { everyMs: 4000, lastsMs: 1500 }),
  });

/** The same, under leaders that do not notice for long that they are none any more. */
export const leasesUnderDeposed: Profile = (drawn) =>
  over(leases(drawn), {
    node: { leaseMs: drawn.node.electionMs * 0.5, checkQuorum: false },
    faults: often(['leader-alone', 'pause-leader'], { everyMs: 5000, lastsMs: 4000 }),
    stormMs: 30_000,
  });

/** The same, with members that are away until only a snapshot brings them back. */
export const leasesWithSnapshots: Profile = (drawn) => over(snapshots(drawn), { rateSpread: 0.02, leaseHolders: 5 });

/** Clients that watch, slowly and here and there, under writes and compactions. */
export const watchers: Profile = (drawn) =>
  over(drawn, {
    faults: often(['kill', 'reset', 'pause'], { everyMs: 2000, lastsMs: 500 }),
    operations: {},
    clients: 4,
    paceMs: 20,
    mix: { put: 8, get: 1, txn: 2, delete: 1, compact: 0.3, past: 0 },
    stormMs: 15_000,
    watchers: 6,
    responseQueueBytes: 1,
    watchLimits: { ...drawn.watchLimits, recentEvents: 3, pageRows: 5, sliceRows: 1 },
  });

/** The same, with word of the progress all the time, and none of the latest events in memory. */
export const notified: Profile = (drawn) =>
  over(watchers(drawn), {
    watchProgressMs: 3,
    responseQueueBytes: 1000,
    watchLimits: { ...drawn.watchLimits, liveChanges: 1, recentEvents: 0, pageRows: 1, sliceRows: 1 },
  });

/** The same, at members that are away until only a snapshot brings them back. */
export const awayWatchers: Profile = (drawn) =>
  over(snapshots(drawn), {
    faults: often(['leader-alone', 'halves'], { everyMs: 1500, lastsMs: 1500 }),
    watchers: 6,
  });
