import type { Socket } from 'node:net';

/** The start of the HTTP/2 preface; no HTTP/1 method starts like it. */
const HTTP2_BEGINS = Buffer.from('PRI ');

export interface Protocols {
  /** Time after which a connection that has sent nothing is closed, in ms. */
  readonly silenceMs: number;
  readonly http1: (socket: Socket) => void;
  readonly http2: (socket: Socket) => void;
}

/** Hands a new connection to the host of its protocol, paused, with the bytes that were read put back. */
export function splitByFirstBytes(socket: Socket, { silenceMs, http1, http2 }: Protocols): void {
  let head: Buffer = Buffer.alloc(0);
  const look = (chunk: Buffer): void => {
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const seen = Math.min(head.length, HTTP2_BEGINS.length);
    const maybeHttp2 = head.subarray(0, seen).equals(HTTP2_BEGINS.subarray(0, seen));
    if (maybeHttp2 && seen < HTTP2_BEGINS.length) return;
    socket.setTimeout(0);
    socket.off('data', look).off('timeout', giveUp).off('error', giveUp);
    socket.pause();
    socket.unshift(head);
    (maybeHttp2 ? http2 : http1)(socket);
  };
  const giveUp = (): void => void socket.destroy();
  socket.setTimeout(silenceMs, giveUp);
  socket.on('error', giveUp).on('data', look);
}
