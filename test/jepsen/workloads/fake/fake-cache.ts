import { op } from '../../../../src/client/index.js';
import type { RangeSelector, WatchBatch } from '../../../../src/client/index.js';
import type { CacheSource, CacheWatch, CacheWatchOptions } from '../../../../src/client/cache/cache-source.js';
import { toHeader } from '../../../../src/client/keys/key-value.js';
import type { Header } from '../../../../src/client/keys/key-value.js';
import { toRangeBody } from '../../../../src/client/keys/range.js';
import { selectorOf, spanOf } from '../../../../src/client/cache/span.js';
import type { RaftKvError } from '../../../../src/client/index.js';
import { toEvent } from './fake-watch.js';
import { refusal } from './fake-store.js';
import type { FakeStore } from './fake-store.js';
import type { VirtualClock } from './virtual-clock.js';

const POLL_MS = 4;

export interface FakeCacheParts {
  store: FakeStore;
  readonly clock: VirtualClock;
  /** Makes an exchange with the cluster: it takes time, and may fail. */
  readonly call: <Result>(apply: () => Result) => Promise<Result>;
  /** How old the state of the watch's member is, in ms. */
  lagMs: () => number;
}

/** A cluster in memory, as a cache uses it. The fields are what goes wrong. */
export class FakeCacheSource implements CacheSource {
  readonly timeoutMs = 5000;
  readonly closer = new AbortController();
  readonly parts: FakeCacheParts;
  /** Ranges that were asked for, with their options. */
  readonly asked: { readonly key: string; readonly options: Parameters<CacheSource['range']>[1] }[] = [];
  readonly watches: FakeCacheWatch[] = [];
  clusterId = 1;
  /** The watch has no member. */
  isInterrupted = false;
  /** Members answer progress requests as etcd does. */
  isPlain = false;
  /** Members do not answer progress requests. */
  isStuck = false;
  /** Ends the watch, and refuses another. */
  refused: RaftKvError | undefined;

  constructor(parts: FakeCacheParts) {
    this.parts = parts;
  }

  get closing(): AbortSignal {
    return this.closer.signal;
  }

  now(): number {
    return this.parts.clock.nowMs;
  }

  timeout(delayMs: number, callback: () => void): () => void {
    const stop = new AbortController();
    void this.parts.clock.sleep(delayMs, stop.signal).then(() => {
      if (!stop.signal.aborted) callback();
    });
    return () => stop.abort();
  }

  header(revision: number, stalenessMs?: number): Header {
    const freshness = stalenessMs === undefined ? {} : { appliedIndex: 1, knownLeader: true, stalenessMs };
    return toHeader({ ...this.parts.store.header(), ...freshness, clusterId: this.clusterId, revision });
  }

  async range(
    range: Parameters<CacheSource['range']>[0],
    options: Parameters<CacheSource['range']>[1],
  ): ReturnType<CacheSource['range']> {
    this.asked.push({ key: Buffer.from(range.key).toString(), options });
    return await this.parts.call(() => {
      if (this.refused !== undefined) throw this.refused;
      if (options.signal?.aborted === true) throw refusal('cancelled', 'the call was cancelled');
      const { store } = this.parts;
      const { limit = 0, revision = 0, consistency, atLeastRevision = 0, maxStalenessMs = Infinity } = options;
      const stalenessMs = this.parts.lagMs() + 1;
      if (revision !== 0 && revision < store.compacted) throw refusal('compacted', 'compacted');
      const isStale = consistency === 'stale';
      if (isStale && stalenessMs > maxStalenessMs) throw refusal('unavailable', 'the state is too old');
      const newest = isStale ? Math.max(this.visible, atLeastRevision) : store.revision;
      const request = op.range(selectorOf(range) as RangeSelector, { limit }).request;
      const state = store.at(revision === 0 ? newest : revision);
      const body = toRangeBody(state.apply([request])[0]?.responseRange ?? {});
      return { ...body, header: this.header(newest, isStale ? stalenessMs : 0) };
    });
  }

  /** Whether its watches have ended. */
  get isOver(): boolean {
    return this.watches.length > 0 && this.watches.every(({ isClosed }) => isClosed);
  }

  watch(options: CacheWatchOptions): FakeCacheWatch {
    const made = new FakeCacheWatch(this, options);
    this.watches.push(made);
    return made;
  }

  /** The revision that the watch's member has reached. */
  get visible(): number {
    const { store, clock, lagMs } = this.parts;
    return store.revisionAt(clock.nowMs - lagMs());
  }
}

export class FakeCacheWatch implements CacheWatch {
  moves = 0;
  readonly #source: FakeCacheSource;
  readonly #options: CacheWatchOptions;
  #asked: number | undefined;
  #closed = false;
  #next: number;

  constructor(source: FakeCacheSource, options: CacheWatchOptions) {
    this.#source = source;
    this.#options = options;
    this.#next = options.startRevision;
  }

  requestProgress({ atLeastRevision }: { readonly atLeastRevision: number }): void {
    this.#asked = Math.max(this.#asked ?? 0, atLeastRevision);
  }

  moveOn(): void {
    this.moves += 1;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  async *batches(): AsyncGenerator<WatchBatch, void, undefined> {
    const { clock } = this.#source.parts;
    let connected = false;
    while (!this.#closed) {
      await clock.sleep(POLL_MS);
      if (this.#closed) return;
      const source = this.#source;
      if (source.isInterrupted) {
        if (connected) this.#options.onInterrupted();
        connected = false;
        continue;
      }
      if (source.refused !== undefined) throw source.refused;
      const { store } = source.parts;
      if (this.#next < store.compacted) throw refusal('compacted', 'the start revision has been compacted');
      if (!connected) this.#options.onCreated(source.header(source.visible));
      connected = true;
      const batch = this.#batch();
      if (batch !== undefined) yield batch;
    }
  }

  #batch(): WatchBatch | undefined {
    const source = this.#source;
    const { store, lagMs } = source.parts;
    const { visible } = source;
    const { from, to } = spanOf(this.#options.range);
    const events = store.changes
      .filter(
        ({ key, revision }) =>
          key >= from && (to === undefined || key < to) && revision >= this.#next && revision <= visible,
      )
      .map(toEvent);
    const isEarly = store.defect === 'early-progress';
    if (events.length > 0 && !(isEarly && this.#asked !== undefined)) {
      const revision = events.at(-1)?.revision ?? 0;
      this.#next = revision + 1;
      return { events, revision, header: source.header(visible) };
    }
    if (this.#asked === undefined || source.isStuck) return undefined;
    const asked = this.#asked;
    if (source.isPlain) {
      this.#asked = undefined;
      return { events: [], revision: Math.max(visible, this.#next - 1), header: source.header(visible) };
    }
    if (asked > visible && !isEarly) return undefined;
    this.#asked = undefined;
    // The planted bug: events up to the revision are still to come.
    const revision = isEarly ? Math.max(asked, visible) : visible;
    if (!isEarly) this.#next = Math.max(this.#next, revision + 1);
    return { events: [], revision: Math.max(revision, this.#next - 1), header: source.header(revision, lagMs() + 1) };
  }
}
