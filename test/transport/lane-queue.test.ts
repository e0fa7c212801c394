import { expect } from 'chai';
import type { Round } from '../../src/ports/transport.js';
import type { Message } from '../../src/raft/types.js';
import { splitByLane } from '../../src/transport/lane.js';
import { LaneQueue, type LaneQueueOptions } from '../../src/transport/lane-queue.js';
import { entry, message, packet } from './members.js';

const heartbeat = (index: number): Message => message('MsgHeartbeat', { from: 1, to: 2, index });
const append = (index: number, size: number): Message =>
  message('MsgApp', { from: 1, to: 2, index, entries: [entry(index + 1, new Uint8Array(size))] });
const round = (sequence: number): Round => ({ term: 1, sequence, echo: undefined, minMatch: 0 });

const queue = (options: Partial<LaneQueueOptions> = {}): LaneQueue =>
  new LaneQueue({ maxBytes: 1e6, maxMessages: 1000, maxFrameBytes: 1e6, drop: 'newest', ...options });

function takeAll(queue: LaneQueue): { indexes: number[]; round: number | undefined }[] {
  const frames = [];
  for (let frame = queue.take(); frame !== undefined; frame = queue.take()) {
    frames.push({ indexes: frame.messages.map(({ index }) => index), round: frame.round?.sequence });
  }
  return frames;
}

describe('LaneQueue', () => {
  it('joins queued packets into one frame, with the newest round and answer', () => {
    const waiting = queue();
    const ack = { term: 1, sequence: 5, timeMs: 1 };
    waiting.push(packet([heartbeat(1), heartbeat(2)], { round: round(1), ack }));
    waiting.push(packet([], { round: round(2) }));
    waiting.push(packet([heartbeat(3)]));
    expect(waiting.take()).to.deep.equal(packet([heartbeat(1), heartbeat(2), heartbeat(3)], { round: round(2), ack }));
    expect(waiting.empty).to.equal(true);
  });

  it('returns a single packet unchanged', () => {
    const waiting = queue();
    const only = packet([heartbeat(1)], { round: round(1) });
    waiting.push(only);
    expect(waiting.take()).to.equal(only);
  });

  it('bounds frames, and keeps a round behind the messages of its packet', () => {
    const waiting = queue({ maxFrameBytes: 1000 });
    waiting.push(packet([append(1, 400), append(2, 400), append(3, 400)], { round: round(1) }));
    waiting.push(packet([append(4, 400)], { round: round(2) }));
    waiting.push(packet([append(5, 400)], { round: round(3) }));
    expect(takeAll(waiting)).to.deep.equal([
      { indexes: [1], round: undefined },
      { indexes: [2], round: undefined },
      { indexes: [3], round: 1 },
      { indexes: [4], round: 2 },
      { indexes: [5], round: 3 },
    ]);
  });

  it('accepts a message that is larger than a frame and than the queue', () => {
    const waiting = queue({ maxFrameBytes: 100, maxBytes: 200 });
    expect(waiting.push(packet([append(1, 5000)]))).to.equal(true);
    expect(takeAll(waiting)).to.deep.equal([{ indexes: [1], round: undefined }]);
  });

  it('keeps calls in order, behind the messages of their packet, and counts them as messages', () => {
    const call = (text: string): Uint8Array => Buffer.from(text);
    const waiting = queue({ maxFrameBytes: 1000 });
    waiting.push(packet([], { calls: [call('a'), call('b')] }));
    waiting.push(packet([heartbeat(1)], { calls: [call('c')] }));
    waiting.push(packet([append(1, 600), append(2, 600)], { calls: [call('d')] }));
    const frames = [waiting.take(), waiting.take(), waiting.take()];
    expect(frames.map((frame) => frame?.calls?.map(String))).to.deep.equal([['a', 'b', 'c'], undefined, ['d']]);
    expect(frames.map((frame) => frame?.messages.length)).to.deep.equal([1, 1, 1]);
    expect(waiting.empty).to.equal(true);

    const bounded = queue({ maxMessages: 3, drop: 'oldest' });
    bounded.push(packet([heartbeat(1)]));
    expect(bounded.push(packet([], { calls: [call('a'), call('b')] }))).to.equal(true);
    expect(bounded.push(packet([], { calls: [call('c')] }))).to.equal(false);
  });

  it('never mixes groups in a frame', () => {
    const waiting = queue();
    waiting.push(packet([heartbeat(1)], { group: 1 }));
    waiting.push(packet([heartbeat(2)], { group: 2 }));
    expect(takeAll(waiting)).to.deep.equal([
      { indexes: [1], round: undefined },
      { indexes: [2], round: undefined },
    ]);
  });

  it('drops the newest append when it is full, by messages and by bytes', () => {
    const byMessages = queue({ maxMessages: 2 });
    expect([1, 2, 3].map((index) => byMessages.push(packet([append(index, 1)])))).to.deep.equal([true, true, false]);
    expect(takeAll(byMessages)).to.deep.equal([{ indexes: [1, 2], round: undefined }]);
    expect(byMessages.push(packet([append(4, 1)]))).to.equal(true);

    const byBytes = queue({ maxBytes: 2000 });
    expect([1, 2, 3].map((index) => byBytes.push(packet([append(index, 700)])))).to.deep.equal([true, true, false]);
  });

  it('drops the oldest control message when it is full', () => {
    const waiting = queue({ maxMessages: 2, drop: 'oldest' });
    expect([1, 2, 3].map((index) => waiting.push(packet([heartbeat(index)])))).to.deep.equal([true, true, false]);
    expect(takeAll(waiting)).to.deep.equal([{ indexes: [2, 3], round: undefined }]);
  });
});

describe('splitByLane', () => {
  /**
   * Appends without entries were sent with the heartbeats. Under load, those with a new commit index overtook the
   * appends with the entries before it; the followers rejected them, and the leader fell back to probing and sent
   * everything again: with values of 20 kB, for one write in seven.
   */
  it('separates large messages from urgent ones, and keeps the order of each', () => {
    const types = (packet: { messages: readonly Message[] } | undefined): string[] | undefined =>
      packet?.messages.map(({ type }) => type);
    const probe = message('MsgApp', { from: 1, to: 2 });
    const mixed = packet(
      [
        append(1, 1),
        heartbeat(1),
        message('MsgProp', { from: 1, to: 2 }),
        probe,
        message('MsgSnap', { from: 1, to: 2 }),
      ],
      { round: round(1) },
    );
    const { control, append: bulk } = splitByLane(mixed, { appendIdle: true });
    expect(types(control)).to.deep.equal(['MsgHeartbeat']);
    expect(types(bulk)).to.deep.equal(['MsgApp', 'MsgProp', 'MsgApp', 'MsgSnap']);
    expect([control?.round, bulk?.round]).to.deep.equal([round(1), undefined]);
  });

  it('omits an empty part', () => {
    expect(splitByLane(packet([append(1, 1)]), { appendIdle: false })).to.have.all.keys('append');
    expect(splitByLane(packet([heartbeat(1)]), { appendIdle: false })).to.have.all.keys('control');
    expect(splitByLane(packet([], { round: round(1) }), { appendIdle: false })).to.have.all.keys('control');
  });

  /**
   * The round of a put took the control lane, and the put itself the append lane. Each append and each commit index then
   * cost two frames and two answers for each follower.
   */
  it('sends a round with short appends when nothing waits in their lane', () => {
    const short = packet([append(1, 1)], { round: round(1) });
    expect(splitByLane(short, { appendIdle: true })).to.deep.equal({ append: short });
    expect(splitByLane(short, { appendIdle: false })).to.have.all.keys('control', 'append');
  });

  it('sends a round apart from long appends', () => {
    const long = packet([append(1, 200_000)], { round: round(1) });
    expect(splitByLane(long, { appendIdle: true })).to.have.all.keys('control', 'append');
  });

  it('sends calls on the control lane', () => {
    const calls = [Buffer.from('a')];
    const { control, append: bulk } = splitByLane(packet([append(1, 1)], { calls }), { appendIdle: true });
    expect(control).to.deep.include({ messages: [], calls });
    expect(bulk?.calls).to.equal(undefined);
  });
});
