import type { Socket } from 'node:net';

/** What every HTTP/2 connection begins with; no method of HTTP/1 does. */
const HTTP2_BEGINS = Buffer.from('PRI ');

export interface Speakers {
  /** How long a connection may say nothing at all, in ms. */
  readonly silenceMs: number;
  readonly http1: (socket: Socket) => void;
  readonly http2: (socket: Socket) => void;
}

/**
 * Hands a new connection to whom its first bytes are meant for, paused, with what was read put back; nothing of this
 * stands in its way afterwards.
 */
export function splitByFirstBytes(socket: Socket, { silenceMs, http1, http2 }: Speakers): void {
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
