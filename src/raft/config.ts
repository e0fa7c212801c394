import { silentLogger } from '../util/logger.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import type { Storage } from './storage.js';
import type { NodeId } from './types.js';

const MEBIBYTE = 1024 * 1024;

/** Options of a node. Sizes are in bytes; Infinity means no bound. */
export interface Config {
  /** This member: an integer in [1, 2^53−1]. */
  readonly id: NodeId;
  /** The durable log, with what it held when the node stopped. */
  readonly storage: Storage;
  /** The source of election timeouts. Members must not share a seed, or they time out in step. */
  readonly random: Random;
  /**
   * The least election timeout T, in ticks, above `heartbeatTicks`; each election draws from [T, 2T−1]
   * (paper, section 5.2). Ten heartbeats is a good start. Default 10.
   */
  readonly electionTicks?: number;
  /** The leader's heartbeat interval, in ticks, at least 1. Default 1. */
  readonly heartbeatTicks?: number;
  /**
   * The last index that the state machine has applied, so that a restart does not hand it over again. Default 0: all
   * that the storage holds is handed over.
   */
  readonly applied?: number;
  /** Ask before an election whether it could be won, so that a rejoining member disturbs nobody (thesis, 9.6). Default true. */
  readonly preVote?: boolean;
  /** A leader that hears no quorum steps down, and followers that hear a leader grant no vote (thesis, 6.2 and 4.2.3). Default true. */
  readonly checkQuorum?: boolean;
  /** The largest append, in bytes; a larger entry travels alone. 0 means one entry a message. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  /** Appends under way to one follower, at least 1. Default 256. */
  readonly maxInflightMessages?: number;
  /** Bytes under way to one follower, at least `maxMessageBytes`. Default Infinity. */
  readonly maxInflightBytes?: number;
  /** Bytes that a leader has appended and not committed; proposals beyond are dropped, but one is always let in. Default 64 MiB. */
  readonly maxUncommittedBytes?: number;
  /**
   * The bytes of one Ready's committed entries, and of all that were handed over and not yet reported as applied; at
   * least one entry is always handed over. Default 16 MiB.
   */
  readonly maxCommittedBytesPerReady?: number;
  /** Reads that wait for a leader's confirmation; more are dropped. Default 65,536. */
  readonly maxPendingReads?: number;
  /** A follower drops proposals in place of sending them to the leader. Default false. */
  readonly disableProposalForwarding?: boolean;
  /**
   * True: `advance` also reports the Ready's committed entries as applied. False: the embedder calls `appliedTo` as its
   * applier progresses. Default true.
   */
  readonly applyOnAdvance?: boolean;
  /**
   * True: appending and applying run beside the core. A Ready then asks for them by messages to LOCAL_APPEND_THREAD and
   * LOCAL_APPLY_THREAD, `advance` is not called, and the next Ready need not wait (thesis, section 10.2). Default false.
   */
  readonly asyncStorageWrites?: boolean;
  /**
   * `safe`: a leader confirms with a quorum that it leads before a read (thesis, section 6.4). `lease-based`: it answers
   * at once, relying on `checkQuorum` and on ticks that pass at about the same rate everywhere, also in a process that was
   * stopped: an assumption that fails in practice (thesis, section 6.4.1). Default safe.
   */
  readonly readOnlyOption?: 'safe' | 'lease-based';
  /**
   * Takes configuration changes into the log whatever is pending. For embedders that check by themselves, at the time of
   * applying. Default false.
   */
  readonly disableConfChangeValidation?: boolean;
  /**
   * A leader that a change removes, or makes a learner, steps down once it applies that change; otherwise it leads on
   * until it is stopped. Default false.
   */
  readonly stepDownOnRemoval?: boolean;
  /** Default: silent. */
  readonly logger?: Logger;
}

/** A configuration with nothing left open. */
export type ResolvedConfig = Required<Config>;

/** Fills in the defaults. @throws RangeError for a value that cannot work */
export function resolveConfig(config: Config): ResolvedConfig {
  const resolved: ResolvedConfig = {
    id: config.id,
    storage: config.storage,
    random: config.random,
    electionTicks: config.electionTicks ?? 10,
    heartbeatTicks: config.heartbeatTicks ?? 1,
    applied: config.applied ?? 0,
    preVote: config.preVote ?? true,
    checkQuorum: config.checkQuorum ?? true,
    maxMessageBytes: config.maxMessageBytes ?? MEBIBYTE,
    maxInflightMessages: config.maxInflightMessages ?? 256,
    maxInflightBytes: config.maxInflightBytes ?? Infinity,
    maxUncommittedBytes: config.maxUncommittedBytes ?? 64 * MEBIBYTE,
    maxCommittedBytesPerReady: config.maxCommittedBytesPerReady ?? 16 * MEBIBYTE,
    maxPendingReads: config.maxPendingReads ?? 65_536,
    disableProposalForwarding: config.disableProposalForwarding ?? false,
    applyOnAdvance: config.applyOnAdvance ?? true,
    asyncStorageWrites: config.asyncStorageWrites ?? false,
    readOnlyOption: config.readOnlyOption ?? 'safe',
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
    logger: config.logger ?? silentLogger,
  };
  if (resolved.readOnlyOption === 'lease-based' && !resolved.checkQuorum) {
    throw new RangeError('readOnlyOption lease-based: only with checkQuorum');
  }
  requireInteger(resolved, 'id', 1);
  requireInteger(resolved, 'heartbeatTicks', 1);
  requireInteger(resolved, 'electionTicks', resolved.heartbeatTicks + 1);
  requireInteger(resolved, 'applied', 0);
  requireInteger(resolved, 'maxInflightMessages', 1);
  requireBound(resolved, 'maxMessageBytes', 0);
  // A window that cannot hold one full append would stall after it.
  requireBound(resolved, 'maxInflightBytes', Number.isFinite(resolved.maxMessageBytes) ? resolved.maxMessageBytes : 1);
  requireBound(resolved, 'maxUncommittedBytes', 1);
  requireBound(resolved, 'maxCommittedBytesPerReady', 1);
  requireBound(resolved, 'maxPendingReads', 1);
  return resolved;
}

type NumericOption = {
  [Name in keyof ResolvedConfig]: ResolvedConfig[Name] extends number ? Name : never;
}[keyof ResolvedConfig];

function requireInteger(config: ResolvedConfig, name: NumericOption, least: number): void {
  const value = config[name];
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${name} ${value}: an integer from ${least} up`);
}

function requireBound(config: ResolvedConfig, name: NumericOption, least: number): void {
  const value = config[name];
  if (!(value >= least)) throw new RangeError(`${name} ${value}: at least ${least}`);
}
