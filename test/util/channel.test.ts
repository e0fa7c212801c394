import { expect } from 'chai';
import { Channel } from '../../src/util/channel.js';
import { clampInteger, fromBigInt, toBigInt } from '../../src/util/integer.js';

describe('a bounded channel', () => {
  it('refuses items that do not fit, and never grows', () => {
    const channel = new Channel<number>(2);
    expect([1, 2, 3].map((item) => channel.trySend(item))).to.deep.equal([true, true, false]);
    expect(channel.drain()).to.deep.equal([1, 2]);
    expect(channel.trySend(4)).to.equal(true);
  });

  it('hands over all that waits in one go', async () => {
    const channel = new Channel<number>(10);
    const arrival = channel.arrival();
    channel.trySend(1);
    channel.trySend(2);
    await arrival;
    expect(channel.arrival()).to.equal(undefined);
    expect(channel.drain()).to.deep.equal([1, 2]);
  });

  it('delivers its items after a close, and then ends', () => {
    const channel = new Channel<number>(10);
    channel.trySend(1);
    channel.close();
    expect(channel.trySend(2)).to.equal(false);
    expect(channel.arrival()).to.equal(undefined);
    expect(channel.drain()).to.deep.equal([1]);
    expect(channel.arrival()).to.equal(undefined);
    expect(channel.drain()).to.deep.equal([]);
  });

  it('notifies a sender once when there is room again', () => {
    const channel = new Channel<number>(1);
    let told = 0;
    channel.trySend(1);
    channel.onRoom(() => told++);
    channel.drain();
    channel.drain();
    channel.trySend(2);
    channel.drain();
    expect(told).to.equal(1);
  });
});

describe("a client's 64-bit integers", () => {
  it('compare as the huge values they are', () => {
    const max = fromBigInt(2n ** 63n - 1n);
    const min = fromBigInt(-(2n ** 63n));
    const unsigned = fromBigInt(2n ** 64n - 1n, true);
    expect([max, min, unsigned, 5, null, undefined].map(clampInteger)).to.deep.equal([
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER,
      5,
      0,
      0,
    ]);
  });

  it('survive whole as bigints, both ways', () => {
    for (const value of [0n, 1n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(toBigInt(fromBigInt(value))).to.equal(value);
    }
    expect(toBigInt(fromBigInt(2n ** 64n - 1n, true))).to.equal(2n ** 64n - 1n);
  });
});
