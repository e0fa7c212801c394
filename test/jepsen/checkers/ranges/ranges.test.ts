import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { eventsOf, namesOf, type SampleCall } from '../sequence.js';
import { changed, pickEvent, simulate } from '../simulated.js';
import { checkRanges } from './check-ranges.js';

type Operation = [kind: string, from: string, to: string, found?: unknown];

const names = (...calls: readonly SampleCall[]): string[] =>
  namesOf(checkRanges(historyOf('ranges', eventsOf(...calls))));
const txn = (
  from: number,
  id: number | null,
  revision: number,
  ops: Operation[],
  type?: 'fail' | 'info',
): SampleCall => ({
  from,
  to: from + 1,
  f: 'txn',
  key: 'g',
  value: { id, ops },
  ...(type === undefined ? { revision } : { type }),
});
const markers = (...found: [number, number][]): SampleCall => ({
  from: 90,
  to: 91,
  f: 'markers',
  key: 'g',
  result: found,
});

describe('The check of ranges', () => {
  const put = txn(1, 1, 2, [
    ['put', 'a', 'x'],
    ['put', 'b', 'y'],
  ]);

  it('replays puts, deletions and reads, each after those before it in its transaction', () => {
    const deletion = txn(3, 2, 3, [
      ['put', 'c', 'z'],
      [
        'delete',
        'a',
        'c',
        [
          ['a', 'x'],
          ['b', 'y'],
        ],
      ],
      ['range', 'a', 'z', [['c', 'z']]],
    ]);
    const read = txn(5, null, 3, [['range', 'a', 'z', [['c', 'z']]]]);
    expect(names(put, deletion, read, markers([1, 2], [2, 3]))).to.deep.equal([]);
    const stale = txn(5, null, 3, [
      [
        'range',
        'a',
        'z',
        [
          ['a', 'x'],
          ['b', 'y'],
        ],
      ],
    ]);
    expect(names(put, deletion, stale, markers([1, 2], [2, 3]))).to.deep.equal(['wrong-range']);
    const half = txn(3, 2, 3, [['delete', 'a', 'c', [['a', 'x']]]]);
    expect(names(put, half, markers([1, 2], [2, 3]))).to.deep.equal(['wrong-delete']);
  });

  it('learns from the markers which transactions took effect', () => {
    const open = txn(3, 2, 0, [['put', 'c', 'z']], 'info');
    const seen = (all: [string, string][]): SampleCall => txn(5, null, 3, [['range', 'a', 'z', all]]);
    const both: [string, string][] = [
      ['a', 'x'],
      ['b', 'y'],
    ];
    expect(names(put, open, seen([...both, ['c', 'z']]), markers([1, 2], [2, 3]))).to.deep.equal([]);
    expect(names(put, open, seen(both), markers([1, 2]))).to.deep.equal([]);
    expect(names(put, open, seen(both), markers([1, 2], [2, 3]))).to.deep.equal(['wrong-range']);
    expect(names(put, markers())).to.deep.equal(['lost-transaction']);
    expect(names(put, markers([1, 7]))).to.deep.equal(['wrong-revision']);
    expect(names(put, markers([1, 2], [9, 4]))).to.deep.equal(['unexpected-transaction']);
    expect(names(txn(3, 2, 0, [['put', 'c', 'z']], 'fail'), markers([2, 2]))).to.deep.equal(['unexpected-transaction']);
    expect(checkRanges(historyOf('ranges', eventsOf(put, open))).valid).to.equal('unknown');
  });

  it('accepts random transactions, and finds a key that is missing from one answer', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const events = record(random);
      expect(namesOf(checkRanges(historyOf('ranges', events))), `seed ${seed}`).to.deep.equal([]);
      const findFull = ({ value }: HistoryEvent): number =>
        (value as { ops: Operation[] }).ops.findIndex(([, , , found]) => Array.isArray(found) && found.length > 0);
      const at = pickEvent(random, events, (event) => event.f === 'txn' && event.type === 'ok' && findFull(event) >= 0);
      const wrong = changed(events, at, (event) => {
        const { id, ops } = event.value as { id: number | null; ops: Operation[] };
        const cut = ops.map(([kind, from, to, found], index) =>
          index === findFull(event) ? [kind, from, to, (found as unknown[]).slice(1)] : [kind, from, to, found],
        );
        return { value: { id, ops: cut } };
      });
      const verdict = checkRanges(historyOf('ranges', wrong));
      expect(
        verdict.anomalies.flatMap((one) => one.events),
        `seed ${seed}`,
      ).to.include(at);
    }
  });
});

function record(random: Random): HistoryEvent[] {
  const state = new Map<string, string>();
  const done: [number, number][] = [];
  let [revision, ids] = [1, 0];
  const events = simulate({
    random,
    calls: 150,
    next: () => {
      const id = random.next() < 0.3 ? null : (ids += 1);
      const ops = Array.from({ length: 3 }, (_, at): Operation => {
        const from = randomInteger(random, 0, 9);
        if (id !== null && random.next() < 0.6) return ['put', String(from), `${id}-${at}`];
        const kind = id !== null && random.next() < 0.4 ? 'delete' : 'range';
        return [kind, String(from), String(randomInteger(random, from, 10)), null];
      });
      return { f: 'txn', key: 'g', value: { id, ops } };
    },
    apply: ({ value }) => {
      const { id, ops } = value as { id: number | null; ops: Operation[] };
      const answered = ops.map(([kind, from, to]): Operation => {
        if (kind === 'put') {
          state.set(from, to);
          return [kind, from, to];
        }
        const found = [...state].filter(([key]) => key >= from && key < to).sort(([a], [b]) => (a < b ? -1 : 1));
        if (kind === 'delete') for (const [key] of found) state.delete(key);
        return [kind, from, to, found];
      });
      if (id !== null) done.push([id, (revision += 1)]);
      return { type: 'ok', value: { id, ops: answered }, revision };
    },
  });
  const end = (events.at(-1)?.time ?? 0) + 1;
  const last = { process: 999, f: 'markers', key: 'g' };
  return [...events, { ...last, time: end, type: 'invoke' }, { ...last, time: end + 1, type: 'ok', value: done }];
}
