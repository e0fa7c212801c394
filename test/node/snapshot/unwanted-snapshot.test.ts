import { expect } from 'chai';
import type { SnapshotSink } from '../../../src/ports/snapshot.js';
import { makeMessage } from '../../../src/raft/messages.js';
import type { SnapshotMetadata } from '../../../src/raft/types.js';
import { Lonely } from '../lonely.js';

/** A configuration without member 1, whose core rejects it. */
const METADATA: SnapshotMetadata = {
  index: 10,
  term: 1,
  confState: { voters: [2, 3], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
};

const HEARTBEATS = 500;

describe('a received snapshot that the core does not accept', () => {
  /**
   * An unwanted snapshot was dropped only when the loop was idle. A busy member kept the staged engine, and refused
   * every other snapshot.
   */
  it('is discarded at once, even while the Ready loop is busy', async () => {
    const lonely = new Lonely();
    await lonely.start();
    await lonely.follow(2, 1);
    let heartbeats = 0;
    let discardedAfter: number | undefined;
    const position = { next: 1, digest: new Uint8Array(0) };
    const sink: SnapshotSink = {
      position,
      complete: METADATA,
      take: () => Promise.resolve(position),
      discard: () => {
        discardedAfter = heartbeats;
        return Promise.resolve();
      },
    };
    const { store } = lonely.member.assembly;
    store.receiveSnapshot = () => sink;
    const snapshot = { metadata: METADATA, data: Buffer.alloc(0) };
    const message = makeMessage({ type: 'MsgSnap', from: 2, to: 1, term: 1, snapshot });
    const intake = await lonely.listener.onSnapshot(2, message);
    if (typeof intake === 'string') throw new Error(intake);
    // Every message of this member is answered at once.
    lonely.onSent = () => {
      if (heartbeats++ < HEARTBEATS) lonely.hear({ type: 'MsgHeartbeat', from: 2, term: 1 });
    };
    intake.finish();
    await lonely.time.advance(1);
    expect(heartbeats, 'the loop was busy').to.be.greaterThan(HEARTBEATS);
    expect(discardedAfter).to.be.below(5);
    await lonely.time.wait(lonely.member.stop());
  });
});
