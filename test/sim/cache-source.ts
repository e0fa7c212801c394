import type { CacheSource, CacheWatch, CacheWatchOptions } from '../../src/client/cache/cache-source.js';
import type { ErrorCode } from '../../src/client/errors.js';
import { RaftKvError } from '../../src/client/errors.js';
import { toHeader } from '../../src/client/keys/key-value.js';
import { levelledRange, toRangeBody } from '../../src/client/keys/range.js';
import { answersProgressRequest, toBatch } from '../../src/client/watch/watch-types.js';
import type { WatchBatch } from '../../src/client/watch/watch-types.js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import type { VirtualStream } from '../support/virtual-stream.js';
import type { CallResult } from '../support/virtual-member.js';
import type { World } from './world.js';

const { RangeRequest, RangeResponse, WatchRequest, WatchResponse } = etcdserverpb;
type Response = ReturnType<typeof WatchResponse.decode>;

const DELAY_MS = 1;
/** Time that a call may take beyond the member's own limit, in ms. */
const PATIENCE_MS = 1000;
/** Longest time of a watch at one member, in ms. */
const STAY_MS = 8000;

function failure(code: ErrorCode, message: string): RaftKvError {
  return new RaftKvError({ code, message, fate: 'not-applied', retryable: true });
}

/** The members of a simulated cluster, as a cache uses them: each call goes to some member, once. */
export class SimCacheSource implements CacheSource {
  readonly timeoutMs: number;
  readonly world: World;
  readonly random: Random;
  readonly #closer = new AbortController();

  constructor(world: World, random: Random) {
    this.world = world;
    this.random = random;
    this.timeoutMs = world.options.requestMs + PATIENCE_MS;
  }

  get closing(): AbortSignal {
    return this.#closer.signal;
  }

  now(): number {
    return this.world.time.nowMs;
  }

  timeout(delayMs: number, callback: () => void): () => void {
    return this.world.time.schedule(delayMs, callback);
  }

  async range(...[range, options]: Parameters<CacheSource['range']>): ReturnType<CacheSource['range']> {
    const machine = this.world.someMachine(this.random, ({ dead }) => !dead);
    if (machine === undefined) throw failure('unavailable', 'no member runs');
    const body = RangeRequest.encode(levelledRange(range, options, 'default')).finish();
    const late = new Promise<undefined>((resolve) => {
      this.timeout(this.timeoutMs, () => resolve(undefined));
    });
    const result = await Promise.race<CallResult | undefined>([
      machine.member.call('/etcdserverpb.KV/Range', body),
      late,
    ]);
    if (options.signal?.aborted === true) throw failure('cancelled', 'the call was cancelled');
    if (result === undefined) throw failure('deadline-exceeded', 'no answer');
    if (result.kind === 'error') {
      const { message } = result.status;
      throw failure(message.includes('compacted') ? 'compacted' : 'unavailable', message);
    }
    const wire = RangeResponse.decode(result.body);
    return { ...toRangeBody(wire), header: toHeader(wire.header) };
  }

  watch(options: CacheWatchOptions): CacheWatch {
    return new SimCacheWatch(this, options);
  }
}

/** A watch that goes from member to member, as the client's does. */
class SimCacheWatch implements CacheWatch {
  readonly #source: SimCacheSource;
  readonly #options: CacheWatchOptions;
  #next: number;
  #received: number;
  #asked: number | undefined;
  #stream: VirtualStream | undefined;
  #fragments: Response[] = [];
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(source: SimCacheSource, options: CacheWatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#next = options.startRevision;
    this.#received = options.startRevision - 1;
  }

  requestProgress({ atLeastRevision }: { readonly atLeastRevision: number }): void {
    this.#asked = Math.max(this.#asked ?? 0, atLeastRevision);
    this.#ask();
  }

  moveOn(): void {
    this.#leave();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#leave();
  }

  async *batches(): AsyncGenerator<WatchBatch, void, undefined> {
    const { world, random } = this.#source;
    while (!this.#closed) {
      await world.sleep(5 + random.next() * 100);
      yield* this.#session();
    }
  }

  async *#session(): AsyncGenerator<WatchBatch, void, undefined> {
    const { world, random } = this.#source;
    const machine = world.someMachine(random, ({ dead }) => !dead);
    const stream = machine?.member.stream('/etcdserverpb.Watch/Watch', {
      metadata: { hasleader: 'true' },
      delayMs: DELAY_MS,
      window: randomInteger(random, 1, 8),
      onReadable: () => this.#wake(),
    });
    if (stream === undefined || this.#closed) return;
    this.#stream = stream;
    this.#fragments = [];
    const { key, rangeEnd } = this.#options.range;
    const createRequest = { key, rangeEnd, startRevision: this.#next, progressNotify: true, fragment: true };
    stream.send(WatchRequest.encode({ createRequest }).finish());
    const untilMs = world.time.nowMs + random.next() * STAY_MS;
    // Messages that arrived before a stream broke are still read.
    while (this.#stream === stream) {
      const body = stream.take();
      if (body !== undefined) {
        const batch = this.#receive(WatchResponse.decode(body));
        if (batch !== undefined) yield batch;
      } else if (stream.ended !== undefined || world.time.nowMs > untilMs) this.#leave();
      else await this.#readable();
    }
  }

  #receive(response: Response): WatchBatch | undefined {
    if (response.canceled) {
      this.#leave();
      if (clampInteger(response.compactRevision) > 0) throw failure('compacted', 'the revision has been compacted');
      return undefined;
    }
    if (response.created) {
      this.#options.onCreated(toHeader(response.header));
      this.#ask();
      return undefined;
    }
    this.#fragments.push(response);
    if (response.fragment) return undefined;
    const responses = this.#fragments.splice(0);
    const batch = toBatch(responses, this.#received + 1);
    const revision = Math.max(batch.revision, this.#next - 1);
    this.#next = revision + 1;
    this.#received = batch.events.at(-1)?.revision ?? this.#received;
    if (batch.events.length > 0) return { ...batch, revision };
    if (!responses.some(answersProgressRequest)) return undefined;
    this.#asked = undefined;
    return { ...batch, revision };
  }

  #ask(): void {
    if (this.#asked === undefined || this.#stream === undefined) return;
    const progressRequest = { atLeastRevision: this.#asked };
    this.#stream.send(WatchRequest.encode({ progressRequest }).finish());
  }

  #leave(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    this.#stream = undefined;
    stream.cancel();
    this.#options.onInterrupted();
    this.#wake();
  }

  async #readable(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#source.timeout(200, resolve);
    });
  }
}
