import { expect } from 'chai';
import { seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { changed, pickEvent, simulate } from '../simulated.js';
import { checkSets } from './check-sets.js';

const check = (events: readonly HistoryEvent[]) => checkSets(historyOf('set', events));
const names = (events: readonly HistoryEvent[]): string[] => check(events).anomalies.map(({ name }) => name);

const add = (time: number, element: number, type: 'ok' | 'info' | 'fail'): HistoryEvent[] => {
  const call = { process: time + 100, f: 'add', key: 's', value: element };
  return [
    { ...call, time, type: 'invoke' },
    { ...call, time: time + 1, type },
  ];
};
const read = (time: number, ...value: number[]): HistoryEvent[] => [
  { time, process: 0, type: 'invoke', f: 'read', key: 's' },
  { time: time + 1, process: 0, type: 'ok', f: 'read', key: 's', value },
];

function recordSet(random: Random, calls: number): HistoryEvent[] {
  const elements: number[] = [];
  let [revision, next] = [1, 0];
  const events = simulate({
    random,
    calls,
    next: () => (random.next() < 0.3 ? { f: 'read', key: 's' } : { f: 'add', key: 's', value: (next += 1) }),
    apply: ({ f, value }) => {
      if (f === 'read') return { type: 'ok', value: [...elements].sort((a, b) => a - b), revision };
      elements.push(value as number);
      return { type: 'ok', revision: (revision += 1) };
    },
  });
  const end = (events.at(-1)?.time ?? 0) + 1;
  const last = { process: 999, f: 'read', key: 's' } as const;
  return [
    ...events,
    { ...last, time: end, type: 'invoke' },
    { ...last, time: end + 1, type: 'ok', value: [...elements].sort((a, b) => a - b), revision },
  ];
}

describe('The check of sets', () => {
  it('names what is wrong with an element', () => {
    expect(names([...add(1, 1, 'ok'), ...read(3, 1)])).to.deep.equal([]);
    expect(names([...add(1, 1, 'ok'), ...read(3), ...read(5)])).to.deep.equal(['lost']);
    expect(names([...add(1, 1, 'ok'), ...read(3), ...read(5, 1)])).to.deep.equal(['stale']);
    expect(names([...add(1, 1, 'ok'), ...read(3, 1, 1)])).to.deep.equal(['duplicated']);
    expect(names([...add(1, 1, 'ok'), ...read(3, 1, 2)])).to.deep.equal(['unexpected']);
    expect(names([...read(1, 1), ...add(3, 1, 'ok')])).to.deep.equal(['unexpected']);
    expect(names([...add(1, 1, 'fail'), ...read(3, 1)])).to.deep.equal(['unexpected']);
    expect(names([...add(1, 1, 'info'), ...read(3), ...read(5, 1)])).to.deep.equal([]);
    expect(names([...add(1, 1, 'info'), ...read(3, 1), ...read(5)])).to.deep.equal(['vanished']);
  });

  it('accepts random sets, and finds an element that is removed from one read', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const events = recordSet(random, 150);
      expect(check(events), `seed ${seed}`).to.include({ valid: true });
      const at = pickEvent(
        random,
        events,
        ({ f, type, value }) => f === 'read' && type === 'ok' && (value as number[]).length > 0,
      );
      const wrong = changed(events, at, ({ value }) => ({ value: (value as number[]).slice(1) }));
      expect(names(wrong), `seed ${seed}`).to.have.length(1);
      expect(check(wrong).anomalies[0]?.events).to.include(at);
    }
  });
});
