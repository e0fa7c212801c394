import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

const HIGH_WATER_BYTES = 16 * 1024;

/** The server's end of a connection in memory. The test decides when bytes arrive, and when the client takes the answers. */
export class FakeSocket extends EventEmitter {
  destroyed = false;
  writableEnded = false;
  writableLength = 0;
  writableNeedDrain = false;
  /** The client takes output as soon as it is written. */
  isTaking = true;
  /** Output that the client has taken and not yet looked at. */
  #taken: Buffer[] = [];
  #untaken: Buffer[] = [];
  #callbacks: (() => void)[] = [];
  #isPaused = false;
  #unread: Buffer[] = [];

  /** As the type that a connection takes. A connection uses no other member of the type. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  /** Bytes arrive from the client. */
  receive(bytes: Buffer): void {
    if (this.destroyed) return;
    if (this.#isPaused) this.#unread.push(bytes);
    else this.emit('data', bytes);
  }

  /** Bytes that have arrived and that the server has not read. */
  get unreadBytes(): number {
    return this.#unread.reduce((sum, { length }) => sum + length, 0);
  }

  /** What the client has taken since the last call. */
  takeAll(): Buffer {
    const taken = Buffer.concat(this.#taken);
    this.#taken = [];
    return taken;
  }

  /** Lets the client take the waiting output. */
  drain(): void {
    // Copied now: from here on, the server may use the bytes again.
    for (const bytes of this.#untaken) this.#taken.push(Buffer.from(bytes));
    this.#untaken = [];
    this.writableLength = 0;
    for (const done of this.#callbacks.splice(0)) done();
    if (!this.writableNeedDrain) return;
    this.writableNeedDrain = false;
    if (!this.destroyed) this.emit('drain');
  }

  write(bytes: Uint8Array, done?: () => void): boolean {
    // A copy shows the bytes as they were written, even if the writer changes its buffer later.
    if (this.isTaking) {
      this.#taken.push(Buffer.from(bytes));
      if (done !== undefined) process.nextTick(done);
    } else {
      if (done !== undefined) this.#callbacks.push(done);
      this.#untaken.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      this.writableLength += bytes.length;
      this.writableNeedDrain ||= this.writableLength >= HIGH_WATER_BYTES;
    }
    return !this.writableNeedDrain;
  }

  end(): this {
    this.writableEnded = true;
    return this;
  }

  destroy(): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    process.nextTick(() => this.emit('close'));
    return this;
  }

  pause(): this {
    this.#isPaused = true;
    return this;
  }

  resume(): this {
    this.#isPaused = false;
    while (!this.#isPaused && !this.destroyed) {
      const next = this.#unread.shift();
      if (next === undefined) break;
      this.emit('data', next);
    }
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  cork(): void {
    // Pieces arrive one by one.
  }

  uncork(): void {
    // See cork.
  }
}
