import type { Clock } from '../../ports/clock.js';

/** One response, or several in sequence, built when there is room for them. */
export interface QueuedResponse {
  /** Approximate memory until then, in bytes. */
  readonly bytes: number;
  readonly pieces: number;
  /** Number of events; default 0. */
  readonly events?: number;
  make(piece: number): Uint8Array;
}

/**
 * Bytes queued on one stream before there is no room; one response of any size may exceed it. There is room again once
 * half of it was sent, so that watches do not resume for each sent response.
 */
export const DEFAULT_RESPONSE_QUEUE_BYTES = 512 * 1024;

/** The response queue of one stream. */
export class ResponseQueue {
  readonly #send: (body: Uint8Array) => boolean;
  readonly #onRoom: () => void;
  readonly #onEvents: (sent: number) => void;
  readonly #queue: FlushQueue;
  readonly #bytesMax: number;
  #waiting: QueuedResponse[] = [];
  /** Number of parts of the first response that were sent. */
  #piece = 0;
  #bytes = 0;
  #full = false;
  #writable = true;
  #closed = false;

  /**
   * @param options.send returns false if no more may be sent until `drained`
   * @param options.onRoom called when there is room again
   * @param options.onEvents called with the number of events sent
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

  /** Number of queued events, computed by a walk over the queue. */
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

  /** Discards all responses. */
  close(): void {
    this.#closed = true;
    this.#waiting = [];
  }

  /** Sends until the stream is full. @returns the cost of what was sent, not much more than `most` */
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

/** Cost of the responses sent in one turn: some milliseconds of work. */
const COST_PER_TURN = 256;
const BYTES_AS_COSTLY_AS_ONE = 16 * 1024;

/**
 * Lets the streams with queued responses send in turns, so that a write with thousands of watches delays no other work.
 */
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
    // After the rest of this turn, such as the response to the write.
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
