import { jointCommitted, jointMembers, jointVote, type JointVoters } from '../../../src/raft/quorum/joint.js';
import type { NodeId } from '../../../src/raft/index.js';
import { Complaint, valuesOf, type Block } from './language.js';

const RESULTS = { pending: 'VotePending', won: 'VoteWon', lost: 'VoteLost' };
/** How the votes of a mismatched input are printed. */
const VOTE_CODES: Readonly<Record<string, number>> = { n: 1, y: 2 };

const ascending = (left: NodeId, right: NodeId): number => left - right;

/** Runs each block of one file: the commit index, or the result of a vote, of a majority or joint configuration. */
export function quorumRunner(): (block: Block) => string {
  return (block) => {
    try {
      return answer(block);
    } catch (error) {
      if (error instanceof Complaint) return error.message;
      throw error;
    }
  };
}

function answer(block: Block): string {
  const ids = (name: string): NodeId[] => (valuesOf(block, name) ?? []).filter((id) => id !== 'zero').map(Number);
  const voters = { incoming: ids('cfg'), outgoing: ids('cfgj') };
  switch (block.name) {
    case 'committed': {
      const acked = inputs(block, 'idx', voters);
      const index = jointCommitted(voters, (id) => Number(acked.get(id) ?? 0));
      return draw(jointMembers(voters), acked) + (index === Infinity ? '∞' : String(index));
    }
    case 'vote': {
      const votes = inputs(block, 'votes', voters);
      return RESULTS[jointVote(voters, (id) => (votes.has(id) ? votes.get(id) === 'y' : undefined))];
    }
    default:
      throw new Complaint(`unknown command: ${block.name}`);
  }
}

/** The vote of each voter, in the order of the configuration; `_` is no vote. */
function inputs(block: Block, name: string, voters: JointVoters): ReadonlyMap<NodeId, string> {
  const ids = [...new Set([...voters.incoming, ...voters.outgoing])];
  const values = valuesOf(block, name) ?? [];
  if (ids.length !== values.length) {
    const members = [...ids].sort(ascending).map((id) => `${id}:{}`);
    const codes = values.map((value) => VOTE_CODES[value] ?? (value === '_' ? 0 : value));
    throw new Complaint(
      `error: mismatched input (explicit or _) for voters map[${members.join(' ')}]: [${codes.join(' ')}]`,
    );
  }
  const said = ids.map((id, position) => [id, values[position] ?? '_'] as const);
  return new Map(said.filter(([, value]) => value !== '_'));
}

/** A bar for each voter, as long as the number of voters with a lower index. */
function draw(ids: readonly NodeId[], acked: ReadonlyMap<NodeId, string>): string {
  if (ids.length === 0) return '<empty majority quorum>';
  const indexOf = (id: NodeId): number => Number(acked.get(id) ?? 0);
  const lines = [...ids].sort(ascending).map((id) => {
    const length = ids.filter((other) => indexOf(other) < indexOf(id)).length;
    const bar = acked.has(id) ? `${'x'.repeat(length)}>` : '?';
    return `${bar.padEnd(ids.length + 1)} ${String(indexOf(id)).padStart(5)}    (id=${id})\n`;
  });
  return `${' '.repeat(ids.length)}    idx\n${lines.join('')}`;
}
