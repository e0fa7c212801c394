import type { Config } from '../raft/config.js';

/** How one Raft node behaves. Every bound says its unit, and what happens beyond it. */
export interface NodeConfig {
  /** One tick, and the leader's heartbeat interval, in ms (etcd's --heartbeat-interval). */
  readonly heartbeatMs: number;
  /** Without a word from a leader for one to two times this long, a follower campaigns; in ms (--election-timeout). */
  readonly electionMs: number;
  /** How long a quorum's answer lets a leader serve reads by itself, in ms. Failover waits it out. */
  readonly leaseMs: number;
  /** How far the rates of two members' monotonic clocks may differ, as a fraction, for level `default` to hold. */
  readonly clockDriftBound: number;
  /** Proposals that wait for the loop; one more is refused. */
  readonly proposalsMax: number;
  /** Bytes of proposals that wait for the loop; once so many do, the next one is refused. */
  readonly proposalBytesMax: number;
  /** Reads of one level that wait for an index; one more is refused. */
  readonly readsMax: number;
  /** Packets that wait for the loop; one more is dropped, which Raft tolerates. */
  readonly inboxPacketsMax: number;
  /** Bytes of entries and contexts in them; once there are so many, packets are dropped until the loop takes them. */
  readonly inboxBytesMax: number;
  /** Batches of committed entries that wait for the applier; beyond it the core keeps them. */
  readonly commitBatchesMax: number;
  /** The log is cut once it holds so many applied entries more than the tail (--snapshot-count). */
  readonly snapshotCount: number;
  /** Entries kept behind the cut, for followers that lag a little. */
  readonly logTailEntries: number;
  /** Snapshots that a leader sends at the same time; others wait. */
  readonly snapshotTransfersMax: number;
  /** Bytes of one append message. */
  readonly messageBytesMax: number;
  /** Append messages to one follower without an answer. */
  readonly inflightMessagesMax: number;
  /** The same in bytes. */
  readonly inflightBytesMax: number;
  /** Bytes of proposals that are not committed yet; beyond it they wait in proposeC. */
  readonly uncommittedBytesMax: number;
  /** Bytes of one batch of committed entries. */
  readonly commitBatchBytesMax: number;
  /** The log writes, and the applier applies, beside the loop, which goes on meanwhile (thesis, section 10.2). */
  readonly asyncStorage: boolean;
  readonly preVote: boolean;
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
  snapshotCount: 100_000,
  logTailEntries: 5_000,
  snapshotTransfersMax: 2,
  messageBytesMax: 1024 * 1024,
  inflightMessagesMax: 512,
  inflightBytesMax: 64 * 1024 * 1024,
  uncommittedBytesMax: 256 * 1024 * 1024,
  commitBatchBytesMax: 4 * 1024 * 1024,
  asyncStorage: false,
  preVote: true,
  checkQuorum: true,
};

/** What of it the core is told. */
export function coreConfig(config: NodeConfig): Omit<Config, 'id' | 'storage' | 'random'> {
  return {
    electionTicks: Math.max(2, Math.round(config.electionMs / config.heartbeatMs)),
    heartbeatTicks: 1,
    asyncStorageWrites: config.asyncStorage,
    preVote: config.preVote,
    checkQuorum: config.checkQuorum,
    maxMessageBytes: config.messageBytesMax,
    maxInflightMessages: config.inflightMessagesMax,
    maxInflightBytes: config.inflightBytesMax,
    maxUncommittedBytes: config.uncommittedBytesMax,
    maxCommittedBytesPerReady: config.commitBatchBytesMax,
  };
}
