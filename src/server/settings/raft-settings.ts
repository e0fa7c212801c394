import { boolean, integer } from './kinds.js';

/** Timing and elections. */
export const RAFT_SETTINGS = {
  /** Time between two heartbeats of a leader, in ms. */
  heartbeatIntervalMs: integer({
    flag: 'heartbeat-interval',
    group: 'Raft',
    unit: 'ms',
    default: 100,
    min: 1,
    max: 60_000,
    help: 'time between two heartbeats of a leader',
  }),
  /** Time without a leader before an election, in ms; at least five heartbeat intervals. */
  electionTimeoutMs: integer({
    flag: 'election-timeout',
    group: 'Raft',
    unit: 'ms',
    default: 1000,
    min: 5,
    max: 50_000,
    help: 'time without a leader before an election, at least five heartbeat intervals',
  }),
  /** Time for which a leader answers default reads after one round to a quorum, in ms. */
  leaseMs: integer({
    flag: 'lease',
    group: 'Raft',
    unit: 'ms',
    default: 100,
    min: 0,
    max: 60_000,
    help: 'time for which a leader serves default reads after one answer of a quorum',
  }),
  preVote: boolean({
    flag: 'pre-vote',
    group: 'Raft',
    default: true,
    help: 'ask before an election whether it could be won',
  }),
  strictReconfigCheck: boolean({
    flag: 'strict-reconfig-check',
    group: 'Raft',
    default: true,
    help: 'refuse membership changes that could cost the quorum',
  }),
  /** Learners that the cluster may have at a time. */
  maxLearners: integer({
    flag: 'max-learners',
    aliases: ['experimental-max-learners'],
    group: 'Raft',
    default: 1,
    min: 1,
    max: 64,
    help: 'largest number of learners',
  }),
};
