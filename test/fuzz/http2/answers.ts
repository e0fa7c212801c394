import { createHash } from 'node:crypto';
import { randomInteger, type Random } from '../../../src/util/random.js';
import type { OutgoingField } from '../../../src/rpc/http2/hpack-encoder.js';
import { OK, type Script, type ScriptedStream } from '../../rpc/http2/scripted-stream.js';
import { chance, pick } from '../pick.js';

/** What a request asks the server to do. */
export interface Plan {
  /**
   * after: answers when the request is complete; echo: returns each part as it arrives; early: answers at once, before the
   * body; slow: like after, and returns credit late; never: answers only at the end of the run.
   */
  readonly kind: 'after' | 'echo' | 'early' | 'slow' | 'never';
  /** Bytes of the answer, except for echo. */
  readonly size: number;
}

const KINDS = ['after', 'after', 'echo', 'early', 'slow', 'never'] as const;

export function randomPlan(random: Random, sizeMax: number): Plan {
  return { kind: pick(random, KINDS), size: chance(random, 0.2) ? 0 : randomInteger(random, 0, sizeMax) };
}

export function pathOf({ kind, size }: Plan): string {
  return `/${kind}/${size}`;
}

/** @param path the path of a request, possibly with changed bytes */
function planOf(path: string): Plan {
  const [, kind = '', size = ''] = path.split('/');
  const known = KINDS.find((one) => one === kind) ?? 'after';
  return { kind: known, size: /^\d{1,5}$/.test(size) ? Number(size) : 0 };
}

/** The answer to a request. It depends on stream, plan and body, so that it differs from every other answer. */
export function answerTo(streamId: number, { kind, size }: Plan, body: Buffer): Buffer {
  if (kind === 'echo') return body;
  const seed = createHash('sha256').update(`${streamId} ${size} `);
  if (kind !== 'early') seed.update(body);
  return Buffer.alloc(size, seed.digest());
}

/** The server of a run: its work is done task by task, when the run says so. */
export class AnsweringServer {
  readonly #random: Random;
  readonly #tasks: (() => void)[] = [];
  readonly #held: ScriptedStream[] = [];
  #isEnding = false;
  /** Streams that send more as soon as a part of theirs has been sent. */
  readonly #driven = new Map<ScriptedStream, () => void>();
  /** Streams that have ended or were aborted, each once. */
  readonly over = new Map<number, string>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Does one task of the waiting work. @returns false if there is none */
  work(): boolean {
    if (this.#tasks.length === 0) return false;
    const [task] = this.#tasks.splice(randomInteger(this.#random, 0, this.#tasks.length), 1);
    task?.();
    return true;
  }

  /** Answers the requests that wait for the end of the run. */
  endAll(): void {
    this.#isEnding = true;
    for (const stream of this.#held) this.#answer(stream, { kind: 'never', size: 0 }, Buffer.alloc(0));
    this.#held.length = 0;
  }

  script(path: string): Script {
    const plan = planOf(path);
    const parts: Buffer[] = [];
    return {
      onOpen: (stream) => {
        stream.credits = plan.kind !== 'slow';
        if (plan.kind === 'early') this.#answer(stream, plan, Buffer.alloc(0));
        if (plan.kind === 'echo') stream.headers();
        if (plan.kind === 'never') this.#hold(stream);
      },
      onData: (stream, part, isLast) => {
        if (plan.kind === 'slow') this.#tasks.push(() => stream.creditBack(part.length));
        if (plan.kind === 'echo') {
          if (part.length > 0) stream.data(part);
          if (isLast) this.#end(stream);
          return;
        }
        parts.push(part);
        const isAnswered = plan.kind === 'early' || plan.kind === 'never';
        if (isLast && !isAnswered) this.#tasks.push(() => this.#answer(stream, plan, Buffer.concat(parts)));
      },
      onAbort: (stream, code) => this.#over(stream, `aborted with ${code}`),
      onSent: (stream) => this.#driven.get(stream)?.(),
    };
  }

  #hold(stream: ScriptedStream): void {
    if (this.#isEnding) this.#tasks.push(() => this.#answer(stream, { kind: 'never', size: 0 }, Buffer.alloc(0)));
    else this.#held.push(stream);
  }

  /** Sends the answer in parts over several tasks. */
  #answer(stream: ScriptedStream, plan: Plan, body: Buffer): void {
    const answer = answerTo(stream.id, plan, body);
    if (chance(this.#random, 0.4)) return this.#answerWhole(stream, answer);
    stream.headers();
    if (chance(this.#random, 0.4)) return this.#answerDriven(stream, answer);
    const send = (at: number): void => {
      if (at >= answer.length) return this.#end(stream);
      const end = Math.min(answer.length, at + randomInteger(this.#random, 1, 60_000));
      if (end === answer.length && chance(this.#random, 0.5)) return this.#endBody(stream, answer.subarray(at));
      stream.data(answer.subarray(at, end));
      if (chance(this.#random, 0.5)) send(end);
      else this.#tasks.push(() => send(end));
    };
    send(0);
  }

  /** Sends more whenever a part has been sent, from within the connection, as streams with a bound on unsent bytes do. */
  #answerDriven(stream: ScriptedStream, answer: Buffer): void {
    let at = 0;
    const more = (): void => {
      while (at < answer.length && stream.queuedBytes < 10_000 && !stream.isClosed) {
        const end = Math.min(answer.length, at + randomInteger(this.#random, 1, 20_000));
        const part = answer.subarray(at, end);
        at = end;
        if (at === answer.length && chance(this.#random, 0.5)) return this.#endBody(stream, part);
        stream.data(part);
      }
      if (at < answer.length || !this.#driven.delete(stream)) return;
      this.#end(stream);
    };
    this.#driven.set(stream, more);
    more();
  }

  #answerWhole(stream: ScriptedStream, answer: Buffer): void {
    if (stream.isClosed) return;
    this.#over(stream, 'ended');
    const begin = Math.min(answer.length, randomInteger(this.#random, 0, 6));
    const middle = randomInteger(this.#random, begin, answer.length + 1);
    const pieces = [answer.subarray(begin, middle), answer.subarray(middle)];
    const body = chance(this.#random, 0.5) ? pieces : answer.subarray(begin);
    // The prefix, which is short, may be used again as soon as the call returns.
    const prefix = Buffer.from(answer.subarray(0, begin));
    stream.whole({ headers: OK, prefix, body, bodyBytes: answer.length - begin, trailers: this.#trailers(stream) });
    prefix.fill(0xee);
  }

  #endBody(stream: ScriptedStream, last: Buffer): void {
    this.#driven.delete(stream);
    if (stream.isClosed) return;
    this.#over(stream, 'ended');
    stream.last(last);
  }

  #end(stream: ScriptedStream): void {
    if (stream.isClosed) return;
    if (chance(this.#random, 0.3)) return this.#endBody(stream, Buffer.alloc(0));
    this.#over(stream, 'ended');
    stream.end(this.#trailers(stream));
  }

  #trailers({ id }: ScriptedStream): readonly OutgoingField[] {
    return [{ name: 'stream', value: String(id), repeats: chance(this.#random, 0.3) }];
  }

  #over({ id }: ScriptedStream, how: string): void {
    const before = this.over.get(id);
    // The client may reset a stream whose answer is still in flight.
    if (before === 'ended' && how.startsWith('aborted')) return;
    if (before !== undefined) throw new Error(`stream ${id} was ${before} already, and is now ${how}`);
    this.over.set(id, how);
  }
}
