import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** Time between two looks at the sessions, in ms. */
const PROBE_INTERVAL_MS = 500;
/** Pings of the probe that may be unanswered on one session; Node allows ten in all. */
const UNANSWERED_MAX = 4;
/** A session that is ending may send one ping together with its GOAWAY; one that sends a second is alive. */
const PROOFS = 2;

interface Probed {
  readonly session: ServerHttp2Session;
  readonly socket: Socket;
  /** Bytes that had come at the last look. */
  seenBytes: number;
  /** Pings that the session has sent since then. */
  proofs: number;
  /** The session was asked at the last look, and has not answered. */
  asked: boolean;
  /** Bytes that had been written when it was asked. */
  writtenBytes: number;
  unanswered: number;
  /** When the pings without an answer began, on performance.now(). */
  unansweredSinceMs: number;
}

/**
 * Finds sessions that have ended inside Node, and destroys their sockets.
 *
 * After most protocol errors Node's HTTP/2 sends a GOAWAY, stops reading and reports nothing, so it does not see its
 * client go: the socket stays. Such a session does not send pings either, though nothing stands in their way. So
 * whenever bytes have come, a session is asked for a ping; a silent one is not.
 */
export class SessionProbe {
  readonly #probed = new Set<Probed>();
  readonly #answerMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param answerMs time that a client has to answer a ping before its connection is closed, in ms */
  constructor(answerMs: number) {
    this.#answerMs = answerMs;
  }

  add(session: ServerHttp2Session, socket: Socket): void {
    const counts = { seenBytes: 0, proofs: 0, asked: false, writtenBytes: 0, unanswered: 0, unansweredSinceMs: 0 };
    const probed: Probed = { session, socket, ...counts };
    this.#probed.add(probed);
    session.once('close', () => this.#remove(probed));
    // What a session has to send leaves before immediates run: after a long turn too, it has had its chance.
    this.#timer ??= setInterval(() => setImmediate(() => this.#probe()), PROBE_INTERVAL_MS).unref();
  }

  #remove(probed: Probed): void {
    this.#probed.delete(probed);
    if (this.#probed.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #probe(): void {
    const nowMs = performance.now();
    for (const probed of this.#probed) {
      const tooLate = probed.unanswered > 0 && nowMs - probed.unansweredSinceMs > this.#answerMs;
      if (tooLate || (probed.asked && isStuck(probed))) probed.socket.destroy();
      else look(probed, nowMs);
    }
  }
}

function look(probed: Probed, nowMs: number): void {
  const { bytesRead } = probed.socket;
  if (bytesRead !== probed.seenBytes) {
    probed.seenBytes = bytesRead;
    probed.proofs = 0;
  } else if (probed.asked) probed.proofs += 1;
  probed.asked = false;
  if (probed.proofs < PROOFS && bytesRead > 0 && probed.unanswered < UNANSWERED_MAX) ask(probed, nowMs);
}

function ask(probed: Probed, nowMs: number): void {
  const { session, socket } = probed;
  if (session.destroyed || session.closed) return;
  probed.asked = session.ping((error) => {
    probed.unanswered -= 1;
    probed.asked = false;
    if (error !== null) return;
    // The answer itself is no reason to ask again.
    probed.seenBytes = socket.bytesRead;
    probed.proofs = PROOFS;
  });
  if (!probed.asked) return;
  probed.writtenBytes = socket.bytesWritten;
  if (probed.unanswered === 0) probed.unansweredSinceMs = nowMs;
  probed.unanswered += 1;
}

/** The ping has waited since the last look, though all that was written has gone out to the system. */
function isStuck({ session, socket, writtenBytes }: Probed): boolean {
  if (session.destroyed || socket.bytesWritten !== writtenBytes) return false;
  const { outboundQueueSize = 0 } = session.state;
  const handle = (socket as { readonly _handle?: { readonly writeQueueSize?: number } | null })._handle;
  return outboundQueueSize > 0 && handle?.writeQueueSize === 0;
}
