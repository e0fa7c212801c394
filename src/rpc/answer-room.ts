import type { OnLimit } from '../util/limit-hits.js';
import type { AnswerGrowth, AnswerMemory } from '../util/answer-growth.js';
import { GrowingAnswer, GrowingAnswers } from './growing-answers.js';

/** The bound on unsent answers as handlers see it: see `ConnectionAnswers`. */
export interface AnswerRoom extends AnswerMemory {
  /** Whether the connection holds as many bytes of unsent answers as it may. */
  readonly isFull: boolean;
  /** Has the answer made once there is room for another one, at once if there already is. */
  admit(answer: AnswerToMake): void;
}

/** An answer that waits for room. */
export interface AnswerToMake {
  /** A call that is cancelled while it waits is dropped. */
  readonly call: { readonly cancelled: boolean };
  /** Whether `make` returns undefined: the answer does not wait for others that are being made. */
  readonly isBrief: boolean;
  /** Makes the answer, which counts as being made until the promise resolves. It must not reject. */
  make(): Promise<void> | undefined;
}

export interface AnswerLimits {
  /** Unsent bytes of answers on one connection, above which its further reads wait. Default 64 MiB. */
  readonly connectionBytesMax: number;
  /**
   * The same for all connections of the member together, with answers that are being made. One answer may be larger, as it
   * is made whole before it is sent. Default 512 MiB.
   */
  readonly memberBytesMax: number;
  /** Concurrent answers of one connection that take several turns to make. Default 16. */
  readonly makingPerConnectionMax: number;
  /** The same for all connections together. Default 64. */
  readonly makingPerMemberMax: number;
  /**
   * Time in which a connection must read a sixteenth of the answers that it holds while the member's bound is reached, in ms.
   * Otherwise it is closed: its memory is needed for others. Default 5,000.
   */
  readonly stalledMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_ANSWER_LIMITS: AnswerLimits = {
  connectionBytesMax: 64 * MIB,
  memberBytesMax: 512 * MIB,
  makingPerConnectionMax: 16,
  makingPerMemberMax: 64,
  stalledMs: 5_000,
};

/** Weight of the largest answer so far after each further one. */
const FORGETTING = 0.98;

/** Divisor of its unsent bytes: a connection that takes this fraction of them makes progress. */
const PROGRESS_DIVISOR = 16;

/** Interval of the checks for stalled connections while reads wait, in ms. */
const STALL_CHECK_MS = 500;

/**
 * Bounds the bytes of answers that are in memory because clients do not read them. The size of an answer is known only
 * when it is made, so room is reserved for each answer being made: the size of the connection's largest answer so far.
 */
export class MemberAnswers {
  readonly limits: AnswerLimits;
  readonly #connections = new Set<ConnectionAnswers>();
  /** Connections whose reads wait for the member's bound only, in order of arrival. */
  readonly #waiting = new Set<ConnectionAnswers>();
  readonly growing: GrowingAnswers;
  readonly #onLimit: OnLimit;
  #bytes = 0;
  #making = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Partial<AnswerLimits> = {}, onLimit: OnLimit = () => undefined) {
    this.#onLimit = onLimit;
    this.limits = { ...DEFAULT_ANSWER_LIMITS, ...limits };
    this.growing = new GrowingAnswers({ bytesMax: this.limits.memberBytesMax, unsentBytes: () => this.#bytes });
  }

  /** Bytes of answers that are made and not sent. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param cut closes the connection */
  connection(cut: () => void): ConnectionAnswers {
    const connection = new ConnectionAnswers(this, cut);
    this.#connections.add(connection);
    return connection;
  }

  /** Whether the unsent bytes are below their bound. */
  get hasBytes(): boolean {
    return this.#bytes < this.limits.memberBytesMax;
  }

  /** Whether a connection that is making some answers may begin another one. Each connection may make one, regardless of the others. */
  hasRoom(making: number): boolean {
    return this.hasBytes && (making === 0 || this.#making < this.limits.makingPerMemberMax);
  }

  /** Adds to the unsent bytes, or subtracts from them. */
  holding(bytes: number): void {
    this.#bytes += bytes;
    if (bytes < 0) this.#goOn();
  }

  /** Adds to the answers in the making, or subtracts from them. */
  making(answers: number): void {
    this.#making += answers;
    if (answers < 0) this.#goOn();
  }

  wait(connection: ConnectionAnswers): void {
    this.#waiting.add(connection);
    this.watch();
  }

  /** Begins the checks for stalled connections. They end when nothing waits. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#check(), STALL_CHECK_MS).unref();
  }

  over(connection: ConnectionAnswers): void {
    this.#connections.delete(connection);
    this.#waiting.delete(connection);
  }

  #goOn(): void {
    this.growing.goOn();
    for (const connection of this.#waiting) {
      if (!this.hasRoom(connection.making)) continue;
      this.#waiting.delete(connection);
      connection.goOn();
    }
  }

  /** While reads wait and the member's bound is reached, closes connections that hold answers and read too little. */
  #check(): void {
    if (this.#waiting.size === 0 && !this.growing.hasWaiting) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    if (this.#bytes < this.limits.memberBytesMax) return;
    const nowMs = performance.now();
    for (const connection of this.#connections) {
      if (connection.unsentBytes === 0 || nowMs - connection.progressAtMs <= this.limits.stalledMs) continue;
      this.#onLimit('unread_answers');
      connection.cut();
    }
  }
}

/** The answers of one connection. */
export class ConnectionAnswers implements AnswerRoom {
  /** Closes the connection. */
  readonly cut: () => void;
  readonly #member: MemberAnswers;
  readonly #waiting: AnswerToMake[] = [];
  readonly #growing = new Set<GrowingAnswer>();
  /** Callbacks of streams that wait for the connection to be below its bound. */
  #drains: (() => void)[] = [];
  #unsentBytes = 0;
  #reservedBytes = 0;
  #making = 0;
  /** The largest of the last answers: older ones count less and less. Undefined before the first. */
  #largestBytes: number | undefined;
  /** When the client last made progress, on performance.now(). */
  progressAtMs = performance.now();
  /** Bytes that it has taken since then. */
  #takenBytes = 0;
  #closed = false;

  constructor(member: MemberAnswers, cut: () => void) {
    this.#member = member;
    this.cut = cut;
  }

  /** Bytes of answers that the connection has not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Answers that take several turns and are being made. */
  get making(): number {
    return this.#making;
  }

  /** Whether streams may send more. */
  get isFull(): boolean {
    return this.#unsentBytes >= this.#member.limits.connectionBytesMax;
  }

  admit(answer: AnswerToMake): void {
    if (this.#closed) return;
    if (answer.isBrief && !this.isFull && this.#member.hasBytes) return this.#make(answer);
    if (this.#waiting.length === 0 && this.#hasRoom() && this.#member.hasRoom(this.#making)) return this.#make(answer);
    this.#waiting.push(answer);
    this.#goOnOrWait();
  }

  grow(): AnswerGrowth {
    const answer = new GrowingAnswer(this.#member.growing, {
      onWait: () => this.#member.watch(),
      onEnd: (ended) => this.#growing.delete(ended),
    });
    if (this.#closed) answer.abandon();
    else this.#growing.add(answer);
    return answer;
  }

  /** Counts an answer that is ready to be sent. */
  hold(bytes: number): void {
    if (this.#closed) return;
    if (this.#unsentBytes === 0) this.#progress();
    this.#unsentBytes += bytes;
    this.#member.holding(bytes);
    this.#largestBytes = Math.max(bytes, (this.#largestBytes ?? 0) * FORGETTING);
  }

  /** Stops counting bytes that the connection has taken, or that will not be sent. */
  release(bytes: number): void {
    if (this.#closed || bytes === 0) return;
    this.#unsentBytes -= bytes;
    this.progressed(bytes);
    this.#member.holding(-bytes);
    this.goOn();
    if (this.#drains.length === 0 || this.isFull) return;
    const drains = this.#drains;
    this.#drains = [];
    for (const drain of drains) drain();
  }

  /** The client has taken this many bytes. The memory of the answer may be freed later, as a whole. */
  progressed(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes * PROGRESS_DIVISOR >= this.#unsentBytes) this.#progress();
  }

  /** Calls back once when the connection is not full any more. */
  onRoom(callback: () => void): void {
    this.#drains.push(callback);
  }

  /** Starts reads that wait, as far as there is room. */
  goOn(): void {
    if (this.#waiting.length > 0) this.#goOnOrWait();
  }

  /** Frees the memory of a closed connection, and drops its waiting reads. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting.length = 0;
    this.#drains = [];
    for (const answer of this.#growing) answer.abandon();
    this.#member.over(this);
    this.#member.holding(-this.#unsentBytes);
  }

  #hasRoom(): boolean {
    const { connectionBytesMax, makingPerConnectionMax } = this.#member.limits;
    return this.#making < makingPerConnectionMax && this.#unsentBytes + this.#reservedBytes < connectionBytesMax;
  }

  #progress(): void {
    this.#takenBytes = 0;
    this.progressAtMs = performance.now();
  }

  #goOnOrWait(): void {
    while (this.#hasRoom()) {
      if (!this.#member.hasRoom(this.#making)) return this.#member.wait(this);
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!next.call.cancelled) this.#make(next);
    }
  }

  /** Before the first answer, reserves all of the connection's room: further reads wait until its size is known. */
  #make(answer: AnswerToMake): void {
    const done = answer.make();
    if (done === undefined) return;
    const reserved = this.#largestBytes ?? this.#member.limits.connectionBytesMax;
    this.#reservedBytes += reserved;
    this.#making += 1;
    this.#member.making(1);
    void done.then(() => {
      // Also once the connection is closed: work that goes on counts until its end.
      this.#member.making(-1);
      if (this.#closed) return;
      this.#reservedBytes -= reserved;
      this.#making -= 1;
      this.#largestBytes ??= 0;
      this.goOn();
    });
  }
}
