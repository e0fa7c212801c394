import { DEFAULT_NODE_CONFIG, type NodeConfig } from '../../src/node/config.js';
import type { WatchLimits } from '../../src/kv/watch/limits.js';
import { randomInteger, seededRandom, type Random } from '../../src/util/random.js';
import type { VirtualTable } from '../support/virtual-member.js';

/** Kinds of faults. Each is on or off in a run, at a rate of its own. */
export const FAULT_KINDS = [
  'halves',
  'leader-alone',
  'one-way',
  'bridge',
  'ring',
  'flapping',
  'clog',
  'reset',
  'bad-weather',
  'late-messages',
  'kill',
  'kill-leader',
  'power-loss',
  'power-loss-all',
  'crash-inside',
  'pause',
  'pause-leader',
  'slow-sync',
  'slow-apply',
  'read-error',
  'write-error',
  'sync-error',
  'no-space',
  'bit-rot',
  'clock-jump',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Actions of the operator. */
export const OPERATION_KINDS = [
  'add-voter',
  'add-jointly',
  'add-learner',
  'promote',
  'remove',
  'replace',
  'transfer',
  'restart',
] as const;

export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Mean interval between the beginnings of a fault, and its mean duration, in virtual ms. */
export interface Pace {
  readonly everyMs: number;
  readonly lastsMs: number;
}

/** Weights of a client's calls. */
export interface CallMix {
  readonly put: number;
  readonly get: number;
  readonly txn: number;
  readonly delete: number;
  readonly compact: number;
  /** Reads at a revision seen before. */
  readonly past: number;
}

/** The options of a run. The same options and code give the same run. */
export interface SimOptions {
  readonly seed: number;
  /** Initial voters, 1 to 7. */
  readonly members: number;
  readonly node: NodeConfig;
  /** Longest wait of a call at the member, in ms of its clock. */
  readonly requestMs: number;
  readonly segmentBytes: number;
  /** Largest log write in the turn of its caller, in bytes; 0: none. */
  readonly inTurnBytesMax: number;
  /** The longest sync of a healthy disk, in ms. */
  readonly syncMsMax: number;
  /** The longest wait of a batch of a healthy engine, in ms. */
  readonly batchMsMax: number;
  /** The table in front of each engine; undefined for none. */
  readonly table: VirtualTable | undefined;
  /** Clocks run at rates between 1 − this and 1 + this. */
  readonly rateSpread: number;
  readonly network: {
    readonly delayMs: readonly [low: number, high: number];
    readonly lossRate: number;
    readonly duplicateRate: number;
    readonly reorder: boolean;
    readonly snapshotBytesPerSecond: number;
  };
  readonly clients: number;
  /** Whether they send writes in sessions, and again until they are answered. */
  readonly sessions: boolean;
  readonly keys: number;
  /** Mean interval between two calls of one client, in ms. */
  readonly paceMs: number;
  readonly mix: CallMix;
  /** Duration of the faults, in ms; afterwards everything is healed. */
  readonly stormMs: number;
  readonly faults: Readonly<Partial<Record<FaultKind, Pace>>>;
  readonly operations: Readonly<Partial<Record<OperationKind, number>>>;
  /** Learners at a time. */
  readonly maxLearners: number;
  /** Clients that hold leases. */
  readonly leaseHolders: number;
  /** Clients that watch. */
  readonly watchers: number;
  /** Clients that read through caches. None with users. */
  readonly caches: number;
  /** Workers of a change feed. */
  readonly feedWorkers: number;
  /** Clients that write documents and query indexes of them. None with users. */
  readonly indexClients: number;
  /** Keys that one step of building an index adds. */
  readonly indexSliceKeys: number;
  /** Bounds of the members' watches, small enough that each is reached. */
  readonly watchLimits: WatchLimits;
  /** Bytes that may wait on one watch stream. */
  readonly responseQueueBytes: number;
  /** Interval of progress notifications on an idle watch, in ms of the member's clock. */
  readonly watchProgressMs: number;
  /** Clients with users, at most four. Without any, there is no authentication in a run. */
  readonly users: number;
  readonly auth: {
    /** Mean interval between two changes of users or permissions, in ms. */
    readonly changeMs: number;
    /** See VirtualAuth. */
    readonly tokenTtlMs: number;
    readonly passwordMsMax: number;
    /** The part of the calls of users that are about leases alone, 0 to 1; the other calls are too, now and then. */
    readonly leaseShare: number;
  };
}

/**
 * Swarm testing (Groce and others, 2012): each seed omits most kinds of fault and exaggerates others, because together
 * they would mask each other's bugs. Times are scaled with the election timeout.
 */
export function drawOptions(seed: number): SimOptions {
  const random = seededRandom(seed * 7919 + 17);
  const members = pick(random, [1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7]);
  const logFlushBytes = pick(seededRandom(seed * 6007 + 71), [0, 0, 30_000, 256 * 1024 * 1024]);
  const node = { ...drawNode(random), logFlushBytes };
  const scale = node.electionMs / 1000;
  return {
    seed,
    members,
    node,
    requestMs: pick(random, [500, 1500, 3000]) * scale,
    segmentBytes: pick(random, [4096, 8192, 16_384, 65_536]),
    inTurnBytesMax: pick(seededRandom(seed * 7919 + 31), [0, 300, 16 * 1024]),
    syncMsMax: pick(random, [0, 1, 4, 20]),
    batchMsMax: pick(random, [0, 0, 1, 10, 50]),
    table: drawTable(seededRandom(seed * 4241 + 53)),
    rateSpread: pick(random, [0, 0.02, 0.045, 0.045, 0.2]),
    network: {
      delayMs: pick(random, [
        [0.2, 2],
        [0.2, 2],
        [1, 20],
        [0.2, 60],
      ] as const),
      lossRate: pick(random, [0, 0, 0, 0.01, 0.1]),
      duplicateRate: pick(random, [0, 0, 0, 0.02, 0.1]),
      reorder: random.next() < 0.7,
      snapshotBytesPerSecond: pick(random, [2000, 20_000, 1024 * 1024]),
    },
    clients: randomInteger(random, 1, 6),
    sessions: pick(seededRandom(seed * 6599 + 67), [false, true]),
    keys: randomInteger(random, 1, 6),
    paceMs: pick(random, [100, 200, 400, 800]) * scale,
    mix: {
      put: randomInteger(random, 1, 10),
      get: randomInteger(random, 1, 10),
      txn: randomInteger(random, 0, 5),
      delete: pick(random, [0, 0, 1, 3]),
      compact: pick(random, [0, 0, 1]),
      past: pick(random, [0, 0, 1]),
    },
    stormMs: pick(random, [10_000, 20_000, 30_000]) * scale,
    faults: drawFaults(random, scale),
    operations: drawOperations(random, scale),
    maxLearners: pick(random, [1, 1, 2, 4]),
    leaseHolders: pick(seededRandom(seed * 6271 + 29), [0, 0, 1, 2, 4]),
    watchers: pick(random, [0, 1, 2, 3, 5]),
    caches: pick(seededRandom(seed * 6661 + 37), [0, 0, 1, 2]),
    watchLimits: {
      liveChanges: pick(random, [1, 4, 1000]),
      recentEvents: pick(random, [0, 3, 20, 1000]),
      recentBytes: 1024 * 1024,
      pageRows: pick(random, [1, 5, 1000]),
      pageBytes: 1024 * 1024,
      sliceRows: pick(random, [1, 3, 256]),
      ...drawWatchWork(seededRandom(seed * 6143 + 53)),
    },
    responseQueueBytes: pick(random, [1, 1000, 512 * 1024]),
    watchProgressMs: pick(random, [20, 200, 5000]) * scale,
    ...drawUsers(seededRandom(seed * 5923 + 43), scale),
    feedWorkers: pick(seededRandom(seed * 6389 + 61), [0, 0, 1, 2, 3]),
    indexClients: pick(seededRandom(seed * 6833 + 73), [0, 0, 0, 1, 2, 4]),
    indexSliceKeys: pick(seededRandom(seed * 6911 + 79), [1, 2, 3, 512]),
  };
}

function drawUsers(random: Random, scale: number): Pick<SimOptions, 'users' | 'auth'> {
  return {
    users: pick(random, [0, 0, 0, 0, 1, 2, 4]),
    auth: {
      changeMs: pick(random, [100, 400, 1500]) * scale,
      // Longer than a read takes on a slow network: its token is checked again when it is answered.
      tokenTtlMs: pick(random, [800, 3000, 300_000]) * scale,
      passwordMsMax: pick(random, [0, 50, 500]),
      leaseShare: pick(random, [0, 0, 0.5]),
    },
  };
}

/** So small that flushes, switches of generations, batches that wait and batches that go past the table are frequent. */
function drawTable(random: Random): VirtualTable | undefined {
  if (random.next() < 0.2) return undefined;
  return {
    sizes: {
      bytesMax: pick(random, [32 * 1024, 1024 * 1024]),
      generation: { rows: pick(random, [3, 20, 1000]), bytes: 16 * 1024 },
      batch: { rows: pick(random, [5, 20, 1000]), bytes: 16 * 1024 },
      slabBytes: 4096,
      flushRows: pick(random, [1, 10, 100]),
    },
    flushMsMax: pick(random, [0, 5, 50, 500]),
  };
}

function drawNode(random: Random): NodeConfig {
  const heartbeatMs = pick(random, [100, 100, 200, 500]);
  const electionMs = heartbeatMs * pick(random, [5, 10, 10, 10]);
  return {
    ...DEFAULT_NODE_CONFIG,
    heartbeatMs,
    electionMs,
    leaseMs: electionMs * pick(random, [0.1, 0.1, 0.5, 0.9, 1.5]),
    snapshotCount: pick(random, [5, 5, 10, 20, 50, 100]),
    logTailEntries: pick(random, [0, 1, 5, 20, 50]),
    messageBytesMax: pick(random, [200, 1000, 1024 * 1024]),
    inflightMessagesMax: pick(random, [1, 2, 8, 512]),
    inflightBytesMax: pick(random, [1024 * 1024, 64 * 1024 * 1024]),
    uncommittedBytesMax: pick(random, [2000, 256 * 1024 * 1024]),
    commitBatchBytesMax: pick(random, [200, 1000, 4 * 1024 * 1024]),
    commitBatchesMax: pick(random, [1, 2, 16]),
    snapshotTransfersMax: pick(random, [1, 2, 2]),
    asyncStorage: random.next() < 0.5,
    preVote: random.next() < 0.8,
    checkQuorum: random.next() < 0.8,
  };
}

function drawFaults(random: Random, scale: number): Partial<Record<FaultKind, Pace>> {
  const count = pick(random, [0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8]);
  const faults: Partial<Record<FaultKind, Pace>> = {};
  for (let drawn = 0; drawn < count; drawn++) {
    faults[pick(random, FAULT_KINDS)] = {
      everyMs: Math.round(scale * logUniform(random, 700, 12_000)),
      lastsMs: Math.round(scale * logUniform(random, 50, 5000)),
    };
  }
  return faults;
}

function drawOperations(random: Random, scale: number): Partial<Record<OperationKind, number>> {
  const operations: Partial<Record<OperationKind, number>> = {};
  for (let drawn = pick(random, [0, 0, 0, 1, 2, 3, 5]); drawn > 0; drawn--) {
    operations[pick(random, OPERATION_KINDS)] = Math.round(scale * logUniform(random, 1000, 12_000));
  }
  return operations;
}

export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[randomInteger(random, 0, values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}

/** A value with a uniformly distributed logarithm. */
function logUniform(random: Random, low: number, high: number): number {
  return low * (high / low) ** random.next();
}

/** Bounds on what watches cost in one turn. */
function drawWatchWork(
  random: Random,
): Pick<WatchLimits, 'liveMatches' | 'pageWatchers' | 'pageMatches' | 'fallingWatchers'> {
  return {
    liveMatches: pick(random, [1, 3, 8192]),
    pageWatchers: pick(random, [1, 2, 512]),
    pageMatches: pick(random, [1, 10, 16_384]),
    fallingWatchers: pick(random, [1, 2, 4096]),
  };
}
