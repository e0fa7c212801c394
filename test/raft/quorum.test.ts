import { expect } from 'chai';
import { array, assert, nat, property } from 'fast-check';
import { jointCommitted, jointMembers, jointVote } from '../../src/raft/quorum/joint.js';
import { majorityCommitted, majoritySize, majorityVote } from '../../src/raft/quorum/majority.js';
import type { NodeId } from '../../src/raft/index.js';

const map = <T>(pairs: readonly (readonly [NodeId, T])[]): ((id: NodeId) => T | undefined) => {
  const values = new Map(pairs);
  return (id) => values.get(id);
};

describe('quorum', () => {
  it('commits what a majority has acknowledged (paper, section 5.3)', () => {
    const acked = map([
      [1, 12],
      [2, 5],
      [3, 9],
      [4, 7],
    ]);
    const cases = [[1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5]].map((ids) => majorityCommitted(ids, acked));
    expect(cases).to.deep.equal([12, 5, 9, 7, 7]);
  });

  it('puts no constraint on an empty half', () => {
    expect([majorityCommitted([], map([])), majorityVote([], map([]))]).to.deep.equal([Infinity, 'won']);
    expect(jointCommitted({ incoming: [1], outgoing: [] }, map([[1, 4]]))).to.equal(4);
  });

  it('counts votes, and decides as soon as missing ones cannot matter', () => {
    const vote = (answers: string): string => {
      const ids = answers.split('').map((_, position) => position + 1);
      return majorityVote(ids, (id) => ({ y: true, n: false })[answers[id - 1] ?? '']);
    };
    expect(['y', 'n', '_', 'y_', 'n_', 'yn_', 'yy_', 'nn_', 'yynn', 'yynn_'].map(vote)).to.deep.equal([
      'won',
      'lost',
      'pending',
      'pending',
      'lost',
      'pending',
      'won',
      'lost',
      'lost',
      'pending',
    ]);
  });

  it('needs both halves of a joint configuration (paper, section 6)', () => {
    const voters = { incoming: [1, 2, 3], outgoing: [3, 4, 5] };
    const acked = map<number>([1, 2, 3, 4, 5].map((id) => [id, id * 10] as const));
    expect(jointCommitted(voters, acked)).to.equal(20);
    expect(jointMembers(voters)).to.deep.equal([1, 2, 3, 4, 5]);
    const ballot = (yes: NodeId[], no: NodeId[]) =>
      jointVote(voters, (id) => (yes.includes(id) ? true : no.includes(id) ? false : undefined));
    expect([ballot([1, 2], []), ballot([1, 3, 4], []), ballot([1, 2, 3], [4, 5]), ballot([], [1, 2])]).to.deep.equal([
      'pending',
      'won',
      'lost',
      'lost',
    ]);
  });

  it('equals its definition: the largest index that enough voters have', () => {
    assert(
      property(array(nat(9), { minLength: 1, maxLength: 9 }), (indexes) => {
        const ids = indexes.map((_, position) => position + 1);
        const commit = majorityCommitted(ids, (id) => indexes[id - 1]);
        const having = (index: number): number => indexes.filter((each) => each >= index).length;
        return having(commit) >= majoritySize(ids) && having(commit + 1) < majoritySize(ids);
      }),
      { seed: 7 },
    );
  });
});
