import { expect } from 'chai';
import { setImmediate as settled } from 'node:timers/promises';
import type { CacheSource, CacheWatch, CacheWatchOptions } from '../../../src/client/cache/cache-source.js';
import { Follower } from '../../../src/client/cache/follower.js';
import { Memory } from '../../../src/client/cache/memory.js';
import type { WatchBatch } from '../../../src/client/index.js';
import { toHeader } from '../../../src/client/keys/key-value.js';
import { EMPTY } from '../../../src/util/bytes.js';

const STALENESS_MS = 10;
const range = { key: Buffer.from('a'), rangeEnd: EMPTY };

/** A watch whose answers the test sends. */
class ToldWatch implements CacheWatch {
  asked = 0;
  readonly options: CacheWatchOptions;
  #take: ((batch: WatchBatch) => void) | undefined;

  constructor(options: CacheWatchOptions) {
    this.options = options;
  }

  async *batches(): AsyncGenerator<WatchBatch, void, undefined> {
    for (;;) yield await new Promise<WatchBatch>((resolve) => (this.#take = resolve));
  }

  /** A progress notification. */
  async answer(revision: number): Promise<void> {
    this.#take?.({ events: [], revision, header: header(revision) });
    await settled();
  }

  requestProgress(): void {
    this.asked += 1;
  }

  moveOn(): void {
    return;
  }

  async close(): Promise<void> {
    return;
  }
}

function header(revision: number): WatchBatch['header'] {
  return toHeader({ clusterId: 1, revision, appliedIndex: 1, knownLeader: true, stalenessMs: STALENESS_MS });
}

describe('the follower of a cache', () => {
  let nowMs: number;
  let memory: Memory;
  let watch: ToldWatch;
  let follower: Follower;

  beforeEach(async () => {
    nowMs = 0;
    const { clusterId } = header(1);
    memory = new Memory({ limits: { keysMax: 10, bytesMax: 1_000_000 }, clusterId, revision: 1, asOfMs: 0 });
    const source: CacheSource = {
      now: () => nowMs,
      timeout: () => () => undefined,
      closing: new AbortController().signal,
      timeoutMs: 1_000,
      range: () => Promise.reject(new Error('the follower reads no range')),
      watch: (options) => (watch = new ToldWatch(options)),
    };
    follower = new Follower({ source, range, memory, refreshMs: 0, onResumed: () => undefined });
    void follower.run();
    await settled();
    watch.options.onCreated(header(1));
  });

  afterEach(() => follower.end(undefined));

  it('takes the age of its memory from when progress was requested', async () => {
    nowMs = 500;
    const reached = follower.reach(2, { confirmed: true });
    nowMs = 600;
    await watch.answer(2);
    expect([await reached, memory.asOfMs]).to.deep.equal([true, 500 - STALENESS_MS]);
  });

  // The answer to a repeat came after the next request, and its age was counted from that.
  it('does not take the answer to a repeat for one to the next request', async () => {
    const first = follower.reach(2, { confirmed: true });
    nowMs = 1_000;
    watch.options.onRepeated();
    await watch.answer(2);
    expect([await first, memory.asOfMs]).to.deep.equal([true, 0]);
    nowMs = 2_000;
    const second = follower.reach(4, { confirmed: true });
    await watch.answer(3);
    expect([memory.revision, memory.asOfMs], 'made at 1000, at the earliest').to.deep.equal([3, 0]);
    nowMs = 2_100;
    await watch.answer(4);
    expect([await second, memory.asOfMs]).to.deep.equal([true, 2_000 - STALENESS_MS]);
    expect(watch.asked).to.equal(3);
  });
});
