import { over, patch, type Mutation, type Profile, type TestedBug } from './mutation.js';
import { deposed, elections } from './profiles.js';

/** Members between which messages take long, so that much happens while a round waits for its answers. */
const slowRounds: Profile = (drawn) =>
  over(deposed(drawn), { network: { delayMs: [1, 20], reorder: true }, clients: 6, paceMs: 15 });

/** Bugs in ReadIndex rounds, and in what counts as committed or confirmed. */
export const READS: readonly Mutation[] = [
  {
    name: 'answer-before-the-quorum',
    story: 'an entry counts as committed once the leader alone holds it, so a write is answered that may be lost',
    patches: [
      patch(
        'src/raft/replication.ts',
        'const index = raft.tracker.committed();',
        'const index = raft.tracker.progress.get(raft.id)?.match ?? 0;',
      ),
    ],
    profile: elections,
  },
  {
    name: 'read-joins-a-round-under-way',
    story: 'a read is answered by a round that started before it arrived (thesis, section 6.4)',
    patches: [
      patch(
        'src/node/authority/reads.ts',
        '    this.#waiting[level].push(ticket);\n',
        `    for (const round of this.#underWay.values()) if (round.level === level) return round.tickets.push(ticket) > 0;
    this.#waiting[level].push(ticket);
`,
      ),
    ],
    profile: slowRounds,
  },
];

/**
 * Bugs that the simulator shows in few runs or in none: the majorities of two configurations that differ by one member share
 * a member anyway, and the simulator's members change one by one; and a leader that was deposed seldom gets a late answer from
 * the very member that would make its round a quorum.
 */
export const READS_TESTED: readonly TestedBug[] = [
  {
    name: 'round-confirmed-by-one-half',
    story: 'in a joint configuration the new voters alone confirm a round, and elect a leader (paper, section 6)',
    patches: [
      patch(
        'src/raft/tracker/tracker.ts',
        '    return jointVote(this.#voters, ballot);',
        '    return jointVote({ incoming: this.#voters.incoming, outgoing: [] }, ballot);',
      ),
    ],
    tests: { file: 'test/raft/conf-change.test.ts' },
  },
  {
    name: 'round-confirmed-by-an-earlier-answer',
    story: 'a member that was not asked counts: its answer to an earlier heartbeat confirms the newest round',
    patches: [
      patch(
        'src/raft/leader.ts',
        '  if (message.context.length > 0) confirmRead(raft, message);\n',
        '  const { newestContext: context } = raft.readOnly;\n  if (context !== undefined) confirmRead(raft, { ...message, context });\n',
      ),
    ],
    tests: { file: 'test/raft/read-index.test.ts' },
  },
  {
    name: 'gets-wait-for-ranges',
    story:
      'a read of one key waits for a place among the answers that take several turns, which a few clients can hold for ever',
    patches: [
      patch(
        'src/rpc/answer-room.ts',
        '    if (answer.isBrief && !this.isFull && this.#member.hasBytes) return this.#make(answer);\n',
        '',
      ),
    ],
    tests: { file: 'test/rpc/growing-answers.test.ts', titles: 'the places' },
  },
  {
    name: 'reads-outlive-their-callers',
    story: 'a walk goes on to its end after its caller has gone',
    patches: [
      patch(
        'src/kv/reads/caller-reader.ts',
        '    this.#caller = caller;\n  }\n\n  get revision',
        '    this.#caller = undefined;\n  }\n\n  get revision',
      ),
    ],
    tests: { file: 'test/kv/reads/gone-callers.test.ts' },
  },
  {
    name: 'all-reads-in-each-turn',
    story: 'the steps of all long reads are made in each turn of the event loop, however many they are',
    patches: [
      patch('src/util/work-turns.ts', 'if (this.#free > 0 && this.#at === this.#waiting.length) {', 'if (units > 0) {'),
    ],
    tests: { file: 'test/util/work-turns.test.ts' },
  },
];
