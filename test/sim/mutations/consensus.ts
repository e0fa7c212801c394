import { patch, type Mutation } from './mutation.js';
import {
  alone,
  badWeather,
  beside,
  crashes,
  deposed,
  elections,
  inOrder,
  longLeases,
  membership,
  slowMembership,
  transfers,
} from './profiles.js';

/** Bugs in the core, and in the decisions of the node. */
export const CONSENSUS: readonly Mutation[] = [
  {
    name: 'commit-of-an-earlier-term',
    story: 'an entry of an earlier term is committed by counting copies (paper, section 5.4.2 and figure 8)',
    patches: [patch('src/raft/replication.ts', '  if (!raft.log.matches({ index, term: raft.term })) return false;\n')],
    profile: elections,
  },
  {
    name: 'vote-for-a-shorter-log',
    story: 'a voter does not compare logs (paper, section 5.4.1)',
    patches: [
      patch(
        'src/raft/election.ts',
        'if (canVoteFor(raft, message) && raft.log.isUpToDate(candidate)) {',
        'if (canVoteFor(raft, message)) {',
      ),
    ],
    profile: elections,
  },
  {
    name: 'two-votes-in-a-term',
    story: 'a running voter forgets its vote (paper, section 5.2)',
    patches: [
      patch(
        'src/raft/election.ts',
        '  if (raft.vote === NONE && raft.leader === NONE) return true;',
        '  if (raft.leader === NONE) return true;',
      ),
    ],
    profile: elections,
  },
  {
    name: 'half-is-a-majority',
    story: 'two halves of an even group both decide (paper, section 5.2)',
    patches: [
      patch(
        'src/raft/quorum/majority.ts',
        'return Math.floor(voters.length / 2) + 1;',
        'return Math.ceil(voters.length / 2);',
      ),
    ],
    profile: (drawn) => ({ ...elections(drawn), members: 4 }),
  },
  {
    name: 'learners-count',
    story: 'a learner counts towards what is committed (thesis, section 4.2.1)',
    patches: [
      patch(
        'src/raft/tracker/tracker.ts',
        'return jointCommitted(this.#voters, this.#matchOf);',
        'return jointCommitted({ incoming: [...this.#progress.keys()], outgoing: [] }, this.#matchOf);',
      ),
    ],
    profile: membership,
  },
  {
    name: 'vote-not-on-disk',
    story: 'a vote is given before it is durable, and again after a restart (paper, figure 2)',
    patches: [
      patch(
        'src/node/storage/sync-executor.ts',
        'hardState: ready.hardState, mustSync: ready.mustSync',
        'hardState: ready.hardState && { ...ready.hardState, vote: 0 }, mustSync: ready.mustSync',
      ),
    ],
    profile: inOrder(elections),
  },
  {
    name: 'vote-asked-for-before-its-own-is-on-disk',
    story: 'storage beside the loop: a candidate asks for votes before its own is durable',
    patches: [
      patch(
        'src/node/storage/async-executor.ts',
        "} else if (message.type === 'MsgVote') deferred.push(message);\n      else outward.push(message);",
        '} else outward.push(message);',
      ),
    ],
    profile: beside(elections),
  },
  {
    name: 'acknowledgement-before-the-write',
    story: 'storage beside the loop: a follower acknowledges entries that it has not written yet',
    patches: [
      patch(
        'src/node/storage/async-executor.ts',
        'this.#written = Promise.all([this.#written, appended]).then(() => this.#answer(after));',
        'this.#written = this.#written.then(() => this.#answer(after));',
      ),
    ],
    profile: beside(crashes),
  },
  {
    name: 'applied-before-it-is-written',
    story:
      'storage beside the loop: the applier gets entries that are not on this disk, so its state is ahead of its log',
    patches: [patch('src/raft/state.ts', 'applyUnstable: config.applyUnstable,', 'applyUnstable: true,')],
    profile: beside(crashes),
  },
  {
    name: 'leader-counts-itself-before-its-write',
    story: 'a leader counts its own copy of an entry before it is written (etcd 14370)',
    patches: [
      patch(
        'src/raft/replication.ts',
        "  raft.send({ type: 'MsgAppResp', to: raft.id, index });\n",
        '  raft.tracker.progress.get(raft.id)?.acknowledge(index);\n  maybeCommit(raft);\n',
      ),
    ],
    profile: alone(crashes),
  },
  {
    name: 'state-ahead-of-its-log',
    story: 'a follower applies entries before they are on its own disk, and cannot be opened again',
    patches: [patch('src/node/config.ts', 'applyUnstable: false,', 'applyUnstable: !config.asyncStorage,')],
    profile: (drawn) => ({ ...inOrder(crashes)(drawn), members: 3 }),
  },
  {
    name: 'heartbeat-commits-too-much',
    story: 'a heartbeat makes a follower commit entries that it may not have',
    patches: [
      patch(
        'src/raft/replication.ts',
        'const commit = Math.min(progress.match, raft.log.committed);',
        'const commit = raft.log.committed;',
      ),
    ],
    profile: elections,
  },
  {
    name: 'old-append-cuts-the-log',
    story: 'an append that arrives late cuts off newer entries that agree with it (paper, figure 2, AppendEntries 3)',
    patches: [
      patch(
        'src/raft/log.ts',
        'const differing = entries.findIndex((entry) => !this.matches(entry));',
        'const differing = entries.length > 0 && previous.index >= this.committed ? 0 : -1;',
      ),
    ],
    profile: badWeather,
  },
  {
    name: 'conflicting-suffix-stays',
    story: 'a follower takes entries without comparing the one before (paper, figure 2, AppendEntries 2)',
    patches: [
      patch(
        'src/raft/log.ts',
        'if (!this.matches(previous)) return undefined;',
        'if (previous.index > this.lastIndex) return undefined;',
      ),
    ],
    profile: elections,
  },
  {
    name: 'old-terms-are-heard',
    story: 'a message of an earlier term is taken for one of this term (paper, section 5.1)',
    patches: [
      patch('src/raft/raft.ts', 'if (message.term !== 0 && message.term < raft.term) {', 'if (message.term < 0) {'),
    ],
    profile: badWeather,
  },
  {
    name: 'silence-towards-an-old-leader',
    story: 'a member with a later term does not report it to the leader, and is stuck (etcd 8243)',
    patches: [patch('src/raft/raft.ts', "    raft.send({ type: 'MsgAppResp', to });\n")],
    profile: (drawn) => {
      const options = elections(drawn);
      return { ...options, members: 3, node: { ...options.node, preVote: false, checkQuorum: true, leaseMs: 10 } };
    },
  },
  {
    name: 'read-index-without-a-round',
    story: 'a leader answers a read without confirming that it still leads (thesis, section 6.4)',
    patches: [
      patch(
        'src/raft/reads.ts',
        'releaseIfConfirmed(raft, message.context, new Set([raft.id]));',
        'releaseIfConfirmed(raft, message.context, new Set(raft.tracker.voters));',
      ),
    ],
    profile: deposed,
  },
  {
    name: 'read-index-before-a-commit',
    story: 'a new leader answers reads by a commit index that may be behind its predecessor (etcd 7331)',
    patches: [
      patch(
        'src/raft/reads.ts',
        '  if (raft.hasCommittedInTerm) startRead(raft, message);\n  else raft.earlyReads.push(message);',
        '  startRead(raft, message);',
      ),
    ],
    profile: (drawn) => ({
      ...elections(drawn),
      keys: 1,
      mix: { put: 5, get: 8, txn: 0, delete: 0, compact: 0, past: 0 },
    }),
  },
  {
    name: 'promise-forgotten',
    story: 'followers elect another leader while the lease that they gave still holds',
    patches: [
      patch(
        'src/node/authority/authority.ts',
        "return this.#raw.role === 'leader' ? !this.#rounds.holds(nowMs) : !this.#promise.holds(nowMs);",
        'return nowMs >= 0;',
      ),
      patch(
        'src/node/authority/authority.ts',
        "return this.#raw.role === 'leader' || !this.#promise.holds(this.#clock.now());",
        'return true;',
      ),
      patch('src/node/authority/authority.ts', 'return this.#promise.leftMs(this.#clock.now());', 'return 0;'),
    ],
    profile: longLeases,
  },
  {
    name: 'lease-too-long',
    story: 'a leader trusts its lease for longer than its followers keep their promise (etcd 12704)',
    patches: [
      patch(
        'src/node/authority/lease.ts',
        'return nowMs < this.#confirmed.sentMs + this.#options.leaseMs * (1 - this.#options.driftBound);',
        'return nowMs < this.#confirmed.sentMs + this.#options.leaseMs * 3;',
      ),
    ],
    profile: longLeases,
  },
  {
    name: 'lease-kept-after-a-transfer',
    story: 'a leader that has sent a TimeoutNow still reads by its lease (etcd 12704)',
    patches: [patch('src/node/authority/authority.ts', '    if (options.sendsTimeoutNow) this.#rounds.forbid();\n')],
    profile: transfers,
  },
  {
    name: 'stale-reads-lie-about-their-age',
    story: 'a point in time counts as reached before its commit index is applied',
    patches: [patch('src/node/authority/freshness.ts', '      if (point.commit > index) break;\n')],
    profile: (drawn) => ({ ...slowMembership(drawn), operations: {}, members: 3, keys: 1 }),
  },
  {
    name: 'campaign-over-an-unapplied-change',
    story: 'a member campaigns by a configuration that a committed change has replaced (etcd 11284)',
    patches: [patch('src/raft/election.ts', 'if (hasUnappliedConfChange(raft)) {', 'if (raft.term < 0) {')],
    profile: slowMembership,
  },
  {
    name: 'two-changes-at-once',
    story: 'a configuration change begins before the previous one is applied (thesis, section 4.1)',
    patches: [
      patch('src/raft/membership.ts', 'if (pendingConfIndex > raft.log.applied) {', 'if (pendingConfIndex < 0) {'),
    ],
    profile: slowMembership,
  },
];
