import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { stream, unary } from '../../src/rpc/service.js';
import { seededRandom, randomInteger } from '../../src/util/random.js';
import { poll } from '../support/poll.js';
import type { HostUnderTest } from './host-under-test.js';
import { frame, FRAME, PREFACE } from './raw-http2.js';
import { bidiOn, ServedHost } from './served-host.js';

const SETTINGS = frame(FRAME.settings, 0, 0);

const decode = (body: Uint8Array): Uint8Array => body;
const methods = [
  unary<Uint8Array>({ path: '/test.Service/Call', decode, handle: (call, request) => call.respond(request) }),
  stream<Uint8Array>('bidi', { path: '/test.Service/Talk', decode, handle: (call) => call.onMessage(() => undefined) }),
];

/** Connections that break, or that violate the protocol. */
export function socketsSuite(host: HostUnderTest): void {
  let served: ServedHost;

  beforeEach(async () => {
    served = await ServedHost.start(methods, { create: host.create });
  });

  afterEach(async () => {
    await served.stop();
  });

  /** The host still serves, has only the expected connections, and has logged nothing above debug. */
  async function unharmed(socket: Socket): Promise<void> {
    expect(await served.unary('/test.Service/Call', 'still there?')).to.deep.equal({
      body: 'still there?',
      trailers: {},
    });
    if (!socket.closed) {
      socket.destroy();
      await once(socket, 'close');
    }
    await poll('the connection to be given up', () => served.sockets[0]?.destroyed || undefined);
    const loud = served.logger.lines.filter((line) => line.level !== 'debug');
    expect(loud).to.deep.equal([]);
  }

  it('closes a connection that speaks HTTP/1', async () => {
    const socket = await served.rawSocket();
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await unharmed(socket);
  });

  it('closes a connection that sends random bytes', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = await served.rawSocket();
      socket.write(randomBytes(1 + i * 50));
      socket.destroySoon();
      await once(socket, 'close');
    }
    await unharmed(await served.rawSocket());
  });

  it('survives a connection that sends half a preface', async () => {
    const socket = await served.rawSocket();
    socket.write(PREFACE.subarray(0, 10));
    await unharmed(socket);
  });

  it('survives a connection that ends inside its first SETTINGS', async () => {
    const socket = await served.rawSocket();
    socket.write(Buffer.concat([PREFACE, SETTINGS.subarray(0, 5)]));
    socket.end();
    await unharmed(socket);
  });

  it('survives random frames after a good preface', async function () {
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    for (let i = 0; i < 30; i++) {
      const socket = await served.rawSocket();
      const frames = Array.from({ length: 20 }, () =>
        frame(
          randomInteger(random, 0, 12),
          randomInteger(random, 0, 256),
          randomInteger(random, 0, 8),
          randomBytes(randomInteger(random, 0, 40)),
        ),
      );
      socket.write(Buffer.concat([PREFACE, SETTINGS, ...frames]));
      socket.resume();
      socket.destroySoon();
      await once(socket, 'close');
    }
    try {
      await unharmed(await served.rawSocket());
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  });

  it('survives clients that reset their connection during a call', async () => {
    for (let i = 0; i < 10; i++) {
      const client = served.client();
      const call = bidiOn(client, '/test.Service/Talk');
      call.write(Buffer.alloc(100_000));
      const socket = await poll('the connection', () => served.sockets[i]);
      await poll('some bytes', () => (socket.bytesRead > 1000 ? true : undefined));
      if (i % 2 === 0) socket.resetAndDestroy();
      else client.close();
      call.cancel();
    }
    await unharmed(await served.rawSocket());
  });

  it('closes while connections are open that have sent nothing', async () => {
    const sockets = [await served.rawSocket(), await served.rawSocket()];
    for (const socket of sockets) socket.resume();
    sockets[1]?.write(PREFACE.subarray(0, 3));
    await poll('both connections', () => (served.sockets.length === 2 ? true : undefined));
    await served.host.close({ graceMs: 60_000 });
    expect(served.sockets.map((socket) => socket.destroyed)).to.deep.equal([true, true]);
  });
}
