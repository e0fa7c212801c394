import { silentLogger } from '../util/logger.js';
import type { Logger } from '../util/logger.js';
import type { Random } from '../util/random.js';
import type { Storage } from './storage.js';
import type { Entry, NodeId } from './types.js';

const MEBIBYTE = 1024 * 1024;

/** Options of a node. Sizes are in bytes. Infinity means no bound. */
export interface Config {
  /** This member: an integer in [1, 2^53−1]. */
  readonly id: NodeId;
  /** The durable log, as the node left it when it stopped. */
  readonly storage: Storage;
  /** The source of election timeouts. Members must not share a seed, or they time out in step. */
  readonly random: Random;
  /**
   * The minimal election timeout T, in ticks, greater than `heartbeatTicks`. Each election draws from [T, 2T−1] (paper,
   * section 5.2). Ten heartbeats is a good start. Default 10.
   */
  readonly electionTicks?: number;
  /** The leader's heartbeat interval, in ticks, at least 1. Default 1. */
  readonly heartbeatTicks?: number;
  /**
   * The last index that the state machine has applied; a restart does not hand out entries up to it again. Default 0: all
   * committed entries in the storage are handed out.
   */
  readonly applied?: number;
  /** Run a pre-vote before each election, so that a rejoining member does not disturb the leader (thesis, 9.6). Default true. */
  readonly preVote?: boolean;
  /** A leader that hears from no quorum steps down, and followers that hear a leader grant no vote (thesis, 6.2 and 4.2.3). Default true. */
  readonly checkQuorum?: boolean;
  /** Size of an append, in bytes; a larger entry travels alone. 0 means one entry per message. Default 1 MiB. */
  readonly maxMessageBytes?: number;
  /** Unanswered appends to one follower, at least 1. Default 256. */
  readonly maxInflightMessages?: number;
  /** Unanswered bytes to one follower, at least `maxMessageBytes`. Default Infinity. */
  readonly maxInflightBytes?: number;
  /** Uncommitted bytes of a leader. Proposals beyond are dropped, but one is always accepted. Default 64 MiB. */
  readonly maxUncommittedBytes?: number;
  /**
   * Bytes of one Ready's committed entries, and of all entries handed out and not yet reported as applied. At least one
   * entry is always handed out. Default 16 MiB.
   */
  readonly maxCommittedBytesPerReady?: number;
  /** Reads that wait for a leader's confirmation; further ones are dropped. Default 65,536. */
  readonly maxPendingReads?: number;
  /** A follower drops proposals instead of forwarding them to the leader. Default false. */
  readonly disableProposalForwarding?: boolean;
  /**
   * True: `advance` also reports the Ready's committed entries as applied. False: the embedder calls `appliedTo` as its
   * applier progresses. Default true.
   */
  readonly applyOnAdvance?: boolean;
  /**
   * True: appending and applying run concurrently with the core. A Ready then requests them by messages to
   * LOCAL_APPEND_THREAD and LOCAL_APPLY_THREAD, `advance` is not called, and the next Ready need not wait (thesis, section
   * 10.2). Default false.
   */
  readonly asyncStorageWrites?: boolean;
  /**
   * Whether a Ready's committed entries may include entries that the same Ready asks to write, which the embedder then
   * applies after the write. False: all of them are durable on this node, and may be applied at once. Default: false with
   * `asyncStorageWrites`, which does not allow it, otherwise true.
   */
  readonly applyUnstable?: boolean;
  /**
   * `safe`: a leader confirms its leadership with a quorum before a read (thesis, section 6.4). `lease-based`: it answers
   * at once. That relies on `checkQuorum`, and on ticks that pass at the same rate on all nodes, even while a process is
   * stopped; in practice they do not (thesis, section 6.4.1). Default safe.
   */
  readonly readOnlyOption?: 'safe' | 'lease-based';
  /**
   * Appends configuration changes even if one is pending. For embedders that check when they apply. Default false.
   */
  readonly disableConfChangeValidation?: boolean;
  /**
   * A leader that is removed or demoted steps down when it applies that change. Otherwise it leads until it is stopped.
   * Default false.
   */
  readonly stepDownOnRemoval?: boolean;
  /**
   * Whether the state machine can apply an entry. Entries from other nodes that it cannot apply are refused before they
   * reach the log. A pure function of the entry. Default: all entries pass.
   */
  readonly canApply?: (entry: Entry) => boolean;
  /**
   * Called once for each entry that this node appends as a leader: returns the same entry, for example in a class that
   * carries its encoded form. Default: the entry itself.
   */
  readonly makeEntry?: (entry: Entry) => Entry;
  /** Default: silent. */
  readonly logger?: Logger;
}

const ANY_ENTRY = (): boolean => true;
const AS_IT_IS = (entry: Entry): Entry => entry;

/** A configuration with all defaults filled in. */
export type ResolvedConfig = Required<Config>;

/** Fills in the defaults. @throws RangeError on an invalid value */
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
    applyUnstable: config.applyUnstable ?? config.asyncStorageWrites !== true,
    readOnlyOption: config.readOnlyOption ?? 'safe',
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
    canApply: config.canApply ?? ANY_ENTRY,
    makeEntry: config.makeEntry ?? AS_IT_IS,
    logger: config.logger ?? silentLogger,
  };
  if (resolved.applyUnstable && resolved.asyncStorageWrites) {
    throw new RangeError('applyUnstable: not with asyncStorageWrites');
  }
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
