import { expect } from 'chai';
import type { Authority } from '../../../src/node/authority/authority.js';
import { RoundPeers } from '../../../src/node/authority/round-peers.js';
import { PeerSender } from '../../../src/node/loop/peer-sender.js';
import type { SnapshotSender } from '../../../src/node/snapshot/sender.js';
import type { Packet } from '../../../src/ports/transport.js';
import { makeMessage } from '../../../src/raft/messages.js';
import type { Message } from '../../../src/raft/types.js';
import { VirtualTime } from '../../support/virtual-time.js';

const CONFIGURATION = { voters: [1, 2, 3], learners: [4], votersOutgoing: [], learnersNext: [], autoLeave: false };

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
    rounds: new RoundPeers({ id: 1, confState: CONFIGURATION }),
    clock: time.clock(),
    onDue: () => sender.flush({ bareAcks: true, all: false }),
  });
  const commit = (index: number): void => {
    sender.postReady({
      messages: [makeMessage({ type: 'MsgApp', to: 2, from: 1, term: 1, commit: index })],
      readStates: [],
    });
    sender.flush({ bareAcks: true, all: false });
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
    sender.flush({ bareAcks: true, all: true });
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

describe('PeerSender, questions of ReadIndex rounds', () => {
  const QUESTION = new Uint8Array([1]);

  /** A leader of three members and a learner; `asked` gets the peers of each packet with a question. */
  function reader(): {
    readonly time: VirtualTime;
    readonly sender: PeerSender;
    readonly asked: number[];
    readonly ask: () => void;
    readonly answer: (peer: number) => void;
  } {
    const time = new VirtualTime();
    const asked: number[] = [];
    const flush = (): void => sender.flush({ bareAcks: true, all: false });
    const sender: PeerSender = new PeerSender({
      transport: { send: (to: number): void => void asked.push(to) },
      authority: { roundForTurn: () => () => undefined } as unknown as Authority,
      sender: { settle: () => undefined } as unknown as SnapshotSender,
      rounds: new RoundPeers({ id: 1, confState: CONFIGURATION }),
      clock: time.clock(),
      onDue: flush,
    });
    const heartbeat = (to: number): Message => makeMessage({ type: 'MsgHeartbeat', to, from: 1, context: QUESTION });
    const ask = (): void => {
      sender.postReady({ messages: [2, 3, 4].map(heartbeat), readStates: [] });
      flush();
    };
    const answer = (peer: number): void => {
      sender.confirmed(peer);
      sender.postReady({ messages: [], readStates: [{ index: 1, context: QUESTION }] });
      flush();
    };
    return { time, sender, asked, ask, answer };
  }

  /** All followers were asked and answered, though the first answer decided: half of the cost of a lone read. */
  it('go to as many followers as make a quorum', async () => {
    const { time, asked, ask, answer } = reader();
    for (let round = 0; round < 3; round += 1) {
      ask();
      await time.advance(0.5);
      answer(2);
    }
    await time.advance(100);
    expect(asked).to.deep.equal([2, 2, 2]);
  });

  it('go to the others too after a millisecond, and from then on first to one that has answered', async () => {
    const { time, asked, ask, answer } = reader();
    ask();
    await time.advance(1.1);
    expect(asked).to.deep.equal([2, 3, 4]);
    answer(3);
    ask();
    answer(3);
    await time.advance(100);
    expect(asked).to.deep.equal([2, 3, 4, 3]);
  });

  it('go to all with the heartbeats of a tick', () => {
    const { sender, asked, ask } = reader();
    sender.tick();
    ask();
    expect(asked).to.deep.equal([2, 3, 4]);
  });
});
