import type { Socket } from 'node:net';
import type { InputTurns } from '../util/input-turns.js';

/** The start of the HTTP/2 preface; no HTTP/1 method starts like it. */
export const HTTP2_BEGINS: Buffer = Buffer.from('PRI ');

export interface Protocols {
  /** Time after which a connection that has not sent enough to identify its protocol is closed, in ms. */
  readonly silenceMs: number;
  /** Shares out each turn of the event loop among new connections. */
  readonly turns: Pick<InputTurns, 'begin' | 'defer'>;
  /** Called when a connection is closed for that. */
  readonly onSilence?: () => void;
  /** Protocols, identified by the first bytes of a connection. */
  readonly known: readonly { readonly begins: Buffer; readonly accept: (socket: Socket) => void }[];
  /** Takes all other connections. */
  readonly other: (socket: Socket) => void;
}

/** Hands a new connection to the host of its protocol, paused, with the bytes that were read put back. */
export function splitByFirstBytes(socket: Socket, { silenceMs, turns, onSilence, known, other }: Protocols): void {
  let head: Buffer = Buffer.alloc(0);
  const look = (chunk: Buffer): void => {
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    const possible = known.find(({ begins }) => {
      const seen = Math.min(head.length, begins.length);
      return head.compare(begins, 0, seen, 0, seen) === 0;
    });
    if (possible !== undefined && head.length < possible.begins.length) return;
    socket.setTimeout(0);
    socket.off('data', look).off('timeout', tooLate).off('error', giveUp);
    socket.pause();
    socket.unshift(head);
    const accept = possible?.accept ?? other;
    if (turns.begin(performance.now())) return accept(socket);
    turns.defer(() => {
      if (!socket.destroyed) accept(socket);
    });
  };
  const giveUp = (): void => void socket.destroy();
  const tooLate = (): void => {
    onSilence?.();
    giveUp();
  };
  socket.setTimeout(silenceMs, tooLate);
  socket.on('error', giveUp).on('data', look);
}
