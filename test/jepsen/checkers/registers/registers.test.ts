import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { callsOf, type History } from '../../history/history.js';
import { historyOf } from '../samples.js';
import { simulate, type SimulatedCall, type SimulatedResult } from '../simulated.js';
import { checkRegisters } from './check-registers.js';
import { versionedCalls } from './register-calls.js';
import { versionedGapsModel, versionedModel } from './versioned.js';
import { checkLinearizability } from '../linearizability/check.js';

type Line = readonly [time: number, process: number, type: HistoryEvent['type'], f: string, value?: unknown];

const register = (...lines: readonly Line[]): History => historyOf('register', lines.map(eventOf), { by: 'value' });
const versioned = (...lines: readonly Line[]): History => historyOf('register', lines.map(eventOf), { by: 'version' });

function eventOf([time, process, type, f, value]: Line): HistoryEvent {
  return { time, process, type, f, key: 'x', ...(value === undefined ? {} : { value }) };
}

/** Registers with versions. Values repeat. */
function recordRegisters(random: Random, calls: number): HistoryEvent[] {
  const states = new Map<string, readonly [number, number | null]>();
  const next = (): SimulatedCall => {
    const key = `k${randomInteger(random, 0, 2)}`;
    const kind = randomInteger(random, 0, 3);
    const value = randomInteger(random, 0, 5);
    if (kind === 0) return { f: 'read', key };
    if (kind === 1) return { f: 'write', key, value };
    return { f: 'cas', key, value: [(states.get(key)?.[0] ?? 0) + (random.next() < 0.3 ? 1 : 0), value] };
  };
  return simulate({ random, calls, next, apply: (call) => effect(call, states) });
}

function effect(invoke: SimulatedCall, states: Map<string, readonly [number, number | null]>): SimulatedResult {
  const key = invoke.key ?? '';
  const state = states.get(key) ?? ([0, null] as const);
  if (invoke.f === 'read') return { type: 'ok', value: state };
  if (invoke.f === 'write') {
    states.set(key, [state[0] + 1, invoke.value as number]);
    return { type: 'ok' };
  }
  const [version, value] = invoke.value as [number, number];
  if (version !== state[0]) return { type: 'fail' };
  states.set(key, [version + 1, value]);
  return { type: 'ok' };
}

describe('The check of registers', () => {
  it('reads values, absence, and refusals of compare-and-set', () => {
    const events: Line[] = [
      [1, 0, 'invoke', 'read'],
      [2, 0, 'ok', 'read', null],
      [3, 0, 'invoke', 'write', { a: 1 }],
      [4, 0, 'ok', 'write', { a: 1 }],
      [5, 0, 'invoke', 'cas', [{ a: 1 }, 2]],
      [6, 0, 'ok', 'cas', [{ a: 1 }, 2]],
      [7, 0, 'invoke', 'cas', [{ a: 1 }, 3]],
      [8, 0, 'fail', 'cas', [{ a: 1 }, 3]],
      [9, 0, 'invoke', 'read'],
      [10, 0, 'ok', 'read', 2],
    ];
    expect(checkRegisters(register(...events))).to.include({ checker: 'linearizability', valid: true, operations: 5 });
    const wrong = checkRegisters(
      register(...events.slice(0, 6), [7, 0, 'invoke', 'cas', [2, 3]], [8, 0, 'fail', 'cas']),
    );
    expect(wrong.valid).to.equal(false);
    // A failure with another reason had no effect, and is no answer.
    const failed = { time: 8, process: 0, type: 'fail', f: 'cas', key: 'x', error: 'unavailable' } as const;
    const events2 = [...events.slice(0, 6), [7, 0, 'invoke', 'cas', [2, 3]] as Line].map(eventOf);
    expect(checkRegisters(historyOf('register', [...events2, failed])).valid).to.equal(true);
  });

  it('shrinks a stale read to the two writes and the read', () => {
    const noise = (from: number, process: number): Line[] => [
      [from, process, 'invoke', 'write', `n${from}`],
      [from + 1, process, 'ok', 'write'],
      [from + 2, process, 'invoke', 'read'],
      [from + 3, process, 'ok', 'read', `n${from}`],
    ];
    const history = register(
      ...noise(0, 3),
      [10, 0, 'invoke', 'write', 'a'],
      [11, 0, 'ok', 'write'],
      [12, 1, 'invoke', 'write', 'b'],
      [13, 1, 'ok', 'write'],
      [14, 2, 'invoke', 'read'],
      [15, 2, 'ok', 'read', 'a'],
      ...noise(20, 4),
    );
    const [anomaly] = checkRegisters(history).anomalies;
    expect(anomaly?.events.map((at) => history.events[at]?.time)).to.deep.equal([10, 11, 12, 13, 14, 15]);
    expect(anomaly?.text).to.match(/^key "x" is not linearizable/);
  });

  it('keeps a write that a compare-and-set was refused for', () => {
    // Without the write of b the refusal alone would be wrong, and would not show why.
    const history = register(
      [1, 0, 'invoke', 'write', 'a'],
      [2, 0, 'ok', 'write'],
      [3, 1, 'invoke', 'write', 'b'],
      [4, 1, 'ok', 'write'],
      [5, 2, 'invoke', 'cas', ['a', 'c']],
      [6, 2, 'fail', 'cas'],
      [7, 0, 'invoke', 'read'],
      [8, 0, 'ok', 'read', 'a'],
    );
    const [anomaly] = checkRegisters(history).anomalies;
    expect(anomaly?.events.map((at) => history.events[at]?.time)).to.deep.equal([1, 2, 3, 4, 7, 8]);
  });

  it('shrinks a lost update by version', () => {
    const history = versioned(
      [1, 0, 'invoke', 'write', 1],
      [2, 0, 'ok', 'write'],
      [3, 0, 'invoke', 'read'],
      [4, 0, 'ok', 'read', [1, 1]],
      [5, 1, 'invoke', 'cas', [1, 2]],
      [6, 1, 'ok', 'cas', [1, 2]],
      [7, 2, 'invoke', 'cas', [1, 3]],
      [8, 2, 'ok', 'cas', [1, 3]],
      [9, 0, 'invoke', 'read'],
      [10, 0, 'ok', 'read', [2, 3]],
    );
    const [anomaly] = checkRegisters(history).anomalies;
    expect(anomaly?.events.map((at) => history.events[at]?.time)).to.deep.equal([5, 6, 7, 8]);
  });

  it('accepts random registers, and what is left of them; refuses one wrong answer, with a counterexample of its own', () => {
    let shrunk = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = seededRandom(seed);
      const events = recordRegisters(random, 150);
      const verdict = checkRegisters(historyOf('register', events, { by: 'version' }));
      expect(verdict.valid, `seed ${seed}`).to.equal(true);
      // The looser model accepts what the strict one does.
      const calls = versionedCalls(callsOf({ events }));
      expect(checkLinearizability(versionedGapsModel, calls).kind, `seed ${seed}`).to.equal('linearizable');

      const reads = events.flatMap((event, at) => (event.f === 'read' && event.type === 'ok' ? [at] : []));
      const broken = reads[randomInteger(random, reads.length >> 1, reads.length)] ?? 0;
      const changed = events.map((event, at) =>
        at === broken ? { ...event, value: [(event.value as number[])[0] ?? 0, 9] } : event,
      );
      const wrong = checkRegisters(historyOf('register', changed, { by: 'version' }));
      expect(wrong.valid, `seed ${seed}`).to.equal(false);
      const left = wrong.anomalies[0]?.events ?? [];
      const part = versionedCalls(callsOf({ events: left.map((at) => changed[at] as HistoryEvent) }));
      expect(checkLinearizability(versionedModel, part).kind, `seed ${seed}`).to.equal('not-linearizable');
      expect(left, `seed ${seed}`).to.include(broken);
      if (left.length <= 4) shrunk += 1;
    }
    expect(shrunk).to.equal(25);
  });
});
