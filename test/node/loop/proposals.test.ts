import { expect } from 'chai';
import { DEFAULT_NODE_CONFIG } from '../../../src/node/config.js';
import { Lonely } from '../lonely.js';

describe('proposals in proposeC', () => {
  /**
   * Without a leader, proposals stayed in proposeC forever, even those whose callers had timed out. Once it was full of
   * these, new callers got "too many requests" although no other call was waiting.
   */
  it('are removed when their callers stop waiting, although there is no leader', async () => {
    const lonely = new Lonely({ proposalsMax: 4 });
    await lonely.start();
    const proposals = Array.from({ length: 4 }, () => lonely.propose());
    expect([proposals.includes(undefined), lonely.propose()], 'full').to.deep.equal([false, undefined]);
    for (const proposal of proposals) if (proposal !== undefined) proposal.abandoned = true;
    await lonely.time.advance(DEFAULT_NODE_CONFIG.heartbeatMs + 1);
    expect(lonely.propose()).to.not.equal(undefined);
    await lonely.time.wait(lonely.member.stop());
  });

  it('go to the leader in messages that a peer accepts, however many there are', async () => {
    const lonely = new Lonely({ messageBytesMax: 1000 });
    await lonely.start();
    for (const bytes of [400, 400, 400, 3000]) lonely.propose(bytes);
    await lonely.follow(2, 1);
    const forwarded = lonely.sent.flatMap(({ messages }) => messages).filter(({ type }) => type === 'MsgProp');
    // The member's own commands follow.
    expect(forwarded.slice(0, 3).map(({ entries }) => entries.map(({ data }) => data.length))).to.deep.equal([
      [400, 400],
      [400],
      [3000],
    ]);
    await lonely.time.wait(lonely.member.stop());
  });
});
