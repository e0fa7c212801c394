import { expect } from 'chai';
import * as fc from 'fast-check';
import type { WatchLimits } from '../../../src/kv/watch/limits.js';
import { Fixture, levelHome, memoryHome, type Home } from '../support/fixture.js';
import { Model, ModelError, type ModelEvent } from '../support/model.js';
import { LEASES } from '../support/requests.js';
import { expectOrderAndWholeness, Watching, type WatchingOptions } from '../support/watching.js';
import { write, type Write } from '../support/writes.js';

/** The start of a watch: `back` revisions ago (in the future if negative), or now. */
interface Begin {
  readonly options: Omit<WatchingOptions, 'startRevision'>;
  readonly back: number | 'now';
}

type Step =
  | { readonly kind: 'batch'; readonly writes: readonly Write[] }
  | ({ readonly kind: 'watch' } & Begin)
  | { readonly kind: 'room'; readonly which: number; readonly batches: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'turns'; readonly turns: number }
  | { readonly kind: 'reopen' };

const keyText = fc.constantFrom('a', 'b', 'aa', 'a\0', '\0', '\xff', 'k');
const keys = fc.oneof(
  keyText.map((key) => ({ key })),
  fc.tuple(keyText, fc.oneof(fc.constant('\0'), keyText)).map(([key, rangeEnd]) => ({ key, rangeEnd })),
);
const begin: fc.Arbitrary<Begin> = fc
  .record({
    keys: keys.filter((each) => !('rangeEnd' in each) || each.rangeEnd === '\0' || each.key < each.rangeEnd),
    prevKv: fc.boolean(),
    filter: fc.constantFrom('none', 'none', 'none', 'puts', 'deletes', 'both'),
    room: fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY),
    back: fc.oneof(fc.constant('now' as const), fc.integer({ min: -4, max: 40 })),
  })
  .map(({ keys: watched, filter, back, ...rest }) => ({
    back,
    options: {
      ...watched,
      ...rest,
      puts: filter !== 'puts' && filter !== 'both',
      deletes: filter !== 'deletes' && filter !== 'both',
    },
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(write, { minLength: 1, maxLength: 8 }).map((writes): Step => ({ kind: 'batch', writes })),
  },
  { weight: 5, arbitrary: begin.map((each): Step => ({ kind: 'watch', ...each })) },
  {
    weight: 5,
    arbitrary: fc
      .record({ which: fc.nat(), batches: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY) })
      .map((each): Step => ({ kind: 'room', ...each })),
  },
  { weight: 1, arbitrary: fc.nat().map((which): Step => ({ kind: 'cancel', which })) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }).map((turns): Step => ({ kind: 'turns', turns })) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'reopen' }) },
);

/** Small, so that every path is taken often. */
const limits: fc.Arbitrary<WatchLimits> = fc.record({
  liveChanges: fc.constantFrom(3, 8, 1000),
  recentEvents: fc.constantFrom(0, 3, 12),
  recentBytes: fc.constantFrom(50, 1_000_000),
  pageRows: fc.constantFrom(1, 3, 1000),
  pageBytes: fc.constantFrom(20, 1_000_000),
  sliceRows: fc.constantFrom(1, 2, 256),
  liveMatches: fc.constantFrom(1, 4, 1000),
  pageWatchers: fc.constantFrom(1, 2, 1000),
  pageMatches: fc.constantFrom(1, 4, 1000),
  fallingWatchers: fc.constantFrom(1, 2, 1000),
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client that watches, and resumes after the store was closed. */
class Watch {
  readonly from: number;
  readonly #options: Omit<WatchingOptions, 'startRevision'>;
  readonly #parts: Watching[] = [];
  cancelled = false;

  constructor(fixture: Fixture, { options, back }: Begin) {
    const revision = fixture.store.revision();
    this.#options = options;
    // 0 means "from now on", and so does −1 as long as nothing is compacted.
    this.from = back === 'now' ? revision + 1 : Math.max(revision - back, 1);
    this.begin(fixture, back === 'now' ? 0 : this.from);
  }

  get current(): Watching {
    return this.#parts.at(-1) as Watching;
  }

  get compactedAt(): number | undefined {
    return this.current.compactedAt;
  }

  get events(): readonly ModelEvent[] {
    return this.#parts.flatMap(({ events }) => events);
  }

  get nextRevision(): number {
    const last = this.events.at(-1);
    return last === undefined ? this.from : last.revision + 1;
  }

  begin(fixture: Fixture, startRevision: number): void {
    this.#parts.push(new Watching(fixture.store.watches, { ...this.#options, startRevision }));
  }

  resume(fixture: Fixture): void {
    if (!this.cancelled && this.compactedAt === undefined) this.begin(fixture, this.nextRevision);
  }

  cancel(): void {
    this.cancelled = true;
    this.current.cancel();
  }

  /** Complete, unless the watch was cancelled or compacted; and never more than was written. */
  check(model: Model): void {
    for (const part of this.#parts) expectOrderAndWholeness(part);
    const { key, rangeEnd = '', puts, deletes, prevKv } = this.#options;
    const all = model
      .events({ key: Buffer.from(key, 'latin1'), rangeEnd: Buffer.from(rangeEnd, 'latin1') })
      .filter(({ revision, kind }) => revision >= this.from && (kind === 'put' ? puts : deletes));
    const seen = this.events;
    const ended = this.cancelled || this.compactedAt !== undefined;
    const wanted = ended ? all.slice(0, seen.length) : all;
    expect(seen.map(withoutPrevious)).to.deep.equal(wanted.map(withoutPrevious));
    for (const [at, event] of seen.entries()) {
      const before = prevKv === true ? wanted[at]?.prevKv : undefined;
      // Versions that ended by the compacted revision are gone.
      if (event.prevKv !== undefined || event.revision > model.compacted) expect(event.prevKv).to.deep.equal(before);
    }
    if (this.compactedAt === undefined) return;
    expect(this.nextRevision, 'it missed something that is compacted').to.be.below(this.compactedAt);
    expect(this.compactedAt).to.be.at.most(model.compacted);
  }
}

const withoutPrevious = (event: ModelEvent): ModelEvent => ({ ...event, prevKv: undefined });

/** Longest time until all watches have caught up, in ms. */
const CATCH_UP_MS = 60_000;

async function runSteps(fixture: Fixture, steps: readonly Step[]): Promise<void> {
  const model = new Model(LEASES);
  const watches: Watch[] = [];
  const pick = (which: number): Watch | undefined => watches[which % Math.max(1, watches.length)];
  for (const each of steps) {
    switch (each.kind) {
      case 'batch':
        for (const { ask } of each.writes) {
          model.index++;
          expectOrRefuse(() => ask(model));
        }
        await fixture.apply(each.writes.map(({ kind, request }) => [kind, request]));
        break;
      case 'watch':
        watches.push(new Watch(fixture, each));
        break;
      case 'room':
        pick(each.which)?.current.makeRoom(each.batches);
        break;
      case 'cancel':
        pick(each.which)?.cancel();
        break;
      case 'turns':
        for (let left = each.turns; left > 0; left--) await turn();
        break;
      case 'reopen':
        await fixture.reopen();
        for (const watch of watches) watch.resume(fixture);
        break;
    }
  }
  for (const { current } of watches) current.makeRoom();
  const { watches: hub } = fixture.store;
  // By time: a loaded machine runs many turns while it waits for the engine.
  const giveUpAtMs = performance.now() + CATCH_UP_MS;
  while (hub.counts.live < hub.counts.watchers) {
    expect(performance.now(), 'time until all have caught up').to.be.below(giveUpAtMs);
    await turn();
  }
  for (const watch of watches) watch.check(model);
}

function expectOrRefuse(ask: () => unknown): void {
  try {
    ask();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
}

const seed = Number(process.env['SEED'] ?? 20_252);

function compareWithModel(options: { home: () => Home | Promise<Home>; runs: number }): Promise<void> {
  const run = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
    limits,
    // The number of turns of each pause while catching up, so that writes come in between.
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 8 }),
    async (steps, watchLimits, pauses) => {
      let at = 0;
      const pause = async (): Promise<void> => {
        for (let left = pauses[at++ % pauses.length] ?? 0; left > 0; left--) await turn();
      };
      const fixture = await Fixture.open(await options.home(), { watchLimits, pause });
      try {
        await runSteps(fixture, steps);
      } finally {
        await fixture.remove();
      }
    },
  );
  const bounded = { interruptAfterTimeLimit: 250_000, markInterruptAsFailure: true, includeErrorInReport: true };
  return fc.assert(run, { numRuns: options.runs, seed, ...bounded });
}

describe(`watches against a watcher that replays everything (SEED=${seed})`, () => {
  it('deliver the same events, on the memory engine', async () => {
    await compareWithModel({ home: memoryHome, runs: 150 });
  }).timeout(300_000);

  it('deliver the same events, on LevelDB', async () => {
    await compareWithModel({ home: levelHome, runs: 20 });
  }).timeout(300_000);
});
