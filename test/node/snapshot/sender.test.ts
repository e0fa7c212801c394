import { expect } from 'chai';
import { SnapshotSender } from '../../../src/node/snapshot/sender.js';
import type { SnapshotDelivery, SnapshotSource } from '../../../src/ports/snapshot.js';
import { makeMessage } from '../../../src/raft/messages.js';
import type { ConfState, Snapshot, SnapshotMetadata } from '../../../src/raft/types.js';
import { seededRandom } from '../../../src/util/random.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { VirtualTime } from '../../support/virtual-time.js';

const metadata = (index: number, voters: readonly number[]): SnapshotMetadata => ({
  index,
  term: 1,
  confState: { voters, learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
});

describe('SnapshotSender', () => {
  let published: SnapshotMetadata;
  /** The state that the core uses. */
  let inForce: ConfState;
  let open: number[];
  let deliveries: SnapshotDelivery[];
  let end: ((delivered: boolean) => void)[];
  let outcomes: string[];
  let time: VirtualTime;
  let logger: RecordingLogger;
  let sender: SnapshotSender;

  beforeEach(() => {
    published = metadata(10, [1, 2]);
    inForce = published.confState;
    open = [];
    deliveries = [];
    end = [];
    outcomes = [];
    time = new VirtualTime();
    logger = new RecordingLogger();
    sender = new SnapshotSender({
      stateMachine: { openSnapshot },
      transport: {
        sendSnapshot: (delivery) => {
          deliveries.push(delivery);
          let finish: (delivered: boolean) => void = () => undefined;
          const delivered = new Promise<boolean>((resolve) => (finish = resolve));
          end.push(finish);
          return { delivered, cancel: () => finish(false) };
        },
      },
      logger,
      clock: time.clock(),
      random: seededRandom(1),
      transfersMax: 3,
      onFatal: (error) => expect.fail(error.message),
      onOutcome: ({ to, result }) => outcomes.push(`${to} ${result}`),
    });
  });

  function openSnapshot(): SnapshotSource {
    const of = published;
    open.push(of.index);
    return {
      metadata: of,
      async *frames() {},
      close: () => {
        open = open.filter((index) => index !== of.index);
      },
    };
  }

  function sendTo(to: number): number {
    const offered = sender.offer({ logStart: 5, confState: inForce }) as Snapshot;
    sender.send(makeMessage({ type: 'MsgSnap', from: 1, to, term: 1, snapshot: offered }));
    sender.settle();
    return offered.metadata.index;
  }

  it('shares one state among members that need a snapshot at about the same time, and closes it after the last', async () => {
    expect(sendTo(2)).to.equal(10);
    published = metadata(20, [1, 2]);
    expect(sendTo(3)).to.equal(10);
    expect(open).to.deep.equal([10]);
    for (const finish of end) finish(true);
    await sender.close();
    expect(open).to.deep.equal([]);
  });

  /**
   * Two members were added while a third received a snapshot, and were sent the same state, which was from before their
   * addition and useless to them. Each requested it again while the other's transfer was running, which kept the old
   * state in use forever (found by the simulator).
   */
  it('does not offer a state to a member that was added after it', async () => {
    expect(sendTo(2)).to.equal(10);
    published = metadata(20, [1, 2, 3]);
    inForce = published.confState;
    expect(sendTo(3)).to.equal(20);
    // The running transfer continues.
    expect(deliveries.map(({ source }) => source.metadata.index)).to.deep.equal([10, 20]);
    expect(open).to.deep.equal([10, 20]);
    expect(sendTo(4), 'the newer one is shared').to.equal(20);
    for (const finish of end) finish(true);
    await sender.close();
    expect(open).to.deep.equal([]);
  });

  /**
   * A change takes effect before it is stored. A new member that sent a message in between received the state from
   * before its own addition, which it could not use.
   */
  it('does not offer a state whose configuration lacks an active member', async () => {
    expect(sendTo(2)).to.equal(10);
    published = metadata(19, [1, 2]);
    inForce = metadata(20, [1, 2, 3]).confState;
    expect(sender.offer({ logStart: 5, confState: inForce })).to.equal('unavailable');
    expect(open, 'nothing is held for it').to.deep.equal([10]);
    published = metadata(20, [1, 2, 3]);
    expect(sendTo(3)).to.equal(20);
    for (const finish of end) finish(true);
    await sender.close();
  });

  it('may offer a state with members that are no longer active', async () => {
    published = metadata(10, [1, 2, 3]);
    expect(sendTo(2)).to.equal(10);
    for (const finish of end) finish(true);
    await sender.close();
  });

  const msgSnap = (to: number, snapshot: Snapshot) => makeMessage({ type: 'MsgSnap', from: 1, to, term: 1, snapshot });

  /**
   * The last member sharing a state had received it, and the state was released; but the core had assigned it to
   * another member in a step after the Ready being executed. Its MsgSnap came with the next Ready, and the leader
   * stopped by its own assert.
   */
  it('keeps a state whose MsgSnap waits in the core when the last transfer ends', async () => {
    expect(sendTo(2)).to.equal(10);
    const later = sender.offer({ logStart: 5, confState: inForce }) as Snapshot;
    for (const finish of end) finish(true);
    await new Promise(setImmediate);
    expect(open).to.deep.equal([10]);
    sender.send(msgSnap(3, later));
    sender.settle();
    for (const finish of end) finish(true);
    await sender.close();
    expect(open).to.deep.equal([]);
  });

  /**
   * A member that refused, because it was installing another snapshot or took the sender for a past leader, was called
   * again ten times a second, with four log lines each time.
   */
  it('delays the next attempt to send to a member that did not take a snapshot', async () => {
    const fail = async (): Promise<number> => {
      sendTo(2);
      end.at(-1)?.(false);
      const sinceMs = time.nowMs;
      await time.until('the core is told', () => outcomes.length > 0);
      expect(outcomes.splice(0)).to.deep.equal(['2 failed']);
      return time.nowMs - sinceMs;
    };
    const waitsMs = [];
    for (let tries = 0; tries < 8; tries++) waitsMs.push(await fail());
    for (const [tries, waitMs] of waitsMs.entries()) {
      const fullMs = Math.min(2000, 100 * 2 ** tries);
      expect(waitMs, `try ${tries}`).to.be.within(fullMs / 2, fullMs);
    }
    expect(logger.messages('info')).to.deep.equal(['sending a snapshot', 'snapshot not delivered']);
    sendTo(2);
    end.at(-1)?.(true);
    await time.advance(0);
    expect(outcomes.splice(0)).to.deep.equal(['2 delivered']);
    expect(await fail(), 'all is forgiven').to.be.within(50, 100);
  });

  it('does not count a delayed attempt as a transfer in progress', async () => {
    for (const to of [2, 3, 4]) sendTo(to);
    expect(sender.offer({ logStart: 5, confState: inForce }), 'three at a time').to.equal('unavailable');
    end[0]?.(false);
    await time.advance(0);
    expect(outcomes).to.deep.equal([]);
    expect(sendTo(5)).to.equal(10);
  });

  it('does not report a cancelled transfer to the core', async () => {
    sendTo(2);
    sendTo(3);
    end[0]?.(false);
    await time.advance(0);
    sender.cancelExcept(() => false);
    await time.advance(10_000);
    expect(outcomes).to.deep.equal([]);
    expect(open).to.deep.equal([]);
  });

  it('closes an offered state if the next Ready holds no MsgSnap for it', () => {
    sender.offer({ logStart: 5, confState: inForce });
    sender.settle();
    expect(open).to.deep.equal([]);
  });
});
