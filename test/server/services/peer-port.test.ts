import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import { PeerPort, type LinkAcceptor } from '../../../src/server/services/peer-port.js';
import { LINK_PREFACE } from '../../../src/transport/frame.js';
import { RefusalLog } from '../../../src/transport/refusals.js';
import { IGNORE_TRAFFIC } from '../../../src/transport/traffic.js';
import { realClock } from '../../../src/util/real-clock.js';
import { poll } from '../../support/poll.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { rawLink } from '../../transport/members.js';

describe('PeerPort', () => {
  let server: Server;
  let links: LinkAcceptor | undefined;
  /** The connections of each host, with the bytes that it has read. */
  let accepted: { readonly host: 'link' | 'grpc'; readonly socket: Duplex; text: string }[] = [];
  let proven: Socket[] = [];
  const sockets: Socket[] = [];

  const take = (host: 'link' | 'grpc', socket: Duplex): void => {
    const entry = { host, socket, text: '' };
    accepted.push(entry);
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => (entry.text += chunk.toString('latin1')));
    socket.resume();
  };

  beforeEach(async () => {
    accepted = [];
    proven = [];
    links = {
      acceptLink: (socket, { remote, onProven }) => {
        expect(remote).to.match(/127\.0\.0\.1$/);
        take('link', socket);
        onProven?.();
      },
    };
    const clock = realClock;
    const port = new PeerPort({
      grpc: { accept: (socket) => take('grpc', socket), close: () => Promise.resolve() },
      links: () => links,
      clock,
      refusals: new RefusalLog({ clock, logger: new RecordingLogger(), traffic: IGNORE_TRAFFIC }),
      onProven: (socket) => proven.push(socket),
      silenceMs: 200,
    });
    server = createServer((socket) => port.accept(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const { socket } of accepted) socket.destroy();
    server.close();
  });

  const portOf = (): number => (server.address() as AddressInfo).port;

  async function dial(): Promise<Socket> {
    const socket = connect(portOf(), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  it('distinguishes links from gRPC by their first bytes, however they are cut, and passes on all bytes', async () => {
    const cases = [
      ['link', LINK_PREFACE.toString('latin1') + 'more'],
      ['grpc', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore'],
      ['grpc', 'RAFTKX and more'],
      ['grpc', '\0'],
    ] as const;
    for (const [host, text] of cases) {
      for (const size of [1, 3, 100]) {
        accepted = [];
        const socket = await dial();
        for (let at = 0; at < text.length; at += size) {
          socket.write(text.slice(at, at + size), 'latin1');
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await poll(`${text} in pieces of ${size}`, () => accepted[0]?.text === text || undefined);
        expect(accepted.map((each) => each.host)).to.deep.equal([host]);
      }
    }
  });

  it('reports connections that are proven to come from a member', async () => {
    (await dial()).write(LINK_PREFACE);
    await poll('the proof', () => proven.length === 1 || undefined);
    expect(proven).to.deep.equal(accepted.map(({ socket }) => socket));
  });

  it('closes connections that send nothing, or only part of a preface', async () => {
    for (const text of ['', 'R', 'RAFTKV\r']) {
      const socket = await dial();
      socket.write(text);
      await once(socket, 'close');
    }
    expect(accepted).to.deep.equal([]);
  });

  it('refuses links until the member takes part in the cluster, in a way that makes the caller try again', async () => {
    links = undefined;
    expect(await rawLink(portOf(), [], { open: true })).to.equal('unavailable');
    expect(accepted).to.deep.equal([]);
  });
});
