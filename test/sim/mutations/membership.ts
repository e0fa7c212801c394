import { often, operator, over, patch, type Mutation, type Profile } from './mutation.js';
import { beside, crashes, elections, membership, slowMembership } from './profiles.js';

/** Members are added through joint configurations while leaders change. */
const joint: Profile = (drawn) =>
  over(membership(drawn), { operations: operator(['add-jointly', 'remove', 'transfer'], 1200) });

/** One of two members is removed, repeatedly, and either may die during the change. */
const leaving: Profile = (drawn) =>
  over(crashes(drawn), {
    members: 2,
    faults: often(['kill', 'crash-inside', 'slow-sync'], { everyMs: 900, lastsMs: 900 }),
    operations: operator(['remove', 'add-voter'], 900),
  });

const FLAPPING = ['kill-leader', 'leader-alone', 'halves', 'reset'] as const;

/** Bugs in configuration changes, and in the state that outlives a process. */
export const MEMBERSHIP: readonly Mutation[] = [
  {
    name: 'joint-commit-by-the-old-half',
    story: 'in a joint configuration the old voters alone decide what is committed (paper, section 6)',
    patches: [
      patch(
        'src/raft/quorum/joint.ts',
        'return Math.min(majorityCommitted(voters.incoming, acked), majorityCommitted(voters.outgoing, acked));',
        'return majorityCommitted(voters.outgoing.length > 0 ? voters.outgoing : voters.incoming, acked);',
      ),
    ],
    profile: joint,
  },
  {
    name: 'joint-configuration-for-ever',
    story: 'the stored configuration loses autoLeave, so that after a restart no leader leaves it',
    patches: [patch('src/kv/membership/members.ts', 'autoLeave: confState.autoLeave,', 'autoLeave: false,')],
    profile: joint,
  },
  {
    name: 'change-before-a-commit-of-the-term',
    story: 'a new leader begins a change although one of an earlier leader may become active (Ongaro, raft-dev 2015)',
    patches: [patch('src/raft/transitions.ts', '  raft.pendingConfIndex = raft.log.lastIndex;\n')],
    profile: slowMembership,
  },
  {
    name: 'removed-member-goes-at-once',
    story: 'a removed member of two stops before the other knows durably that it is alone',
    patches: [
      patch(
        'src/node/authority/retirement.ts',
        '    if (isKnown) this.#end();',
        '    if (isKnown || true) this.#end();',
      ),
    ],
    profile: leaving,
  },
  {
    name: 'change-in-force-before-it-is-known-for-certain',
    story: 'a change is reported to others before its commit is durable here',
    patches: [patch('src/node/loop/apply-loop.ts', '  await settle(entry.index);\n')],
    profile: leaving,
  },
  {
    name: 'pre-votes-count-as-votes',
    story: 'an election begins with the answers of the one before it (thesis, section 9.6)',
    patches: [
      patch(
        'src/raft/transitions.ts',
        '  abortTransfer(raft);\n  raft.tracker.resetVotes();\n',
        '  abortTransfer(raft);\n',
      ),
    ],
    profile: elections,
  },
  {
    name: 'answer-for-another-life',
    story: 'a command from before a restart answers a call of the new process',
    patches: [
      patch('src/server/requests/awaited-answers.ts', ' && boot === this.#boot'),
      patch('src/server/requests/awaited-answers.ts', ' || boot !== this.#boot'),
    ],
    profile: crashes,
  },
  {
    name: 'write-of-replaced-entries-vouches-for-new-ones',
    story: 'storage beside the loop: the end of a write counts for other entries at the same indexes (thesis, 10.2)',
    patches: [
      patch(
        'src/raft/unstable.ts',
        'if (index < this.#offset || this.term(index) !== term) return;',
        'if (index < this.#offset || this.term(index) === undefined || term < 0) return;',
      ),
      patch(
        'src/raft/raft.ts',
        '    if (message.snapshot !== undefined) snapshotIsApplied(raft, message.snapshot);\n',
        '    takeStorageAnswer(raft, message);\n',
      ),
    ],
    profile: (drawn) =>
      over(beside(elections)(drawn), {
        faults: often([...FLAPPING, 'slow-sync']),
        syncMsMax: 20,
        watchers: 0,
        leaseHolders: 0,
      }),
  },
];
