import { expect } from 'chai';
import type { SnapshotIntake, SnapshotPosition, SnapshotSource } from '../../src/ports/snapshot.js';
import { Code } from '../../src/rpc/status.js';
import { connectPlain } from '../../src/transport/connect.js';
import { DialledStream, type StreamEnd } from '../../src/transport/dial.js';
import { DEFAULT_TRANSPORT_OPTIONS } from '../../src/transport/options.js';
import { realClock } from '../../src/util/real-clock.js';
import { poll } from '../support/poll.js';
import { connect, Member, message } from './members.js';

const METADATA = {
  index: 7,
  term: 2,
  confState: { voters: [1, 2], learners: [], votersOutgoing: [], learnersNext: [], autoLeave: false },
};
const MSG_SNAP = message('MsgSnap', {
  from: 1,
  to: 2,
  term: 3,
  snapshot: { metadata: METADATA, data: Buffer.alloc(0) },
});

const place = (next: number): SnapshotPosition => ({ next, digest: Uint8Array.of(next) });

/** Numbered frames. */
function source(count: number, options: { bytes?: number; onRead?: (at: number) => void } = {}): SnapshotSource {
  return {
    metadata: METADATA,
    async *frames(from = place(0)) {
      expect(from.digest).to.deep.equal(from.next === 0 ? from.digest : Buffer.of(from.next));
      for (let at = from.next; at < count; at++) {
        options.onRead?.(at);
        yield Buffer.alloc(options.bytes ?? 100, at);
      }
    },
    close: () => undefined,
  };
}

/** A receiver of frames that survives broken streams. */
class Receiver {
  readonly taken: number[] = [];
  readonly begins: number[] = [];
  finished = 0;
  released = 0;
  /** Ends the current stream, once it is open. */
  retire: ((reason: string) => void) | undefined;
  /** Awaited before each frame is accepted. */
  hold: (at: number) => Promise<void> = () => Promise.resolve();

  intake(): SnapshotIntake {
    this.begins.push(this.taken.length);
    return {
      position: place(this.taken.length),
      onRetired: (callback) => (this.retire = callback),
      take: async (frame) => {
        await this.hold(frame[0] ?? -1);
        this.taken.push(frame[0] ?? -1);
      },
      finish: () => {
        this.finished += 1;
      },
      release: () => {
        this.released += 1;
      },
    };
  }
}

const until = (what: string, holds: () => boolean): Promise<true> => poll(what, () => holds() || undefined);

describe('a snapshot that one member sends to another', () => {
  let members: Member[] = [];

  afterEach(async () => {
    for (const member of members) await member.stop();
    members = [];
  });

  async function pair(receiver: Receiver | string, options = {}): Promise<{ one: Member; two: Member }> {
    const tunables = { backoffBaseMs: 5, snapshotBytesPerSecond: Infinity, ...options };
    const one = await Member.start({ id: 1, options: tunables });
    const two = await Member.start({ id: 2, options: tunables });
    members = [one, two];
    two.onSnapshot = async (from, incoming) => {
      expect(from).to.equal(1);
      expect(incoming).to.deep.equal({ ...MSG_SNAP, snapshot: { metadata: METADATA, data: incoming.snapshot?.data } });
      return typeof receiver === 'string' ? receiver : receiver.intake();
    };
    connect(one, two);
    await until('the link', () => one.links.includes('2 up'));
    return { one, two };
  }

  it('counts as traffic on both sides', async () => {
    const { one, two } = await pair(new Receiver());
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(5, { bytes: 1_000 }) });
    expect(await transfer.delivered).to.equal(true);
    expect(one.traffic.all().map(([peer, { sentBytes }]) => [peer, sentBytes])).to.deep.equal([[2, 5_000]]);
    expect(two.traffic.all().map(([peer, { receivedBytes }]) => [peer, receivedBytes])).to.deep.equal([[1, 5_000]]);
  });

  it('arrives frame by frame, and is delivered once the receiver has ended the call', async () => {
    const receiver = new Receiver();
    const { one } = await pair(receiver);
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(5) });
    expect(await transfer.delivered).to.equal(true);
    expect(receiver.taken).to.deep.equal([0, 1, 2, 3, 4]);
    expect(receiver.finished).to.equal(1);
  });

  it('continues where a connection broke', async () => {
    const receiver = new Receiver();
    const { one, two } = await pair(receiver);
    let broken = false;
    receiver.hold = async (at) => {
      if (at !== 3 || broken) return;
      broken = true;
      for (const socket of two.sockets) socket.resetAndDestroy();
    };
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(6) });
    expect(await transfer.delivered).to.equal(true);
    expect(receiver.begins).to.deep.equal([0, 4]);
    expect(receiver.taken).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('is not sent again to a receiver that refuses it', async () => {
    const { one, two } = await pair('it knows as much already');
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(5) });
    expect(await transfer.delivered).to.equal(false);
    for (const { logger } of [one, two]) {
      expect(logger.lines.filter(({ fields }) => fields['reason'] === 'it knows as much already').length).to.equal(1);
    }
  });

  it('is logged once per reason on both sides if it is refused', async () => {
    const receiver = new Receiver();
    let answer: SnapshotIntake | string = 'one reason';
    const { one, two } = await pair(receiver);
    two.onSnapshot = () => Promise.resolve(answer);
    const send = (): Promise<boolean> =>
      one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(5) }).delivered;
    const warnings = (member: Member): unknown[] =>
      member.logger.lines.splice(0).flatMap(({ level, fields }) => (level === 'warn' ? [fields['reason']] : []));
    const expectWarnings = (reasons: readonly string[]): void => {
      expect([warnings(one), warnings(two)]).to.deep.equal([reasons, reasons]);
    };
    for (let tries = 0; tries < 3; tries++) expect(await send()).to.equal(false);
    expectWarnings(['one reason']);
    answer = 'another one';
    for (let tries = 0; tries < 3; tries++) expect(await send()).to.equal(false);
    expectWarnings(['another one']);
    answer = receiver.intake();
    expect(await send()).to.equal(true);
    answer = 'another one';
    expect(await send()).to.equal(false);
    expectWarnings(['another one']);
  });

  it('is given up after a few streams without progress', async () => {
    const receiver = new Receiver();
    receiver.hold = () => Promise.reject(new Error('the disk is full'));
    const { one } = await pair(receiver, { snapshotTries: 3 });
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(5) });
    expect(await transfer.delivered).to.equal(false);
    expect(receiver.begins).to.deep.equal([0, 0, 0]);
    expect(receiver.released).to.equal(3);
  });

  it('is given up if it makes no progress', async () => {
    const receiver = new Receiver();
    receiver.hold = () => new Promise(() => undefined);
    const { one } = await pair(receiver, { snapshotTries: 1, snapshotStallMs: 50 });
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(50, { bytes: 1_000_000 }) });
    expect(await transfer.delivered).to.equal(false);
  });

  /**
   * A peer whose process was stopped accepts connections and never answers: each attempt blocked the leader for half a
   * minute.
   */
  it('is given up if the peer accepts the call and never answers', async () => {
    const { one, two } = await pair(new Receiver(), { snapshotTries: 2, dialTimeoutMs: 100 });
    let calls = 0;
    two.onSnapshot = () => {
      calls += 1;
      return new Promise(() => undefined);
    };
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(5) });
    expect(await transfer.delivered).to.equal(false);
    expect(calls).to.equal(2);
    const broken = one.logger.lines.filter(({ message: text }) => text === 'the stream of a snapshot broke');
    expect(broken.map(({ fields }) => fields['reason'])).to.deep.equal(Array(2).fill('no progress within 100 ms'));
  });

  /** Each such stream would hold memory and a descriptor until its caller closes it. */
  it('is refused if the caller sends no hello in time', async () => {
    const two = await Member.start({ id: 2, options: { dialTimeoutMs: 50 } });
    members = [two];
    let end: StreamEnd | undefined;
    const silent = new DialledStream({
      url: two.url,
      connect: connectPlain,
      path: '/raftkv.Peer/Snapshot',
      decode: (body) => body,
      tunables: DEFAULT_TRANSPORT_OPTIONS,
      clock: realClock,
      listener: { onAnswer: () => undefined, onClosed: (how) => (end = how) },
    });
    try {
      await until('the call to be over', () => end !== undefined);
    } finally {
      silent.cancel();
    }
    expect(end).to.deep.equal({ code: Code.INVALID_ARGUMENT, details: 'no hello' });
    await until('the connection to be gone', () => two.sockets.every(({ destroyed }) => destroyed));
  });

  it('waits for a slow receiver, with a bounded number of frames in flight', async () => {
    const receiver = new Receiver();
    let go: (() => void) | undefined;
    receiver.hold = (at) => (at === 1 ? new Promise((resolve) => (go = resolve)) : Promise.resolve());
    let read = 0;
    const { one } = await pair(receiver);
    const bytes = 1_000_000;
    const transfer = one.transport.sendSnapshot({
      to: 2,
      message: MSG_SNAP,
      source: source(60, { bytes, onRead: (at) => (read = at) }),
    });
    await until('the receiver holds the second frame', () => go !== undefined);
    let before = -1;
    await until('the sender has come to rest', () => {
      const same = read === before;
      before = read;
      return same;
    });
    expect(read).to.be.lessThan(30);
    go?.();
    expect(await transfer.delivered).to.equal(true);
    expect(receiver.taken.length).to.equal(60);
  });

  it('ends on both sides when it is cancelled', async () => {
    const receiver = new Receiver();
    receiver.hold = (at) => (at === 2 ? new Promise(() => undefined) : Promise.resolve());
    const { one } = await pair(receiver);
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(100) });
    await until('two frames are there', () => receiver.taken.length === 2);
    transfer.cancel();
    expect(await transfer.delivered).to.equal(false);
    await until('the receiver knows', () => receiver.released > 0);
    expect(receiver.finished).to.equal(0);
  });

  it('ends as soon as the receiver no longer wants it, even between frames', async () => {
    const receiver = new Receiver();
    const { one } = await pair(receiver, { snapshotTries: 1 });
    let go: (() => void) | undefined;
    const halting: SnapshotSource = {
      ...source(0),
      async *frames() {
        yield Buffer.alloc(1);
        await new Promise<void>((resolve) => (go = resolve));
        yield Buffer.alloc(1);
      },
    };
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: halting });
    await until('a frame is there', () => receiver.taken.length === 1);
    receiver.retire?.('another stream took its place');
    expect(receiver.released).to.equal(1);
    await until('the sender waits for its source', () => go !== undefined);
    go?.();
    expect(await transfer.delivered).to.equal(false);
    const [line] = one.logger.lines.filter(({ message: text }) => text === 'the stream of a snapshot broke');
    expect(line?.fields['reason']).to.equal('another stream took its place');
  });

  it('fails with the error of its source', async () => {
    const { one } = await pair(new Receiver());
    const unreadable: SnapshotSource = {
      ...source(0),
      frames: () => {
        throw new Error('bit rot');
      },
    };
    const transfer = one.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: unreadable });
    const error = await transfer.delivered.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(String(error)).to.contain('bit rot');
  });

  it('is refused from a member of another cluster', async () => {
    const { two } = await pair(new Receiver());
    const stranger = await Member.start({ id: 1, clusterId: 0xdead, options: { snapshotTries: 1 } });
    members.push(stranger);
    stranger.transport.setPeers([{ id: 2, urls: [two.url] }]);
    const transfer = stranger.transport.sendSnapshot({ to: 2, message: MSG_SNAP, source: source(1) });
    expect(await transfer.delivered).to.equal(false);
    const [line] = stranger.logger.lines.filter((one) => one.message === 'peer refuses a snapshot');
    expect(line?.fields['reason']).to.contain('cluster ID mismatch');
  });
});
