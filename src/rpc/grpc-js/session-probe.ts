import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/** Interval between two checks of the sessions, in ms. */
const PROBE_INTERVAL_MS = 500;
/** Pings of the probe that may be unanswered on one session; Node allows ten in all. */
const UNANSWERED_MAX = 4;
/** A closing session may send one ping with its GOAWAY; a session that sends a second one is alive. */
const PROOFS = 2;

interface Probed {
  readonly session: ServerHttp2Session;
  readonly socket: Socket;
  /** Bytes received by the last check. */
  seenBytes: number;
  /** Pings that the session has sent since then. */
  proofs: number;
  /** A ping was requested at the last check, and has not been sent. */
  asked: boolean;
  /** Bytes written when the ping was requested. */
  writtenBytes: number;
  unanswered: number;
  /** When the pings without an answer began, on performance.now(). */
  unansweredSinceMs: number;
}

/**
 * Finds sessions that have ended inside Node, and destroys their sockets.
 *
 * After most protocol errors Node's HTTP/2 sends a GOAWAY, stops reading and reports nothing, so it does not notice
 * that its client disconnects, and the socket stays open. Such a session sends no pings either. So after each check in
 * which bytes have arrived, the probe requests a ping of the session, and destroys a session that sends none. A session
 * that receives nothing is not probed.
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
    // A session sends its frames before immediates run, so even after a long turn it could have sent the ping.
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
    // The answer to the ping alone is no reason for another one.
    probed.seenBytes = socket.bytesRead;
    probed.proofs = PROOFS;
  });
  if (!probed.asked) return;
  probed.writtenBytes = socket.bytesWritten;
  if (probed.unanswered === 0) probed.unansweredSinceMs = nowMs;
  probed.unanswered += 1;
}

/** The ping has not been sent since the last check, although the system has taken all written bytes. */
function isStuck({ session, socket, writtenBytes }: Probed): boolean {
  if (session.destroyed || socket.bytesWritten !== writtenBytes) return false;
  const { outboundQueueSize = 0 } = session.state;
  const handle = (socket as { readonly _handle?: { readonly writeQueueSize?: number } | null })._handle;
  return outboundQueueSize > 0 && handle?.writeQueueSize === 0;
}
