import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { changed, pickEvent, simulate, type SimulatedCall, type SimulatedResult } from '../simulated.js';
import { SimulatedStore } from '../store/simulated-store.js';
import { checkWatches } from './check-watches.js';
import type { SeenEvent, SeenResponse } from './watch-calls.js';

const PREFIXES = ['w/0/', 'w/1/'];
const check = (events: readonly HistoryEvent[]) => checkWatches(historyOf('watch', events));

interface WatchValue {
  readonly from: number;
  readonly to: number;
  readonly responses: readonly SeenResponse[];
}

/** Processes 0 to 2 watch, the others write. */
function record(random: Random, calls: number): HistoryEvent[] {
  const store = new SimulatedStore();
  const next = new Map<number, number | undefined>([0, 1, 2].map((process) => [process, 1]));
  let values = 0;
  const key = (): string => `${PREFIXES[randomInteger(random, 0, 2)]}${randomInteger(random, 0, 4)}`;

  function call(process: number): SimulatedCall {
    const prefix = PREFIXES[process % 2] ?? '';
    if (process < 3) {
      const from = next.get(process);
      return from === undefined ? { f: 'snapshot', key: prefix } : { f: 'watch', key: prefix, value: { from } };
    }
    const dice = random.next();
    if (dice < 0.05) return { f: 'compact', value: Math.max(1, store.revision - randomInteger(random, 0, 20)) };
    if (dice < 0.5) return { f: 'put', key: key(), value: `v${(values += 1)}` };
    if (dice < 0.7) return { f: 'delete', key: key() };
    const keys = [...new Set([key(), key(), key()])];
    const operations = keys.map((name, at) =>
      at === 0 || random.next() < 0.6 ? ['put', name, `v${(values += 1)}`] : ['delete', name],
    );
    return { f: 'txn', value: operations };
  }

  function apply({ f, key: name = '', value }: SimulatedCall, process: number): SimulatedResult {
    const revision = (): SimulatedResult => ({ type: 'ok', revision: store.revision });
    switch (f) {
      case 'put':
        store.write({ key: name, value: value as string });
        return revision();
      case 'delete': {
        const deleted = store.write({ key: name, value: undefined });
        return { ...revision(), value: { deleted } };
      }
      case 'txn':
        store.write(...(value as [string, string, string?][]).map(([, key, written]) => ({ key, value: written })));
        return revision();
      case 'compact':
        store.compact(value as number);
        return revision();
      case 'snapshot':
        next.set(process, store.revision + 1);
        return { ...revision(), value: { kvs: store.rows(name) } };
      default:
        return watch(name, (value as WatchValue).from, process);
    }
  }

  function watch(prefix: string, from: number, process: number): SimulatedResult {
    if (from <= store.compacted) {
      next.set(process, undefined);
      return { type: 'fail', error: 'compacted', value: { from, compacted: store.compacted } };
    }
    const responses: SeenResponse[] = store
      .events(prefix, from)
      .map((events) => ({ revision: events[0]?.rev ?? 0, events }));
    responses.push({ revision: store.revision, events: [] });
    next.set(process, store.revision + 1);
    return { type: 'ok', value: { from, to: store.revision, responses } };
  }

  const events = simulate({ random, calls, processes: 8, lost: 0.04, next: call, apply });
  // Watches and snapshots of processes that ended unknown are not continued: what is left is legal.
  return events;
}

const watchOf = ({ value }: HistoryEvent): WatchValue => value as WatchValue;
const hasEvents = (least: number) => (event: HistoryEvent) =>
  event.f === 'watch' &&
  event.type === 'ok' &&
  watchOf(event).responses.filter((r) => r.events.length > 0).length >= least;

/** Changes the responses of a watch. */
const responses = (change: (all: SeenResponse[]) => SeenResponse[]) => (event: HistoryEvent) => ({
  value: { ...watchOf(event), responses: change([...watchOf(event).responses]) },
});
/** Changes the first event of a watch that fits. */
const event = (fits: (event: SeenEvent) => boolean, change: (event: SeenEvent) => SeenEvent) => (one: HistoryEvent) => {
  let isDone = false;
  const changeOnce = (each: SeenEvent): SeenEvent => {
    if (isDone || !fits(each)) return each;
    isDone = true;
    return change(each);
  };
  return responses((all) => all.map(({ revision, events }) => ({ revision, events: events.map(changeOnce) })))(one);
};
const has = (fits: (event: SeenEvent) => boolean) => (one: HistoryEvent) =>
  hasEvents(1)(one) && watchOf(one).responses.some(({ events }) => events.some(fits));
const withPrev = ({ prev, type }: SeenEvent): boolean => prev !== undefined && type === 'put';

describe('The check of watches', () => {
  it('accepts random watches that resume while the history is compacted', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const verdict = check(record(seededRandom(seed), 300));
      expect(verdict.anomalies, `seed ${seed}`).to.deep.equal([]);
      expect(verdict.valid).to.equal(true);
    }
  });

  const isSmall = (all: readonly SeenResponse[]): boolean => all.some(({ events }) => events.length > 1);
  for (const [what, name, fits, change] of [
    [
      'an event that is left out',
      'missed-event',
      hasEvents(1),
      responses((all) =>
        all.filter((r, at) => r.events.length === 0 || at !== all.findIndex(({ events }) => events.length > 0)),
      ),
    ],
    ['an event that comes twice', 'duplicated', hasEvents(1), responses((all) => [...all.slice(0, 1), ...all])],
    [
      'events out of order',
      'unordered',
      hasEvents(2),
      responses(([a, b, ...rest]) => [b, a, ...rest].flatMap((r) => r ?? []).map((r) => ({ ...r, revision: 0 }))),
    ],
    [
      'half a transaction',
      'torn-revision',
      (one: HistoryEvent) => hasEvents(1)(one) && isSmall(watchOf(one).responses),
      responses((all) =>
        all.map(({ revision, events }) => ({ revision, events: events.length > 1 ? events.slice(1) : events })),
      ),
    ],
    [
      'a transaction in two responses',
      'split-revision',
      (one: HistoryEvent) => hasEvents(1)(one) && isSmall(watchOf(one).responses),
      responses((all) =>
        all.flatMap(({ revision, events }) =>
          events.length > 1
            ? [
                { revision, events: events.slice(0, 1) },
                { revision, events: events.slice(1) },
              ]
            : [{ revision, events }],
        ),
      ),
    ],
    [
      'an event after a bookmark',
      'broken-bookmark',
      hasEvents(2),
      responses((all) => [{ revision: all.at(-1)?.revision ?? 0, events: [] }, ...all]),
    ],
    [
      'a wrong value',
      'unexpected-value',
      has(({ type }) => type === 'put'),
      event(
        ({ type }) => type === 'put',
        (one) => ({ ...one, value: 'nobody' }),
      ),
    ],
    [
      'a wrong version',
      'wrong-version',
      has(withPrev),
      event(withPrev, (one) => ({ ...one, version: (one.version ?? 0) + 1 })),
    ],
    [
      'a wrong create revision',
      'wrong-version',
      has(withPrev),
      event(withPrev, (one) => ({ ...one, create: (one.create ?? 0) - 1 })),
    ],
    ['a missing state before', 'wrong-previous', has(withPrev), event(withPrev, ({ prev: _prev, ...one }) => one)],
    [
      'an event outside the prefix',
      'outside-range',
      has(() => true),
      event(
        () => true,
        (one) => ({ ...one, key: `x${one.key}` }),
      ),
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      for (let seed = 1; seed <= 5; seed += 1) {
        const random = seededRandom(seed);
        const events = record(random, 300);
        // No compaction explains what is wrong.
        const plain = name === 'wrong-previous' ? events.filter(({ f }) => f !== 'compact') : events;
        const at = pickEvent(random, plain, fits);
        const verdict = check(changed(plain, at, change));
        expect(
          verdict.anomalies.map((one) => one.name),
          `seed ${seed}`,
        ).to.include(name);
        expect(verdict.anomalies.some((one) => one.events.includes(at))).to.equal(true);
      }
    });
  }

  it('finds a snapshot that lacks a key, and one that has an old value', () => {
    const put = (time: number, value: string, revision: number): HistoryEvent[] => [
      { time, process: 0, type: 'invoke', f: 'put', key: 'w/0/a', value },
      { time: time + 1, process: 0, type: 'ok', f: 'put', key: 'w/0/a', value, revision },
    ];
    const snapshot = (...kvs: unknown[]): HistoryEvent[] => [
      { time: 9, process: 1, type: 'invoke', f: 'snapshot', key: 'w/0/' },
      { time: 10, process: 1, type: 'ok', f: 'snapshot', key: 'w/0/', value: { kvs }, revision: 3 },
    ];
    const names = (...kvs: unknown[]): string[] =>
      check([...put(1, 'x', 2), ...put(3, 'y', 3), ...snapshot(...kvs)]).anomalies.map(({ name }) => name);
    expect(names(['w/0/a', 'y', 3, 2, 2])).to.deep.equal([]);
    expect(names()).to.deep.equal(['missing-key']);
    expect(names(['w/0/a', 'x', 2, 1, 2])).to.deep.equal(['old-value']);
    expect(names(['w/0/a', 'z', 3, 2, 2])).to.deep.equal(['unexpected-value']);
    expect(names(['w/0/a', 'y', 3, 1, 2])).to.deep.equal(['wrong-version']);
  });

  it('finds a watch that fails for a compaction that was not requested', () => {
    const watch = (compacted: number): HistoryEvent[] => [
      { time: 3, process: 1, type: 'invoke', f: 'watch', key: 'w/0/', value: { from: 2 } },
      { time: 4, process: 1, type: 'fail', f: 'watch', key: 'w/0/', value: { from: 2, compacted }, error: 'compacted' },
    ];
    const compact: HistoryEvent[] = [
      { time: 1, process: 0, type: 'invoke', f: 'compact', value: 5 },
      { time: 2, process: 0, type: 'ok', f: 'compact', value: 5, revision: 9 },
    ];
    expect(check([...compact, ...watch(5)]).valid).to.equal(true);
    const byFault: HistoryEvent = { time: 2, process: 'cluster', type: 'info', f: 'compaction', value: 5, node: 'n1' };
    expect(check([byFault, ...watch(5)]).valid, 'one of a fault').to.equal(true);
    // Members that compact by themselves do so at a revision that exists.
    const automatic = { flags: '--auto-compaction-mode=periodic --auto-compaction-retention=2s' };
    const checkAutomatic = (events: HistoryEvent[]) => checkWatches(historyOf('watch', events, automatic));
    expect(checkAutomatic([...compact, ...watch(8)]).valid).to.equal(true);
    expect(checkAutomatic([...compact, ...watch(10)]).valid).to.equal(false);
    for (const events of [watch(5), [...compact, ...watch(6)], [...compact, ...watch(1)]])
      expect(check(events).anomalies.map(({ name }) => name)).to.deep.equal(['wrong-compaction']);
  });
});
