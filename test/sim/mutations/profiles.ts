import { often, operator, over, type Profile } from './mutation.js';

/** Frequent changes of the leader, which lose uncommitted entries. */
export const elections: Profile = (drawn) =>
  over(drawn, {
    members: drawn.members < 3 ? 3 : drawn.members,
    faults: often(['kill-leader', 'leader-alone', 'halves', 'reset']),
    operations: {},
    paceMs: 50,
    clients: 4,
    stormMs: 20_000,
  });

/** Crashes of processes and machines in the middle of writes. */
export const crashes: Profile = (drawn) =>
  over(drawn, {
    faults: often(['kill', 'power-loss', 'power-loss-all', 'crash-inside'], { everyMs: 900, lastsMs: 300 }),
    operations: {},
    syncMsMax: 20,
    paceMs: 50,
    clients: 4,
    stormMs: 20_000,
  });

/** The same, with small files, so that there are many. */
export const smallFiles: Profile = (drawn) => over(crashes(drawn), { segmentBytes: 4096, paceMs: 20 });

/** Disk errors, followed by power loss. */
export const badDisks: Profile = (drawn) =>
  over(crashes(drawn), {
    faults: often(['sync-error', 'write-error', 'power-loss', 'power-loss-all'], { everyMs: 800, lastsMs: 400 }),
  });

/** Deposed leaders that do not notice it, with clients that still call them. */
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

/** Leadership transfers, with late messages. */
export const transfers: Profile = (drawn) =>
  over(longLeases(drawn), {
    faults: often(['late-messages', 'leader-alone'], { everyMs: 1500, lastsMs: 1500 }),
    operations: operator(['transfer'], 800),
  });

/** Lost, repeated, late and reordered packets, under changing leaders. */
export const badWeather: Profile = (drawn) =>
  over(elections(drawn), {
    faults: often(['bad-weather', 'late-messages', 'kill-leader', 'leader-alone']),
    network: { delayMs: [0.2, 60], lossRate: 0.05, duplicateRate: 0.1, reorder: true },
    node: { messageBytesMax: 200 },
  });

/** Members that are down until only a snapshot can bring them up to date. */
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

/** The same, while the operator adds and removes members. */
export const changingSnapshots: Profile = (drawn) =>
  over(snapshots(drawn), { operations: operator(['add-learner', 'promote', 'add-voter', 'remove'], 1500) });

/** A voter with more learners than concurrent snapshots. */
export const manyLearners: Profile = (drawn) =>
  over(snapshots(drawn), {
    members: 1,
    maxLearners: 4,
    node: { snapshotTransfersMax: 1, asyncStorage: false },
    syncMsMax: 20,
    operations: operator(['add-learner'], 1000),
  });

/** Membership changes under changing leaders. */
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

/** The loop waits for each write of the log. */
export const inOrder =
  (profile: Profile): Profile =>
  (drawn) =>
    over(profile(drawn), { node: { asyncStorage: false } });

/** A cluster of one. */
export const alone =
  (profile: Profile): Profile =>
  (drawn) =>
    over(profile(drawn), { members: 1, operations: {} });

/** Clients that hold leases, under changing leaders. */
export const leases: Profile = (drawn) =>
  over(elections(drawn), {
    rateSpread: 0.02,
    leaseHolders: 5,
    clients: 1,
    paceMs: 400,
    faults: often(['kill-leader', 'leader-alone', 'reset'], { everyMs: 4000, lastsMs: 1500 }),
  });

/** The same, under deposed leaders that take long to notice it. */
export const leasesUnderDeposed: Profile = (drawn) =>
  over(leases(drawn), {
    node: { leaseMs: drawn.node.electionMs * 0.5, checkQuorum: false },
    faults: often(['leader-alone', 'pause-leader'], { everyMs: 5000, lastsMs: 4000 }),
    stormMs: 30_000,
  });

/** The same, with members that are down until only a snapshot can bring them up to date. */
export const leasesWithSnapshots: Profile = (drawn) => over(snapshots(drawn), { rateSpread: 0.02, leaseHolders: 5 });

/** Slow watchers at changing members, under writes and compactions. */
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

/** The same, with frequent progress notifications, and no recent events in memory. */
export const notified: Profile = (drawn) =>
  over(watchers(drawn), {
    watchProgressMs: 3,
    responseQueueBytes: 1000,
    watchLimits: { ...drawn.watchLimits, liveChanges: 1, recentEvents: 0, pageRows: 1, sliceRows: 1 },
  });

/** The same, at members that are down until only a snapshot can bring them up to date. */
export const awayWatchers: Profile = (drawn) =>
  over(snapshots(drawn), {
    faults: often(['leader-alone', 'halves'], { everyMs: 1500, lastsMs: 1500 }),
    watchers: 6,
  });

const BUSY_USERS = { users: 4, clients: 1, leaseHolders: 0, watchers: 0, paceMs: 40, stormMs: 15_000 } as const;

/** Users whose permissions change all the time, under changing leaders. */
export const users: Profile = (drawn) =>
  over(drawn, {
    ...BUSY_USERS,
    members: 3,
    faults: often(['kill-leader', 'leader-alone', 'reset'], { everyMs: 3000, lastsMs: 1000 }),
    operations: {},
    auth: { changeMs: 150, tokenTtlMs: 300_000, passwordMsMax: 200, leaseShare: 0 },
  });

/** Users who attach keys to each other's leases, without faults. Permissions last for a while: most are needed at once. */
export const usersWithLeases: Profile = (drawn) =>
  over(users(drawn), {
    faults: {},
    paceMs: 20,
    auth: { changeMs: 600, tokenTtlMs: 300_000, passwordMsMax: 0, leaseShare: 0.8 },
  });

/** Users, with members that are down until only a snapshot can bring them up to date. */
export const usersWithSnapshots: Profile = (drawn) =>
  over(snapshots(drawn), {
    ...BUSY_USERS,
    auth: { changeMs: 150, tokenTtlMs: 300_000, passwordMsMax: 0, leaseShare: 0 },
  });

/**
 * The same, at members that are cut off long enough for many changes, and keep their tokens: they do not die. Calls end soon,
 * so that root does not wait for a member that is cut off, and goes on at others.
 */
export const usersAway: Profile = (drawn) =>
  over(usersWithSnapshots(drawn), {
    requestMs: 300,
    faults: often(['leader-alone', 'halves'], { everyMs: 1500, lastsMs: 3000 }),
    auth: { changeMs: 50, tokenTtlMs: 300_000, passwordMsMax: 0, leaseShare: 0 },
  });

/** Users, with members that are cut off, and answer from what they know. */
export const usersAtLaggards: Profile = (drawn) =>
  over(users(drawn), { faults: often(['halves', 'leader-alone', 'pause'], { everyMs: 1500, lastsMs: 1500 }) });

/** Clients with caches, whose watches and rounds meet members that lag. */
export const caches: Profile = (drawn) =>
  over(drawn, {
    members: 3 + (drawn.seed % 2) * 2,
    faults: often(['leader-alone', 'halves', 'kill', 'slow-apply'], { everyMs: 2000, lastsMs: 1500 }),
    operations: {},
    users: 0,
    caches: 3,
    clients: 4,
    keys: 2,
    paceMs: 30,
    mix: { put: 8, get: 2, txn: 0, delete: 3, compact: 0, past: 0 },
    stormMs: 20_000,
  });

/** Clients that write, query, build and drop indexes, under changing leaders and members that lag. */
export const indexes: Profile = (drawn) =>
  over(drawn, {
    members: 3,
    faults: often(['kill-leader', 'leader-alone', 'halves', 'slow-apply'], { everyMs: 2000, lastsMs: 1000 }),
    operations: {},
    users: 0,
    indexClients: 6,
    indexSliceKeys: 1 + (drawn.seed % 3),
    clients: 1,
    paceMs: 25,
    stormMs: 15_000,
  });
