import { expect } from 'chai';
import type { Message } from '../../../src/raft/types.js';
import { Lonely } from '../lonely.js';

describe('a request to transfer the leadership', () => {
  let lonely: Lonely;

  beforeEach(async () => {
    lonely = new Lonely();
    await lonely.start();
  });

  afterEach(() => lonely.time.wait(lonely.member.stop()));

  const wishes = (): Pick<Message, 'to' | 'from'>[] =>
    lonely.sent
      .flatMap(({ messages }) => messages)
      .filter(({ type }) => type === 'MsgTransferLeader')
      .map(({ to, from }) => ({ to, from }));

  it('goes to the known leader', async () => {
    await lonely.follow(2, 1);
    lonely.member.assembly.node.transferLeader(3);
    await lonely.time.advance(1);
    expect(wishes()).to.deep.equal([{ to: 2, from: 3 }]);
  });

  /**
   * A leader was deposed before its loop executed a transfer request. The request was kept until another member led,
   * and forwarded: the new leader transferred too, for no reason.
   */
  it('is void if another leader was elected meanwhile', async () => {
    await lonely.follow(2, 1);
    lonely.member.assembly.node.transferLeader(2);
    lonely.hear({ type: 'MsgHeartbeat', from: 3, term: 2 });
    await lonely.time.advance(1);
    expect(lonely.member.assembly.node.status().leader).to.equal(3);
    expect(wishes()).to.deep.equal([]);
  });

  it('is void if the same member leads again in a later term, and without a leader', async () => {
    const { node } = lonely.member.assembly;
    node.transferLeader(3);
    await lonely.follow(2, 1);
    node.transferLeader(3);
    lonely.hear({ type: 'MsgHeartbeat', from: 2, term: 2 });
    await lonely.time.advance(1);
    expect(node.status()).to.deep.include({ leader: 2, term: 2 });
    expect(wishes()).to.deep.equal([]);
  });
});
