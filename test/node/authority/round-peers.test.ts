import { expect } from 'chai';
import { RoundPeers } from '../../../src/node/authority/round-peers.js';
import type { ConfState } from '../../../src/raft/types.js';

function configuration(fields: Partial<ConfState>): ConfState {
  return { voters: [], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false, ...fields };
}

/** The peers among 2 to 9 that a leader with id 1 asks at first. */
function asked(peers: RoundPeers): number[] {
  return [2, 3, 4, 5, 6, 7, 8, 9].filter((peer) => !peers.isSpare(peer));
}

describe('RoundPeers', () => {
  for (const [voters, first] of [
    [[1, 2], [2]],
    [[1, 2, 3], [2]],
    [
      [1, 2, 3, 4],
      [2, 3],
    ],
    [
      [1, 2, 3, 4, 5],
      [2, 3],
    ],
  ] as const) {
    it(`asks ${first.length} of the others among ${voters.length} voters, and no learner`, () => {
      const confState = configuration({ voters, learners: [9] });
      expect(asked(new RoundPeers({ id: 1, confState }))).to.deep.equal(first);
    });
  }

  it('asks all voters in a joint configuration, and if the leader is no voter', () => {
    const joint = configuration({ voters: [1, 2, 3], votersOutgoing: [1, 4, 5], learners: [9] });
    expect(asked(new RoundPeers({ id: 1, confState: joint }))).to.deep.equal([2, 3, 4, 5]);
    expect(asked(new RoundPeers({ id: 1, confState: configuration({ voters: [2, 3] }) }))).to.deep.equal([2, 3]);
  });

  it('asks a peer first that has stepped in, until the configuration changes', () => {
    const raw = { id: 1, confState: configuration({ voters: [1, 2, 3, 4, 5] }) };
    const peers = new RoundPeers(raw);
    peers.answeredInstead(5);
    expect(asked(peers)).to.deep.equal([2, 5]);
    peers.answeredInstead(2);
    expect(asked(peers)).to.deep.equal([2, 5]);
    raw.confState = configuration({ voters: [1, 3, 5] });
    expect(asked(peers)).to.deep.equal([3]);
  });
});
