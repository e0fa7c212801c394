import type { Clock } from '../../ports/clock.js';

/** One response, or several that follow each other, made when there is room for them. */
export interface QueuedResponse {
  /** What it holds in memory until then, roughly. */
  readonly bytes: number;
  readonly pieces: number;
  /** How many it tells of; default none. */
  readonly events?: number;
  make(piece: number): Uint8Array;
}

/**
 * Bytes that may wait on one stream before there is no room; one response comes on top, however large. There is room again
 * once half of it has gone, so that watches do not take turns for each response that leaves.
 */
export const DEFAULT_RESPONSE_QUEUE_BYTES = 512 * 1024;

/** What waits to be sent on one stream, in order. */
export class ResponseQueue {
  readonly #send: (body: Uint8Array) => boolean;
  readonly #onRoom: () => void;
  readonly #onEvents: (sent: number) => void;
  readonly #queue: FlushQueue;
  readonly #bytesMax: number;
  #waiting: QueuedResponse[] = [];
  /** Of the first that waits: pieces that are sent. */
  #piece = 0;
  #bytes = 0;
  #full = false;
  #writable = true;
  #closed = false;

  /**
   * @param options.send false: no more, until `drained`
   * @param options.onRoom called when there is room again, after there was none
   * @param options.onEvents hears how many events were sent
   */
  constructor(options: {
    readonly send: (body: Uint8Array) => boolean;
    readonly onRoom: () => void;
    readonly onEvents?: (sent: number) => void;
    readonly queue: FlushQueue;
    readonly bytesMax?: number;
  }) {
    this.#send = options.send;
    this.#onRoom = options.onRoom;
    this.#onEvents = options.onEvents ?? (() => undefined);
    this.#queue = options.queue;
    this.#bytesMax = options.bytesMax ?? DEFAULT_RESPONSE_QUEUE_BYTES;
  }

  get hasRoom(): boolean {
    return !this.#full;
  }

  /** Events that wait; found by looking at all that does. */
  get events(): number {
    return this.#waiting.reduce((sum, { events = 0 }) => sum + events, 0);
  }

  push(outgoing: QueuedResponse): void {
    if (this.#closed) return;
    this.#waiting.push(outgoing);
    this.#bytes += outgoing.bytes;
    if (this.#bytes >= this.#bytesMax) this.#full = true;
    if (this.#writable) this.#queue.add(this);
  }

  drained(): void {
    this.#writable = true;
    if (this.#waiting.length > 0) this.#queue.add(this);
  }

  /** Forgets what waits. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  /** Sends while the stream takes it. @returns what it cost, not much more than `most` */
  flush(most: number): number {
    let cost = 0;
    let done = 0;
    let events = 0;
    while (cost < most && this.#writable) {
      const first = this.#waiting[done];
      if (first === undefined) break;
      const body = first.make(this.#piece);
      this.#writable = this.#send(body);
      cost += 1 + body.length / BYTES_AS_COSTLY_AS_ONE;
      if (++this.#piece < first.pieces) continue;
      this.#piece = 0;
      this.#bytes -= first.bytes;
      events += first.events ?? 0;
      done++;
    }
    if (done > 0) this.#waiting = this.#waiting.slice(done);
    if (events > 0) this.#onEvents(events);
    if (this.#writable && this.#waiting.length > 0) this.#queue.add(this);
    if (this.#full && this.#bytes <= this.#bytesMax / 2) {
      this.#full = false;
      this.#onRoom();
    }
    return cost;
  }
}

/** Responses that are sent in one turn: some milliseconds' worth. */
const COST_PER_TURN = 256;
const BYTES_AS_COSTLY_AS_ONE = 16 * 1024;

/** Takes the streams that have something to send in turns, so that a write which thousands watch holds nobody up. */
export class FlushQueue {
  readonly #clock: Clock;
  readonly #dirty = new Set<ResponseQueue>();
  #scheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(queue: ResponseQueue): void {
    this.#dirty.add(queue);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Behind what this turn does, as the answering of the write that is watched.
    void Promise.resolve().then(() => this.#run());
  }

  #run(): void {
    let left = COST_PER_TURN;
    for (const queue of this.#dirty) {
      if (left <= 0) break;
      this.#dirty.delete(queue);
      left -= queue.flush(left);
    }
    this.#scheduled = this.#dirty.size > 0;
    if (this.#scheduled) this.#clock.soon(() => this.#run());
  }
}
