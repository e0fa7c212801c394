import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { eventsOf, namesOf, type SampleCall } from '../sequence.js';
import { changed, pickEvent, simulate } from '../simulated.js';
import { checkStale } from './check-stale.js';

const names = (...calls: readonly SampleCall[]): string[] =>
  namesOf(checkStale(historyOf('stale', eventsOf(...calls), { session: true })));

const write = (from: number, value: number, revision: number, process = from): SampleCall => ({
  from,
  to: from + 1,
  f: 'write',
  key: 'k',
  value,
  revision,
  process,
});
const read = (from: number, asked: object, found: object, revision: number, process = from): SampleCall => ({
  from,
  to: from + 1,
  f: 'read',
  key: 'k',
  value: asked,
  result: { ...asked, ...found },
  revision,
  process,
});

describe('The check of stale reads', () => {
  const writes = [write(1000, 1, 2), write(3000, 2, 3)];

  it('accepts an old state that states its age', () => {
    expect(names(...writes, read(9000, {}, { version: 1, value: 1 }, 2))).to.deep.equal([]);
    expect(names(...writes, read(9000, {}, { version: 0, value: null }, 1))).to.deep.equal([]);
    expect(names(...writes, read(9000, { maxMs: 10 }, { version: 1, value: 1, ageMs: 6 }, 2))).to.deep.equal([]);
  });

  it('finds a state that never was at its revision', () => {
    expect(names(...writes, read(9000, {}, { version: 1, value: 1 }, 3))).to.deep.equal(['wrong-version']);
    expect(names(...writes, read(9000, {}, { version: 2, value: 1 }, 3))).to.deep.equal(['wrong-value']);
    expect(names(...writes, read(9000, {}, { version: 2, value: 2 }, 2))).to.deep.equal([
      'wrong-version',
      'wrong-version',
    ]);
  });

  it('finds a read that is older than it states, or than was asked for', () => {
    const old = { version: 1, value: 1 };
    expect(names(...writes, read(9000, {}, { ...old, ageMs: 4 }, 2))).to.deep.equal(['older-than-stated']);
    expect(names(...writes, read(9000, { maxMs: 5 }, { ...old, ageMs: 6 }, 2))).to.deep.equal(['too-old']);
    expect(names(...writes, read(9000, { maxMs: 5 }, old, 2))).to.deep.equal(['no-age']);
    expect(names(...writes, read(9000, { atLeast: 3 }, old, 2))).to.deep.equal(['below-revision']);
  });

  it('finds a session that goes back', () => {
    const old = { version: 1, value: 1 };
    expect(names(write(1000, 1, 2), write(3000, 2, 3, 7), read(9000, {}, old, 2, 7))).to.deep.equal([
      'session-went-back',
    ]);
  });

  it('allows for a write of unknown outcome, once', () => {
    const open: SampleCall = { from: 5, to: 6, f: 'write', key: 'k', value: 9, type: 'info' };
    expect(names(open, read(9000, {}, { version: 1, value: 9 }, 2))).to.deep.equal([]);
    expect(names(open, read(9000, {}, { version: 2, value: 9 }, 2))).to.deep.equal(['wrong-version']);
    expect(names(open, read(9000, {}, { version: 1, value: 8 }, 2))).to.deep.equal(['wrong-value']);
  });

  it('accepts random stale reads, and finds a value of another version', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const events = record(random);
      expect(namesOf(checkStale(historyOf('stale', events))), `seed ${seed}`).to.deep.equal([]);
      const at = pickEvent(
        random,
        events,
        ({ f, type, value }) => f === 'read' && type === 'ok' && (value as { version: number }).version > 1,
      );
      const wrong = changed(events, at, ({ value }) => ({ value: { ...(value as object), value: -1 } }));
      expect(checkStale(historyOf('stale', wrong)).valid, `seed ${seed}`).to.equal(false);
    }
  });
});

function record(random: Random): HistoryEvent[] {
  const states: { readonly revision: number; readonly version: number; readonly value: number | null }[] = [
    { revision: 1, version: 0, value: null },
  ];
  let values = 0;
  return simulate({
    random,
    calls: 200,
    next: () =>
      random.next() < 0.5 ? { f: 'read', key: 'k', value: {} } : { f: 'write', key: 'k', value: (values += 1) },
    apply: ({ f, value }) => {
      const last = states.at(-1) ?? { revision: 1, version: 0, value: null };
      if (f === 'write') {
        states.push({ revision: last.revision + 1, version: last.version + 1, value: value as number });
        return { type: 'ok', revision: last.revision + 1 };
      }
      const { revision, ...state } = states[Math.max(0, states.length - 1 - randomInteger(random, 0, 5))] ?? last;
      return { type: 'ok', value: state, revision };
    },
  });
}
