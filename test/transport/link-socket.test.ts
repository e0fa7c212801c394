import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { frameOf, LINK_PREFACE, type FrameKind } from '../../src/transport/frame.js';
import { FrameDecoder } from '../../src/transport/frame-decoder.js';
import { LinkSocket, type LinkSocketListener } from '../../src/transport/link-socket.js';
import { decodeRefusal } from '../../src/transport/refusal.js';
import { realClock } from '../../src/util/real-clock.js';
import { poll } from '../support/poll.js';

const PING = frameOf('ping', Buffer.alloc(8, 1));

describe('LinkSocket', () => {
  const close: (() => void)[] = [];

  afterEach(() => {
    for (const each of close.splice(0)) each();
  });

  /** The sockets of the other side and of this side. */
  async function pair(listener: Partial<LinkSocketListener> = {}): Promise<[Socket, LinkSocket, string[]]> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [[accepted]] = (await Promise.all([once(server, 'connection'), once(socket, 'connect')])) as unknown as [
      [Socket],
      unknown,
    ];
    socket.on('error', () => undefined);
    close.push(
      () => void server.close(),
      () => socket.destroy(),
      () => accepted.destroy(),
    );
    const ends: string[] = [];
    const onClosed = (reason = 'closed'): void => void ends.push(reason);
    const link = new LinkSocket(accepted, realClock, {
      onFrame: () => undefined,
      onMalformed: () => undefined,
      onClosed,
      ...listener,
    });
    return [socket, link, ends];
  }

  it('delivers the reason for a refusal even if the other side is still sending', async () => {
    const [socket, link, ends] = await pair();
    const reasons: string[] = [];
    const decoder = new FrameDecoder(4096, (kind, source, start, end) => {
      expect(kind).to.equal('refusal');
      reasons.push(decodeRefusal(source.subarray(start, end)).message);
    });
    socket.write(Buffer.concat([LINK_PREFACE, PING]));
    const sending = setInterval(() => socket.write(Buffer.alloc(100_000)), 1);
    close.push(() => clearInterval(sending));
    await new Promise((resolve) => setTimeout(resolve, 20));
    link.refuse({ code: 'replaced', message: 'the reason' });
    socket.on('data', (chunk: Buffer) => decoder.push(chunk));
    await poll('the reason', () => reasons[0]);
    expect(reasons).to.deep.equal(['the reason']);
    clearInterval(sending);
    socket.destroy();
    await poll('the end', () => ends.length === 1 || undefined);
  });

  it('closes a refused link for good even if the other side never does', async () => {
    const [socket, link, ends] = await pair();
    const sending = setInterval(() => socket.write(Buffer.alloc(100)), 5);
    close.push(() => clearInterval(sending));
    link.refuse({ code: 'unwelcome', message: 'no' });
    // The other side does not read, and so does not see the end.
    socket.pause();
    await poll('the end', () => ends.length === 1 || undefined, 20_000);
  });

  it('passes on no frame after its end or refusal', async () => {
    const kinds: FrameKind[] = [];
    const [socket, link] = await pair({
      onFrame: (kind) => {
        kinds.push(kind);
        link.refuse({ code: 'malformed', message: 'enough' });
      },
    });
    socket.write(Buffer.concat([LINK_PREFACE, PING, PING]));
    await poll('the first', () => kinds.length > 0 || undefined);
    socket.write(PING);
    socket.resume().end();
    await once(socket, 'close');
    expect(kinds).to.deep.equal(['ping']);
  });

  it('ends the link of a side that does not read the answers to its pings', async () => {
    // A socket that accepts no bytes, as if its buffers were full.
    const stuck = new Duplex({ read: () => undefined, write: () => undefined });
    const ends: (string | undefined)[] = [];
    const link: LinkSocket = new LinkSocket(stuck, realClock, {
      onFrame: (_kind, source, start, end) => link.pong(source.subarray(start, end)),
      onMalformed: () => undefined,
      onClosed: (reason) => ends.push(reason),
    });
    stuck.push(LINK_PREFACE);
    let sent = 0;
    while (!stuck.destroyed && sent < 100_000) {
      stuck.push(Buffer.concat(Array.from({ length: 100 }, () => PING)));
      sent += 100;
      await new Promise(setImmediate);
    }
    expect(sent).to.be.within((64 * 1024) / 16, (64 * 1024) / 16 + 300);
    await poll('the end', () => ends[0]);
    expect(ends).to.deep.equal(['answers to pings are not read']);
  });

  it('writes all pieces of a turn at once', async () => {
    const writes: number[] = [];
    const socket = new Duplex({
      read: () => undefined,
      writev: (chunks, done) => {
        writes.push(chunks.length);
        done();
      },
    });
    const link = new LinkSocket(socket, realClock, {
      onFrame: () => undefined,
      onMalformed: () => undefined,
      onClosed: () => undefined,
    });
    link.write([Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
    await new Promise(setImmediate);
    expect(writes).to.deep.equal([3]);
    link.destroy();
  });

  it('reports the end of a socket that had been closed already', async () => {
    const [socket, , first] = await pair();
    socket.destroy();
    await poll('its end', () => first.length === 1 || undefined);
    const gone = new Duplex({ read: () => undefined });
    gone.destroy();
    await once(gone, 'close');
    const ends: string[] = [];
    void new LinkSocket(gone, realClock, {
      onFrame: () => undefined,
      onMalformed: () => undefined,
      onClosed: () => ends.push('closed'),
    });
    expect(ends).to.deep.equal([]);
    await poll('the report', () => ends.length === 1 || undefined);
  });
});
