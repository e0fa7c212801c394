import { expect } from 'chai';
import { FlushQueue, ResponseQueue, type QueuedResponse } from '../../../src/server/watch/response-queue.js';
import { VirtualTime } from '../../support/virtual-time.js';

const message = (bytes: number, pieces = 1): QueuedResponse => ({
  bytes,
  pieces,
  make: (piece) => Buffer.alloc(bytes / pieces, piece),
});

describe('the response queues of streams', () => {
  let time: VirtualTime;
  let queue: FlushQueue;

  beforeEach(() => {
    time = new VirtualTime();
    queue = new FlushQueue(time.clock());
  });

  /** A stream that accepts a number of messages at once, and again after each drain. */
  function stream(takes: number): { queue: ResponseQueue; sent: number[]; rooms: number; drain: () => Promise<void> } {
    let left = takes;
    const made = {
      sent: [] as number[],
      rooms: 0,
      queue: new ResponseQueue({
        queue,
        send: (body) => {
          made.sent.push(body[0] ?? 0);
          return --left > 0;
        },
        onRoom: () => made.rooms++,
      }),
      drain: async () => {
        left = takes;
        made.queue.drained();
        await time.advance(0);
      },
    };
    return made;
  }

  it('send in order, as fast as the stream allows', async () => {
    const { queue, sent, drain } = stream(2);
    for (const pieces of [1, 3, 1]) queue.push(message(30, pieces));
    expect(sent, 'behind what the turn does').to.deep.equal([]);
    await time.advance(0);
    expect(sent).to.deep.equal([0, 0]);
    await drain();
    expect(sent).to.deep.equal([0, 0, 1, 2]);
    await drain();
    expect(sent).to.deep.equal([0, 0, 1, 2, 0]);
  });

  it('have no room beyond their bound, and have room again when half was sent', async () => {
    const made = stream(1);
    const { queue, drain } = made;
    for (let count = 0; count < 5; count++) {
      expect(queue.hasRoom).to.equal(true);
      queue.push(message(100 * 1024));
      await time.advance(0);
    }
    // One message was sent; the sixth exceeds the bound.
    queue.push(message(200 * 1024));
    expect([queue.hasRoom, made.rooms]).to.deep.equal([false, 0]);
    await drain();
    await drain();
    expect([queue.hasRoom, made.rooms]).to.deep.equal([false, 0]);
    await drain();
    expect(queue.hasRoom, '300 KiB are left').to.equal(false);
    await drain();
    expect([queue.hasRoom, made.rooms]).to.deep.equal([true, 1]);
    queue.close();
    queue.push(message(1024 * 1024));
    expect(queue.hasRoom, 'a closed one holds nothing').to.equal(true);
  });

  it('take turns, with some messages per turn', async () => {
    const streams = Array.from({ length: 3 }, () => stream(Number.POSITIVE_INFINITY));
    for (const { queue } of streams) for (let count = 0; count < 200; count++) queue.push(message(10));
    const counts: number[][] = [];
    const look = (): void => {
      counts.push(streams.map(({ sent }) => sent.length));
      if (counts.length < 4) time.clock().soon(look);
    };
    await Promise.resolve();
    look();
    await time.advance(0);
    const first = counts[0]?.reduce((sum, count) => sum + count, 0) ?? 0;
    expect(first).to.be.within(200, 300);
    expect(streams.map(({ sent }) => sent.length)).to.deep.equal([200, 200, 200]);
  });
});
