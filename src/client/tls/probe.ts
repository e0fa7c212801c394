import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { Endpoint } from '../calls/endpoint.js';

// Finds out which protocol a server speaks, for the error of a connection that it has closed without a reason.

/** Longest wait for an answer, in ms. */
const ANSWER_MS = 1000;
/** The client preface of HTTP/2 and an empty SETTINGS frame (RFC 9113, section 3.4). */
const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);
const FRAME_HEADER_BYTES = 9;
const SETTINGS = 4;

/** Whether a server completes a TLS handshake, whatever its certificate. No request is sent. */
export async function speaksTls({ address }: Endpoint): Promise<boolean> {
  const socket = connectSecurely({ ...address, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  return await settled(socket, (resolve) => socket.once('secureConnect', () => resolve(true)));
}

/** Whether a server speaks HTTP/2 without TLS. */
export async function speaksPlainHttp2({ address }: Endpoint): Promise<boolean> {
  const socket = connect({ ...address });
  return await settled(socket, (resolve) => {
    let received = Buffer.alloc(0);
    socket.once('connect', () => socket.write(PREFACE));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= FRAME_HEADER_BYTES) resolve(received[3] === SETTINGS && received.readUInt32BE(5) === 0);
    });
  });
}

/** The answer, or false if the connection ends or stalls before it. */
async function settled(socket: Socket, ask: (resolve: (answer: boolean) => void) => void): Promise<boolean> {
  const answer = await new Promise<boolean>((resolve) => {
    ask(resolve);
    socket.setTimeout(ANSWER_MS, () => resolve(false));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
  socket.destroy();
  return answer;
}
