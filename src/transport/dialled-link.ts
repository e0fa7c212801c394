import type { Cancel, Clock } from '../ports/clock.js';
import { formatMemberId as hex } from '../util/member-id.js';
import { CodecError, PrefaceError } from './codec-error.js';
import type { Connect } from './connect.js';
import { frameOf, type FrameKind } from './frame.js';
import { decodeHello, encodeHello, encodeProofs, PEER_PROTOCOL_VERSION, type Hello } from './hello.js';
import { LinkSocket } from './link-socket.js';
import { decodeRefusal, type RefusalCode } from './refusal.js';

/** The end of a dialled link. */
export interface LinkEnd {
  readonly reason: string;
  /** Of the peer's refusal; undefined if the link broke. */
  readonly code: RefusalCode | undefined;
}

export interface DialledLinkListener {
  /** The peer's hello: it receives packets from now on. May throw a CodecError. */
  onHello(hello: Hello): void;
  /** A ping was answered. */
  onRoundTrip(ms: number): void;
  /** See LinkSocket.full. */
  onDrain(): void;
  /** Called exactly once, as the last callback. */
  onClosed(end: LinkEnd): void;
}

export interface DialledLinkOptions {
  readonly url: string;
  readonly connect: Connect;
  readonly hello: Hello;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly clock: Clock;
  readonly listener: DialledLinkListener;
}

/** One attempt at a link to a peer, on a connection of its own. Its end closes everything that it opened. */
export class DialledLink {
  readonly #options: DialledLinkOptions;
  readonly #link: LinkSocket;
  #end: LinkEnd | undefined;
  #greeted = false;
  #cancelTimer: Cancel = () => undefined;
  /** The last ping: its number, and when it was sent. */
  #ping = { number: 0, sentMs: 0 };

  /** @throws TypeError: see Connect */
  constructor(options: DialledLinkOptions) {
    const { url, connect, hello, clock } = options;
    this.#options = options;
    this.#link = new LinkSocket(connect(url, 'link'), clock, {
      onFrame: (kind, source, start, end) => this.#onFrame(kind, source.subarray(start, end)),
      onMalformed: (error) => this.#onMalformed(error),
      onDrain: () => options.listener.onDrain(),
      onClosed: (reason = 'the connection was closed') => {
        this.#cancelTimer();
        options.listener.onClosed(this.#end ?? { reason, code: undefined });
      },
    });
    this.#link.greet(encodeHello(hello));
  }

  /** See LinkSocket.full. */
  get full(): boolean {
    return this.#link.full;
  }

  /** See LinkSocket.idle. */
  get idle(): boolean {
    return this.#link.idle;
  }

  write(pieces: readonly Buffer[]): void {
    this.#link.write(pieces);
  }

  sendProofs(proofs: readonly Uint8Array[]): void {
    this.#link.write([encodeProofs(proofs)]);
  }

  /** Closes once all written frames have left. */
  end(): void {
    this.#link.end();
  }

  cancel(): void {
    this.#link.destroy();
  }

  #onFrame(kind: FrameKind, body: Buffer): void {
    switch (kind) {
      case 'hello':
        if (this.#greeted) throw new CodecError('a second hello');
        this.#greeted = true;
        this.#options.listener.onHello(decodeHello(body));
        this.#cancelTimer();
        this.#cancelTimer = this.#schedulePing();
        return;
      case 'pong':
        this.#onPong(body);
        return;
      case 'refusal': {
        const { code, message } = decodeRefusal(body);
        this.#fail({ reason: message, code });
        return;
      }
      case 'proofs':
      case 'packet':
      case 'ping':
        throw new CodecError(`a ${kind} from the accepting side`);
    }
  }

  #onMalformed(error: CodecError): void {
    const { url, hello } = this.#options;
    const reason =
      error instanceof PrefaceError
        ? `peer protocol mismatch: member ${hex(hello.from)} speaks version ${PEER_PROTOCOL_VERSION}, and member ` +
          `${hex(hello.to)} at ${url} an older version or another protocol`
        : error.message;
    this.#fail({ reason, code: 'unwelcome' });
  }

  #schedulePing(): Cancel {
    return this.#options.clock.timeout(this.#options.keepaliveIntervalMs, () => this.#sendPing());
  }

  /** Finds half-open links: little else comes back on a link, so only an unanswered ping shows that it is dead. */
  #sendPing(): void {
    const { clock, keepaliveTimeoutMs } = this.#options;
    this.#cancelTimer = clock.timeout(keepaliveTimeoutMs, () => {
      this.#fail({ reason: 'a ping was not answered', code: undefined });
    });
    this.#ping = { number: this.#ping.number + 1, sentMs: clock.now() };
    const body = Buffer.alloc(8);
    body.writeUInt32LE(this.#ping.number % 2 ** 32);
    this.#link.write([frameOf('ping', body)]);
  }

  #onPong(body: Buffer): void {
    const { number, sentMs } = this.#ping;
    if (body.length !== 8 || body.readUInt32LE() !== number % 2 ** 32) throw new CodecError('a pong without a ping');
    this.#options.listener.onRoundTrip(this.#options.clock.now() - sentMs);
    this.#cancelTimer();
    this.#cancelTimer = this.#schedulePing();
  }

  #fail(end: LinkEnd): void {
    this.#end ??= end;
    this.#link.destroy();
  }
}
