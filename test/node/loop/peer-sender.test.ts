import { expect } from 'chai';
import type { Authority } from '../../../src/node/authority/authority.js';
import { PeerSender } from '../../../src/node/loop/peer-sender.js';
import type { SnapshotSender } from '../../../src/node/snapshot/sender.js';
import type { Packet } from '../../../src/ports/transport.js';
import { makeMessage } from '../../../src/raft/messages.js';
import { VirtualTime } from '../../support/virtual-time.js';

/** A leader's sender, and the commit indexes that it has sent. */
function leader(): {
  readonly time: VirtualTime;
  readonly sender: PeerSender;
  readonly sent: number[];
  /** A new commit index for the follower, in a turn of the loop that makes no write. */
  readonly commit: (index: number) => void;
} {
  const time = new VirtualTime();
  const sent: number[] = [];
  const sender: PeerSender = new PeerSender({
    transport: {
      send: (_to: number, { messages }: Packet): void => void sent.push(...messages.map(({ commit }) => commit)),
    },
    authority: { roundForTurn: () => () => undefined } as unknown as Authority,
    sender: { settle: () => undefined } as unknown as SnapshotSender,
    clock: time.clock(),
    onDue: () => sender.flush({ bareAcks: true, commits: false }),
  });
  const commit = (index: number): void => {
    sender.postReady([makeMessage({ type: 'MsgApp', to: 2, from: 1, term: 1, commit: index })]);
    sender.flush({ bareAcks: true, commits: false });
  };
  return { time, sender, sent, commit };
}

describe('PeerSender, commit indexes without an append that could carry them', () => {
  it('are sent after a millisecond', async () => {
    const { time, sent, commit } = leader();
    commit(5);
    await time.advance(0.9);
    expect(sent).to.deep.equal([]);
    await time.advance(0.2);
    expect(sent).to.deep.equal([5]);
  });

  it('are sent a millisecond after the first, however many follow', async () => {
    const { time, sent, commit } = leader();
    for (let index = 5; index < 25; index += 1) {
      commit(index);
      await time.advance(0.25);
    }
    expect(sent.length).to.be.within(3, 5);
  });

  it('wait their whole time after earlier ones have left with appends', async () => {
    const { time, sender, sent, commit } = leader();
    commit(5);
    await time.advance(0.5);
    sender.flush({ bareAcks: true, commits: true });
    expect(sent).to.deep.equal([5]);
    commit(6);
    await time.advance(0.9);
    expect(sent).to.deep.equal([5]);
    await time.advance(0.2);
    expect(sent).to.deep.equal([5, 6]);
  });

  it('leave no timer behind when the node stops', async () => {
    const { time, sender, sent, commit } = leader();
    commit(5);
    sender.close();
    await time.advance(10);
    expect(sent).to.deep.equal([]);
  });
});
