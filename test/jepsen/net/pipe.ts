import type { Socket } from 'node:net';
import type { Random } from '../../../src/util/random.js';
import type { Rules } from './rules.js';
import { within } from './span.js';
import type { Span } from './span.js';

/** Bytes that one direction of a connection keeps before it stops reading. */
const KEPT_BYTES_MAX = 256 * 1024;
/** Time after which a connection draws its own delay anew, in ms. */
const REDRAW_MS = 1000;

export interface PipeOptions {
  readonly source: Socket;
  readonly destination: Socket;
  readonly from: string;
  readonly to: string;
  readonly rules: Rules;
  readonly random: Random;
}

interface Item {
  /** Bytes, or how the connection ends. */
  readonly content: Buffer | 'end' | 'close';
  readonly dueMs: number;
}

/** One direction of a proxied connection. It delivers bytes, and the end of the connection, in order and as the rules say. */
export class Pipe {
  readonly #options: PipeOptions;
  readonly #items: Item[] = [];
  readonly #forget: () => void;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #ownDelay = { untilMs: 0, ms: 0 };
  #wasHeld = false;
  #waitsForDrain = false;

  /** Begins to carry bytes, until the destination is closed. */
  static open(options: PipeOptions): Pipe {
    return new Pipe(options);
  }

  private constructor(options: PipeOptions) {
    this.#options = options;
    const { source, destination, rules } = options;
    source.on('data', (chunk: Buffer) => this.#received(chunk));
    source.on('end', () => this.#enqueue({ content: 'end', dueMs: performance.now() }));
    source.on('error', () => undefined); // 'close' follows
    source.on('close', () => this.#enqueue({ content: 'close', dueMs: performance.now() }));
    destination.on('drain', () => {
      this.#waitsForDrain = false;
      this.#deliver();
    });
    destination.on('close', () => {
      clearTimeout(this.#timer);
      this.#forget();
      this.#items.length = 0;
      // Bytes for a connection that is gone are read and dropped, so that the source learns of its own end.
      source.resume();
    });
    this.#forget = rules.onChange(() => this.#deliver());
  }

  #received(chunk: Buffer): void {
    const { destination, from, to, rules, random, source } = this.#options;
    if (destination.destroyed) return;
    const { breakProbability, delayMs, connectionDelayMs, stall } = rules.get(from, to);
    if (breakProbability !== undefined && random.next() < breakProbability) {
      rules.counts.broken += 1;
      source.resetAndDestroy();
      destination.resetAndDestroy();
      return;
    }
    let delay = delayMs === undefined ? 0 : within(delayMs, random);
    if (connectionDelayMs !== undefined) delay += this.#delayOfConnection(connectionDelayMs);
    if (stall !== undefined && random.next() < stall.probability) delay += within(stall.ms, random);
    if (delay > 0) rules.counts.delayed += 1;
    this.#bytes += chunk.length;
    this.#enqueue({ content: chunk, dueMs: performance.now() + delay });
  }

  #delayOfConnection(span: Span): number {
    const nowMs = performance.now();
    if (nowMs >= this.#ownDelay.untilMs) {
      this.#ownDelay = { untilMs: nowMs + REDRAW_MS, ms: within(span, this.#options.random) };
    }
    return this.#ownDelay.ms;
  }

  #enqueue(item: Item): void {
    this.#items.push(item);
    this.#deliver();
  }

  /** Delivers what is due, and arranges to be called again. */
  #deliver(): void {
    const { source, from, to, rules } = this.#options;
    const isHeld = rules.get(from, to).hold === true;
    if (isHeld && !this.#wasHeld && this.#items.length > 0) {
      this.#wasHeld = true;
      rules.counts.held += 1;
    }
    this.#wasHeld = isHeld && this.#wasHeld;
    if (!isHeld) this.#passWhatIsDue();
    if (this.#bytes > KEPT_BYTES_MAX) source.pause();
    else if (source.isPaused()) source.resume();
  }

  #passWhatIsDue(): void {
    const { destination } = this.#options;
    while (!this.#waitsForDrain && !destination.destroyed) {
      const [item] = this.#items;
      if (item === undefined) return;
      const waitMs = item.dueMs - performance.now();
      if (waitMs > 0) {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#deliver(), waitMs);
        return;
      }
      this.#items.shift();
      if (item.content === 'end') destination.end();
      else if (item.content === 'close') destination.destroy();
      else {
        this.#bytes -= item.content.length;
        this.#waitsForDrain = !destination.write(item.content);
      }
    }
  }
}
