import type { Config } from '../raft/config.js';

/** Settings of one Raft node. Each bound states its unit and what happens beyond it. */
export interface NodeConfig {
  /** Length of a tick, and the leader's heartbeat interval, in ms (etcd's --heartbeat-interval). */
  readonly heartbeatMs: number;
  /**
   * A follower campaigns after one to two times this long without a message from a leader, in ms (--election-timeout).
   */
  readonly electionMs: number;
  /** Time for which answers of a quorum let a leader serve reads alone, in ms. Failover waits for its end. */
  readonly leaseMs: number;
  /**
   * Bound on the difference between the rates of two members' monotonic clocks, as a fraction. Level `default` relies
   * on it.
   */
  readonly clockDriftBound: number;
  /** Proposals in proposeC; further ones are refused. */
  readonly proposalsMax: number;
  /** Bytes of proposals in proposeC; once exceeded, further ones are refused. */
  readonly proposalBytesMax: number;
  /** Waiting reads of one level; further ones are refused. */
  readonly readsMax: number;
  /** Packets that wait for the Ready loop; further ones are dropped, which Raft tolerates. */
  readonly inboxPacketsMax: number;
  /** Bytes of entries and contexts in these packets; once exceeded, packets are dropped until the loop takes them. */
  readonly inboxBytesMax: number;
  /** Batches of committed entries in commitC; the core keeps further ones. */
  readonly commitBatchesMax: number;
  /** Applied entries beyond the tail at which the log is cut (--snapshot-count). */
  readonly snapshotCount: number;
  /**
   * Size of the log, in bytes, above which it is cut, however few its entries are, to a tail of half the size, and the engine
   * is made to flush for that. Below it the log is cut up to what the engine has flushed by itself. 0: the engine is flushed
   * for each cut, and the size of the log does not matter.
   */
  readonly logFlushBytes: number;
  /** Entries kept when the log is cut, for followers that lag a little. */
  readonly logTailEntries: number;
  /** Snapshots sent at the same time; others wait. */
  readonly snapshotTransfersMax: number;
  /** Bytes of entries in one append message. */
  readonly messageBytesMax: number;
  /** Append messages to one follower without an answer. */
  readonly inflightMessagesMax: number;
  /** Bytes of entries in these messages. */
  readonly inflightBytesMax: number;
  /** Bytes of uncommitted proposals in the core; further ones wait in proposeC. */
  readonly uncommittedBytesMax: number;
  /** Bytes of one batch of committed entries. */
  readonly commitBatchBytesMax: number;
  /** Whether the Ready loop continues while the log writes and entries are applied (thesis, section 10.2). */
  readonly asyncStorage: boolean;
  /**
   * How long the Ready loop stays awake for the next step of a read, in ms: see loop/linger.ts. A member that serves few
   * reads pays that much processor time for each. 0: it sleeps at once.
   */
  readonly readLingerMs: number;
  /** Whether a node asks for pre-votes before it raises its term (thesis, section 9.6). */
  readonly preVote: boolean;
  /** Whether a leader steps down if no quorum answers within an election timeout (thesis, section 6.2). */
  readonly checkQuorum: boolean;
}

export const DEFAULT_NODE_CONFIG: NodeConfig = {
  heartbeatMs: 100,
  electionMs: 1000,
  leaseMs: 100,
  clockDriftBound: 0.1,
  proposalsMax: 16_384,
  proposalBytesMax: 256 * 1024 * 1024,
  readsMax: 65_536,
  inboxPacketsMax: 8192,
  inboxBytesMax: 256 * 1024 * 1024,
  commitBatchesMax: 16,
  snapshotCount: 10_000,
  logFlushBytes: 128 * 1024 * 1024,
  logTailEntries: 5_000,
  snapshotTransfersMax: 2,
  messageBytesMax: 1024 * 1024,
  inflightMessagesMax: 512,
  inflightBytesMax: 64 * 1024 * 1024,
  uncommittedBytesMax: 256 * 1024 * 1024,
  commitBatchBytesMax: 4 * 1024 * 1024,
  asyncStorage: false,
  readLingerMs: 0,
  preVote: true,
  checkQuorum: true,
};

/** The settings of the core. */
export function coreConfig(config: NodeConfig): Omit<Config, 'id' | 'storage' | 'random'> {
  return {
    electionTicks: Math.max(2, Math.round(config.electionMs / config.heartbeatMs)),
    heartbeatTicks: 1,
    asyncStorageWrites: config.asyncStorage,
    // Entries are applied only once they are durable here, even if a quorum of others holds them: a start could not open
    // a state that is ahead of its log.
    applyUnstable: false,
    preVote: config.preVote,
    checkQuorum: config.checkQuorum,
    maxMessageBytes: config.messageBytesMax,
    maxInflightMessages: config.inflightMessagesMax,
    maxInflightBytes: config.inflightBytesMax,
    maxUncommittedBytes: config.uncommittedBytesMax,
    maxCommittedBytesPerReady: config.commitBatchBytesMax,
  };
}
