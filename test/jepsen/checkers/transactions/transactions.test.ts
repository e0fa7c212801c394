import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { changed, pickEvent, simulate } from '../simulated.js';
import { checkAppends, checkWriteReads } from './check-transactions.js';

type Op = readonly ['append' | 'r' | 'w', string, unknown];
/** Start and end, the operations with what was read, and how it ended. */
type Txn = readonly [from: number, to: number, ops: readonly Op[], type?: 'ok' | 'fail' | 'info', process?: number];

/** @param revisions the order in which the transactions are given is that of their revisions */
function events(all: readonly Txn[], revisions = false): HistoryEvent[] {
  return all
    .flatMap(([from, to, ops, type = 'ok', process], at): HistoryEvent[] => {
      const call = { process: process ?? at, f: 'txn' };
      const asked = ops.map(([kind, key, value]) => (kind === 'r' ? [kind, key, null] : [kind, key, value]));
      const stated = revisions && type === 'ok' ? { revision: at + 2 } : {};
      return [
        { ...call, time: from, type: 'invoke', value: asked },
        { ...call, time: to, type, value: type === 'ok' ? ops : asked, ...stated },
      ];
    })
    .sort((a, b) => a.time - b.time);
}
const names = ({ anomalies }: { readonly anomalies: readonly { readonly name: string }[] }): string[] =>
  anomalies.map(({ name }) => name);
const appends = (...all: Txn[]): string[] => names(checkAppends(historyOf('append', events(all))));
const registers = (...all: Txn[]): string[] => names(checkWriteReads(historyOf('wr', events(all))));
const versioned = (...all: Txn[]): string[] => names(checkWriteReads(historyOf('wr', events(all, true))));

const a = (key: string, value: number): Op => ['append', key, value];
const w = (key: string, value: number): Op => ['w', key, value];
const r = (key: string, value: unknown): Op => ['r', key, value];

describe('The check of transactions on lists', () => {
  it('accepts transactions one after the other, their own writes, and unknown ones that happen or not', () => {
    expect(
      appends([1, 2, [a('x', 1)]], [3, 4, [r('x', [1]), a('x', 2), r('x', [1, 2])]], [5, 6, [r('x', [1, 2])]]),
    ).to.deep.equal([]);
    expect(appends([1, 2, [a('x', 1), r('x', [1])]], [3, 4, [a('x', 2)], 'info'], [5, 6, [r('x', [1])]])).to.deep.equal(
      [],
    );
    expect(appends([1, 2, [a('x', 1)], 'info'], [3, 4, [r('x', null)]], [5, 6, [r('x', [1])]])).to.deep.equal([]);
  });

  it('names G0: two transactions overwrite each other in two orders', () => {
    expect(
      appends(
        [1, 9, [a('x', 1), a('y', 1)]],
        [1, 9, [a('x', 2), a('y', 2)]],
        [10, 11, [r('x', [1, 2]), r('y', [2, 1])]],
      ),
    ).to.deep.equal(['G0']);
  });

  it('names G1a, a read of a failed write, and G1b, of half a transaction', () => {
    expect(appends([1, 2, [a('x', 1)], 'fail'], [3, 4, [r('x', [1])]])).to.deep.equal(['G1a']);
    const half = appends([1, 9, [a('x', 1), a('x', 2)]], [2, 8, [r('x', [1])]], [10, 11, [r('x', [1, 2])]]);
    expect(half).to.include('G1b');
  });

  it('names G1c: two transactions have seen each other', () => {
    expect(appends([1, 9, [a('x', 1), r('y', [1])]], [1, 9, [a('y', 1), r('x', [1])]])).to.deep.equal(['G1c']);
  });

  it('names G-single: one transaction has seen a part of the other', () => {
    const skewed = appends([1, 9, [a('x', 1), a('y', 1)]], [1, 9, [r('x', [1]), r('y', [])]], [10, 11, [r('y', [1])]]);
    expect(skewed).to.deep.equal(['G-single']);
  });

  it('names G2: write skew', () => {
    const all = [
      [1, 9, [r('x', []), a('y', 1)]],
      [1, 9, [r('y', []), a('x', 1)]],
      [10, 11, [r('x', [1]), r('y', [1])]],
    ] as const;
    expect(appends(...all)).to.deep.equal(['G2']);
  });

  // The other half of a transaction whose answer was lost counted as not executed, so a torn one was accepted.
  it('names half of a transaction of unknown outcome', () => {
    const torn = [1, 2, [a('x', 1), a('y', 1)], 'info'] as const;
    expect(appends(torn, [3, 4, [r('x', [1]), r('y', [])]])).to.deep.equal(['G-single']);
    expect(appends(torn, [3, 4, [r('x', []), r('y', [])]], [5, 6, [r('x', [1]), r('y', [1])]])).to.deep.equal([]);
    expect(appends(torn, [3, 4, [r('y', [])]], [5, 6, [r('x', [1])]])).to.deep.equal([]);
  });

  it('names a lost update', () => {
    const lost = appends([1, 9, [r('x', []), a('x', 1)]], [1, 9, [r('x', []), a('x', 2)]], [10, 11, [r('x', [1, 2])]]);
    expect(lost).to.have.members(['lost-update', 'G-single']);
  });

  it('names what needs real time, or the order of a process', () => {
    expect(appends([1, 2, [a('x', 1)]], [3, 4, [r('x', [])]], [5, 6, [r('x', [1])]])).to.deep.equal([
      'G-single-realtime',
    ]);
    expect(appends([1, 2, [a('x', 1)], 'ok', 7], [3, 4, [r('x', [])], 'ok', 7], [5, 6, [r('x', [1])]])).to.deep.equal([
      'G-single-process',
    ]);
    // Acknowledged, and never read.
    expect(appends([1, 2, [a('x', 1)]], [3, 4, [r('x', [])]])).to.deep.equal(['G-single-realtime']);
    expect(appends([1, 9, [a('x', 1)]], [3, 4, [r('x', [])]])).to.deep.equal([]);
  });

  it('names impossible lists', () => {
    expect(
      appends([1, 9, [a('x', 1)]], [1, 9, [a('x', 2)]], [10, 11, [r('x', [1, 2])]], [10, 11, [r('x', [2])]]),
    ).to.include('incompatible-order');
    expect(appends([1, 2, [a('x', 1)]], [3, 4, [r('x', [1, 1])]])).to.include('duplicate-elements');
    expect(appends([1, 2, [r('x', [5])]])).to.deep.equal(['unexpected-value']);
    expect(appends([1, 2, [a('x', 1), r('x', [])]])).to.include('internal');
    expect(appends([1, 2, [r('x', []), a('x', 1), r('x', [])]])).to.include('internal');
  });

  it('shows the transactions of a cycle, and why each comes before the next', () => {
    const history = historyOf(
      'append',
      events([
        [1, 2, [a('x', 1)]],
        [3, 4, [r('x', [])]],
        [5, 6, [r('x', [1])]],
      ]),
    );
    const [anomaly] = checkAppends(history).anomalies;
    expect(anomaly?.events).to.deep.equal([0, 1, 2, 3]);
    expect(anomaly?.text).to.match(
      /T1: process 1 .*\n {2}before T2 \(rw\): x was read as empty, without 1\nT2: process 0 .*\n {2}before T1 \(realtime\): it had ended/,
    );
  });
});

describe('The check of transactions on registers', () => {
  it('accepts transactions one after the other, and unknown ones that happen or not', () => {
    for (const check of [registers, versioned]) {
      expect(check([1, 2, [w('x', 1)]], [3, 4, [r('x', 1), w('x', 2), r('x', 2)]], [5, 6, [r('x', 2)]])).to.deep.equal(
        [],
      );
      expect(
        check([1, 2, [w('x', 1)]], [3, 4, [w('x', 2)], 'info'], [5, 6, [r('x', 1)]], [7, 8, [r('x', 2)]]),
      ).to.deep.equal([]);
    }
  });

  it('names G1a, G1c, internal and lost updates', () => {
    expect(registers([1, 2, [w('x', 1)], 'fail'], [3, 4, [r('x', 1)]])).to.deep.equal(['G1a']);
    expect(registers([1, 9, [w('x', 1), r('y', 1)]], [1, 9, [w('y', 1), r('x', 1)]])).to.deep.equal(['G1c']);
    expect(registers([1, 9, [w('x', 1), r('x', 2)]])).to.deep.equal(['internal']);
    expect(registers([1, 2, [r('x', 5)]])).to.deep.equal(['unexpected-value']);
    const lost = registers([1, 9, [r('x', null), w('x', 1)]], [1, 9, [r('x', null), w('x', 2)]]);
    expect(lost).to.include('lost-update');
  });

  it('names half of a transaction of unknown outcome', () => {
    const torn = [1, 2, [w('x', 1), w('y', 1)], 'info'] as const;
    for (const check of [registers, versioned]) {
      expect(check(torn, [3, 4, [r('x', 1), r('y', null)]])).to.deep.equal(['G-single']);
      expect(check([1, 2, [w('y', 5)]], [3, 4, torn[2], 'info'], [5, 6, [r('x', 1), r('y', 5)]])).to.deep.equal([
        'G-single',
      ]);
      expect(check(torn, [3, 4, [r('y', null)]], [5, 6, [r('x', 1)]])).to.deep.equal([]);
      expect(check(torn, [1, 4, [w('y', 5)]], [5, 6, [r('x', 1), r('y', 5)]])).to.deep.equal([]);
    }
  });

  it('knows the order of versions by real time, and by revisions', () => {
    const stale: Txn[] = [
      [1, 2, [w('x', 1)]],
      [3, 4, [w('x', 2)]],
      [5, 6, [r('x', 1)]],
    ];
    expect(registers(...stale)).to.deep.equal(['G-single-realtime']);
    expect(versioned(...stale)).to.deep.equal(['G-single-realtime']);
    // The first two are concurrent: only their revisions show the order.
    const skewed: Txn[] = [
      [1, 9, [w('x', 1)]],
      [1, 9, [w('x', 2), w('y', 2)]],
      [1, 9, [r('x', 1), r('y', 2)]],
    ];
    expect(registers(...skewed)).to.deep.equal([]);
    expect(versioned(...skewed)).to.deep.equal(['G-single']);
  });
});

describe('The checks of transactions', () => {
  for (const [what, kind, check] of [
    ['lists', 'append', checkAppends],
    ['registers', 'w', checkWriteReads],
  ] as const) {
    it(`accept random transactions on ${what}, and find a read that is changed`, () => {
      for (let seed = 1; seed <= 8; seed += 1) {
        const random = seededRandom(seed);
        const history = record(random, { kind, calls: 250 });
        expect(check(historyOf(kind, history)).anomalies, `seed ${seed}`).to.deep.equal([]);
        const bare = history.map(({ revision: _revision, ...event }) => event);
        expect(check(historyOf(kind, bare)).anomalies, `seed ${seed}`).to.deep.equal([]);
        const isFull = (value: unknown): boolean => (kind === 'w' ? value !== null : (value as unknown[]).length > 0);
        const reads = (event: HistoryEvent): number =>
          event.type === 'ok' ? (event.value as Op[]).findIndex(([op, , value]) => op === 'r' && isFull(value)) : -1;
        const at = pickEvent(random, history, (event, index) => index > 100 && reads(event) >= 0);
        // As if the store were still empty.
        const wrong = changed(history, at, (event) => ({
          value: (event.value as Op[]).map((op, index) =>
            index === reads(event) ? [op[0], op[1], kind === 'w' ? null : []] : op,
          ),
        }));
        const verdict = check(historyOf(kind, wrong));
        expect(verdict.valid, `seed ${seed}`).to.equal(false);
        expect(
          verdict.anomalies.some(({ events }) => events.includes(at)),
          `seed ${seed}`,
        ).to.equal(true);
      }
    });
  }
});

/** Transactions of a simulated store, each at one instant. */
function record(
  random: Random,
  { kind, calls }: { readonly kind: 'append' | 'w'; readonly calls: number },
): HistoryEvent[] {
  const lists = new Map<string, readonly number[]>();
  let [revision, values] = [1, 0];
  return simulate({
    random,
    calls,
    processes: 8,
    next: () => {
      const written = new Set<string>();
      const ops = Array.from({ length: randomInteger(random, 1, 5) }, (): Op => {
        const key = `k${randomInteger(random, 0, 4)}`;
        if (random.next() < 0.5 || (kind === 'w' && written.has(key))) return ['r', key, null];
        written.add(key);
        return [kind, key, (values += 1)];
      });
      return { f: 'txn', value: ops };
    },
    apply: ({ value }) => {
      const ops = value as readonly Op[];
      if (random.next() < 0.1) return { type: 'fail', error: 'a key has changed' };
      const done = ops.map((op): Op => {
        const [name, key, written] = op;
        const list = lists.get(key) ?? [];
        if (name === 'r') return ['r', key, kind === 'w' ? (list.at(-1) ?? null) : list];
        lists.set(key, [...list, written as number]);
        return op;
      });
      if (ops.some(([name]) => name !== 'r')) revision += 1;
      return { type: 'ok', value: done, revision };
    },
  });
}
