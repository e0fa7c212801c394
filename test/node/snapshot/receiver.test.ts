import { expect } from 'chai';
import { SnapshotReceiver } from '../../../src/node/snapshot/receiver.js';
import { SnapshotDamageError, type SnapshotIntake, type SnapshotSink } from '../../../src/ports/snapshot.js';
import { makeMessage } from '../../../src/raft/messages.js';
import type { Message, SnapshotMetadata } from '../../../src/raft/types.js';
import { silentLogger } from '../../../src/util/logger.js';

const CONF = { voters: [1, 2], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false };
const metadata = (index: number, term = 2): SnapshotMetadata => ({ index, term, confState: CONF });
const msgSnap = (index: number, term = 2): Message =>
  makeMessage({
    type: 'MsgSnap',
    from: 1,
    to: 2,
    term,
    snapshot: { metadata: metadata(index, term), data: Buffer.alloc(0) },
  });

/** A sink for snapshots of three frames. */
class Sink implements SnapshotSink {
  readonly of: SnapshotMetadata;
  frames = 0;
  discarded = false;
  hold: Promise<void> | undefined;

  constructor(of: SnapshotMetadata) {
    this.of = of;
  }

  get position() {
    return { next: this.frames, digest: Uint8Array.of(this.frames) };
  }

  get complete(): SnapshotMetadata | undefined {
    return this.frames === 3 ? this.of : undefined;
  }

  async take(frame: Uint8Array) {
    await this.hold;
    if (frame[0] === 99) throw new SnapshotDamageError('damaged');
    if (frame[0] === 98) throw new Error('no space');
    this.frames += 1;
    return this.position;
  }

  async discard(): Promise<void> {
    this.discarded = true;
  }
}

describe('SnapshotReceiver', () => {
  let sinks: Sink[];
  let next: SnapshotMetadata;
  let arrivals: number;
  let fatal: Error[];
  let receiver: SnapshotReceiver;

  beforeEach(() => {
    sinks = [];
    arrivals = 0;
    fatal = [];
    next = metadata(10);
    receiver = new SnapshotReceiver({
      stateMachine: {
        receiveSnapshot: () => {
          const sink = new Sink(next);
          sinks.push(sink);
          return sink;
        },
      },
      logger: silentLogger,
      refusal: ({ term }) => (term < 2 ? 'term 1 is over' : undefined),
      onArrived: () => (arrivals += 1),
      onFatal: (error) => fatal.push(error),
    });
  });

  async function open(message: Message): Promise<SnapshotIntake> {
    const intake = await receiver.open(1, message);
    if (typeof intake === 'string') throw new Error(intake);
    return intake;
  }

  async function failure(promise: Promise<unknown>): Promise<string> {
    return await promise.then(
      () => 'no failure',
      (error: unknown) => String(error),
    );
  }

  it('reports a snapshot exactly once, when it is complete', async () => {
    const intake = await open(msgSnap(10));
    for (const frame of [1, 2]) await intake.take(Uint8Array.of(frame));
    expect(() => intake.finish()).to.throw('ended before the snapshot was complete');
    expect(receiver.arrived).to.equal(undefined);
    const again = await open(msgSnap(10));
    await again.take(Uint8Array.of(3));
    again.finish();
    expect(arrivals).to.equal(1);
    expect(receiver.arrived?.snapshot?.metadata).to.deep.equal(metadata(10));
    expect(await receiver.open(1, msgSnap(11))).to.equal('a snapshot is being installed');
    expect(receiver.takeMessage().type).to.equal('MsgSnap');
    receiver.accepted(metadata(10));
    expect(await receiver.open(1, msgSnap(11))).to.equal('a snapshot is being installed');
    receiver.restored();
    expect(typeof (await receiver.open(1, msgSnap(11)))).to.equal('object');
    expect(sinks.map(({ discarded }) => discarded)).to.deep.equal([false, false]);
  });

  it('continues where a broken stream of the same snapshot ended, and starts over for another snapshot', async () => {
    const first = await open(msgSnap(10));
    await first.take(Uint8Array.of(1));
    first.release();
    const second = await open(msgSnap(10));
    expect(second.position.next).to.equal(1);
    expect(await failure(first.take(Uint8Array.of(2)))).to.contain('the stream is over');
    next = metadata(12);
    const third = await open(msgSnap(12));
    expect(third.position.next).to.equal(0);
    expect(sinks.map(({ discarded }) => discarded)).to.deep.equal([true, false]);
    // A snapshot of the same index from another history.
    next = metadata(12, 3);
    expect((await open(msgSnap(12, 3))).position.next).to.equal(0);
    expect(sinks.map(({ discarded }) => discarded)).to.deep.equal([true, true, false]);
  });

  /** The stream of an unwanted snapshot stayed open until its next frame arrived. */
  it('notifies a stream at once when it is replaced or no longer needed', async () => {
    const ends: string[] = [];
    const follow = async (name: string): Promise<SnapshotIntake> => {
      const intake = await open(msgSnap(10));
      intake.onRetired((reason) => ends.push(`${name}: ${reason}`));
      return intake;
    };
    await follow('first');
    const second = await follow('second');
    expect(ends.splice(0)).to.deep.equal(['first: another stream took its place']);
    second.release();
    const third = await follow('third');
    receiver.passed(10);
    expect(ends.splice(0)).to.deep.equal(['third: the log has brought the same entries']);
    third.onRetired((reason) => ends.push(`late: ${reason}`));
    expect(ends.splice(0)).to.deep.equal(['late: the log has brought the same entries']);
    const fourth = await follow('fourth');
    for (const frame of [1, 2, 3]) await fourth.take(Uint8Array.of(frame));
    fourth.finish();
    await receiver.close();
    expect(ends).to.deep.equal([]);
  });

  it('ends its stream when the member stops', async () => {
    const ends: string[] = [];
    (await open(msgSnap(10))).onRetired((reason) => ends.push(reason));
    await receiver.close();
    expect(ends).to.deep.equal(['this member is stopping']);
  });

  /** A leader of an earlier term calls again and again. Each call ended the stream of the present leader. */
  it('keeps its stream when another one is refused', async () => {
    const good = await open(msgSnap(10));
    expect(await receiver.open(3, msgSnap(9, 1))).to.equal('term 1 is over');
    await good.take(Uint8Array.of(1));
    expect(good.position.next).to.equal(1);
  });

  it('waits for the frame that a replaced stream is still storing', async () => {
    const first = await open(msgSnap(10));
    let go: (() => void) | undefined;
    (sinks[0] as Sink).hold = new Promise((resolve) => (go = resolve));
    const taking = first.take(Uint8Array.of(1));
    const opening = open(msgSnap(10));
    go?.();
    await taking;
    expect((await opening).position.next).to.equal(1);
  });

  it('discards the snapshot if a frame is damaged, and the next stream starts over', async () => {
    const intake = await open(msgSnap(10));
    await intake.take(Uint8Array.of(1));
    expect(await failure(intake.take(Uint8Array.of(99)))).to.contain('damaged');
    expect(await failure(intake.take(Uint8Array.of(2)))).to.contain('damaged');
    expect(fatal).to.deep.equal([]);
    expect((await open(msgSnap(10))).position.next).to.equal(0);
    expect(sinks.map(({ discarded }) => discarded)).to.deep.equal([true, false]);
  });

  it('stops the member if its own disk fails', async () => {
    const intake = await open(msgSnap(10));
    expect(await failure(intake.take(Uint8Array.of(98)))).to.contain('no space');
    expect(fatal.map(({ message }) => message)).to.deep.equal(['no space']);
  });

  it('discards a snapshot that the core does not accept, or that the log has overtaken', async () => {
    const intake = await open(msgSnap(10));
    for (const frame of [1, 2, 3]) await intake.take(Uint8Array.of(frame));
    intake.finish();
    receiver.takeMessage();
    receiver.discardUnwanted();
    const other = await open(msgSnap(10));
    expect(sinks[0]?.discarded, 'before the next one begins').to.equal(true);
    receiver.passed(9);
    await other.take(Uint8Array.of(1));
    receiver.passed(10);
    expect(await failure(other.take(Uint8Array.of(2)))).to.contain('the log has brought the same entries');
    await receiver.close();
    expect(sinks[1]?.discarded).to.equal(true);
  });

  it('refuses a snapshot of an earlier term, and any while the member stops', async () => {
    expect(await receiver.open(1, msgSnap(10, 1))).to.equal('term 1 is over');
    await receiver.close();
    expect(await receiver.open(1, msgSnap(10))).to.equal('this member is stopping');
    expect(sinks).to.deep.equal([]);
  });
});
