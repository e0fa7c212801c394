import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { serveHelper } from './helper.js';

// The process of an attacker: connections that never finish their handshake. A third sends nothing, a third the beginning of a
// ClientHello, and a third a whole one. Each that the member closes is replaced at once.

export interface Attack {
  readonly connections: number;
}

export interface Attacked {
  /** Connections opened so far. */
  readonly opened: number;
}

let opened = 0;

serveHelper(async (question, { port }): Promise<Attacked> => {
  const { connections } = question as Attack;
  const hello = await clientHello();
  const open = (kind: number): void => {
    opened += 1;
    // Another address than the reader's: the member shares out handshakes among addresses.
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
    socket.on('error', () => undefined).on('close', () => setImmediate(() => open(kind)));
    socket.on('connect', () => {
      if (kind > 0) socket.write(kind === 1 ? hello.subarray(0, hello.length / 2) : hello);
    });
    socket.resume();
  };
  if (opened === 0) for (let at = 0; at < connections; at++) open(at % 3);
  return { opened };
});

/** The first bytes of a client of TLS. */
async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectSecure({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  server.close();
  return bytes;
}
