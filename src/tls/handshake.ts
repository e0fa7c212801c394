import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { helloState } from './client-hello.js';
import type { FailureKind } from './failures.js';

export interface HandshakeOptions {
  /** That are offered (ALPN). Undefined: those of the context. */
  readonly protocols: readonly string[] | undefined;
  readonly timeoutMs: number;
  readonly done: (socket: TLSSocket) => void;
  /** The ClientHello is complete. It has been put back into the socket, which is paused. */
  readonly onHello: () => void;
  readonly onFailure: (kind: FailureKind, reason: string) => void;
  /** Called once: the handshake has succeeded or failed. */
  readonly onOver: () => void;
}

/** Go's answer to HTTP on a port of HTTPS. */
const PLAIN_HTTP_ANSWER = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
const HTTP_METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) /;
/** Time for that answer to reach the client, in ms. */
const LINGER_MS = 1_000;

/** One handshake of a server, from the accepted connection on. */
export class Handshake {
  readonly socket: Socket;
  readonly remote: string | undefined;
  readonly #options: HandshakeOptions;
  readonly #timer: NodeJS.Timeout;
  #head: Buffer = Buffer.alloc(0);
  #isOver = false;

  constructor(socket: Socket, options: HandshakeOptions) {
    this.socket = socket;
    this.remote = socket.remoteAddress;
    this.#options = options;
    const { timeoutMs } = options;
    this.#timer = setTimeout(() => this.fail('timeout', `no handshake within ${timeoutMs} ms`), timeoutMs);
    this.#timer.unref();
    socket.on('data', this.#look).once('close', this.#onClose);
  }

  get protocols(): readonly string[] | undefined {
    return this.#options.protocols;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  fail(kind: FailureKind, reason: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#options.onFailure(kind, reason);
    this.socket.destroy();
  }

  succeed(socket: TLSSocket): void {
    if (this.#isOver) return void socket.destroy();
    this.#end();
    this.#options.done(socket);
  }

  #end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#head = Buffer.alloc(0);
    this.socket.off('data', this.#look).off('close', this.#onClose);
    this.#options.onOver();
  }

  readonly #onClose = (): void => {
    // A refusal by node:tls closes the connection first and is reported after that.
    setImmediate(() => this.fail('closed', 'the other side has closed the connection'));
  };

  readonly #look = (chunk: Buffer): void => {
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    switch (helloState(this.#head)) {
      case 'more':
        return;
      case 'whole':
        this.socket.off('data', this.#look).pause();
        this.socket.unshift(this.#head);
        this.#head = Buffer.alloc(0);
        return this.#options.onHello();
      case 'too-large':
        return this.fail('protocol', 'the ClientHello is too large');
      case 'not-tls':
        return this.#refusePlain();
    }
  };

  #refusePlain(): void {
    if (!HTTP_METHOD.test(this.#head.subarray(0, 8).toString('latin1'))) {
      return this.fail('plain', 'the other side does not speak TLS');
    }
    const { socket } = this;
    this.#end();
    this.#options.onFailure('plain', 'the other side sent HTTP without TLS');
    socket.end(PLAIN_HTTP_ANSWER);
    // A socket that is closed with unread bytes is reset, which may overtake the answer.
    socket.resume();
    const cut = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once('close', () => clearTimeout(cut));
  }
}
