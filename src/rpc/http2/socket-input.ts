import type { Socket } from 'node:net';
import type { InputTurns } from '../../util/input-turns.js';

export interface SocketInputOptions {
  readonly socket: Socket;
  /** Shared by the connections of a host. Undefined: chunks are read as they come. */
  readonly turns: InputTurns | undefined;
  /** Monotonic time in ms. */
  readonly now: () => number;
  /** @param nowMs time on the clock; must not throw */
  readonly read: (chunk: Buffer, nowMs: number) => void;
}

/** The chunks that arrive on a socket, each in a turn of its host. The socket is paused while a chunk waits for one. */
export class SocketInput {
  readonly #options: SocketInputOptions;
  #isPaused = false;
  #isDeferred = false;

  constructor(options: SocketInputOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.socket.on('data', (chunk: Buffer) => this.#onChunk(chunk));
  }

  /** Nothing more is read until `resume`, but a chunk that has arrived. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#options.socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (!this.#isDeferred) this.#options.socket.resume();
  }

  #onChunk(chunk: Buffer): void {
    const { socket, turns, now, read } = this.#options;
    const nowMs = now();
    if (turns === undefined || turns.begin(nowMs)) return read(chunk, nowMs);
    this.#isDeferred = true;
    socket.pause();
    turns.defer(() => {
      this.#isDeferred = false;
      read(chunk, now());
      if (!this.#isPaused) socket.resume();
    });
  }
}
