import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { HistoryEvent } from '../../history/event.js';
import { historyOf } from '../samples.js';
import { changed, pickEvent } from '../simulated.js';
import { checkLeases } from './check-leases.js';

const S = 1e6;
const OPTIONS = { timeoutMs: 1000, slackMs: 500 };
const lease = '77';

type Line = readonly [seconds: number, f: string, type: 'ok' | 'fail' | 'info', value?: object, error?: string];

let processes = 0;
function call([seconds, f, type, value = {}, error]: Line): HistoryEvent[] {
  const one = {
    process: (processes += 1),
    f,
    value: { lease, ...value },
    ...(f === 'read' || f === 'put' ? { key: 'l/1' } : {}),
  };
  const invoke = f === 'grant' ? { ...one, value: { ttl: 2 } } : one;
  return [
    { ...invoke, time: seconds * S, type: 'invoke' },
    { ...one, time: seconds * S + 1000, type, ...(error === undefined ? {} : { error }) },
  ];
}
const fault = (from: number, to: number): HistoryEvent[] => [
  { time: from * S, process: 'nemesis', type: 'info', f: 'kill' },
  { time: to * S, process: 'nemesis', type: 'info', f: 'kill', phase: 'end' },
];
const leader = (seconds: number, name: string): HistoryEvent[] => [
  { time: seconds * S, process: 'cluster', type: 'info', f: 'status', node: 'n1', value: { leader: name, term: 1 } },
];

function names(...parts: readonly HistoryEvent[][]): string[] {
  const events = parts.flat().sort((a, b) => a.time - b.time);
  return checkLeases(historyOf('lease', events, OPTIONS)).anomalies.map(({ name }) => name);
}
const grant = call([0, 'grant', 'ok', { ttl: 2 }]);
const put = call([0.1, 'put', 'ok', { value: 'v' }]);
const present = (seconds: number) => call([seconds, 'read', 'ok', { value: 'v' }]);
const absent = (seconds: number) => call([seconds, 'read', 'ok', { value: null }]);
const renew = (seconds: number, type: 'ok' | 'info' = 'ok', ttl = 2) => call([seconds, 'keepalive', type, { ttl }]);

/** The process of the run stood still up to this time. */
const stall = (seconds: number, ms: number): HistoryEvent[] => [
  { time: seconds * S, process: 'cluster', type: 'info', f: 'stall', value: { ms } },
];

describe('The check of leases', () => {
  // The run's process had stopped, and with it the machine: leases that had not ended meanwhile were late.
  it('allows a lease to last longer if the machine stood still', () => {
    expect(names(grant, put, present(4))).to.deep.equal(['late']);
    expect(names(grant, put, stall(3, 2000), present(4))).to.deep.equal([]);
    expect(names(grant, put, stall(3, 2000), present(6))).to.deep.equal(['late']);
  });

  it('finds a lease that is granted for less time than was asked for', () => {
    expect(names(call([0, 'grant', 'ok', { ttl: 3 }]))).to.deep.equal([]);
    expect(names(call([0, 'grant', 'ok', { ttl: 1 }]))).to.deep.equal(['short']);
  });

  it('finds a lease that ends early', () => {
    expect(names(grant, put, present(1), absent(2.1))).to.deep.equal([]);
    expect(names(grant, put, absent(1))).to.deep.equal(['early']);
    expect(names(grant, put, renew(1), absent(2.5))).to.deep.equal(['early']);
    expect(names(grant, put, renew(1, 'ok', 0))).to.deep.equal(['early']);
    // It was renewed later: so it had not ended.
    expect(names(grant, put, absent(2.5), renew(2.6))).to.deep.equal(['early']);
    expect(names(grant, call([1, 'put', 'fail', {}, 'not-found: no such lease']))).to.deep.equal(['early']);
    expect(names(grant, call([1, 'put', 'fail', {}, 'unavailable: no leader']))).to.deep.equal([]);
    // The key may not have been written yet.
    expect(names(grant, call([0.1, 'put', 'info']), absent(1))).to.deep.equal([]);
    for (const type of ['ok', 'info'] as const)
      expect(names(grant, put, call([0.5, 'revoke', type]), absent(1))).to.deep.equal([]);
  });

  it('lets a fast clock end a lease as much earlier', () => {
    const drift = (rate: number): HistoryEvent[] => [
      { time: 0, process: 'nemesis', type: 'info', f: 'clock-drift', value: { n1: rate, n2: 0.9 } },
    ];
    expect(names(drift(1.04), grant, put, absent(1.95))).to.deep.equal([]);
    expect(names(drift(1.01), grant, put, absent(1.95))).to.deep.equal(['early']);
  });

  it('finds a lease that ends late', () => {
    expect(names(grant, put, present(2.4))).to.deep.equal([]);
    expect(names(grant, put, present(2.6))).to.deep.equal(['late']);
    expect(names(grant, put, renew(1), present(3.4))).to.deep.equal([]);
    expect(names(grant, put, renew(1, 'info'), present(4.4))).to.deep.equal([]);
    expect(names(grant, put, renew(1, 'info'), present(4.6))).to.deep.equal(['late']);
  });

  it('lets a fault or a new leader renew a lease once', () => {
    expect(names(grant, put, fault(1, 2), present(4.4))).to.deep.equal([]);
    expect(names(grant, put, fault(1, 2), present(4.6))).to.deep.equal(['late']);
    expect(names(grant, put, fault(1, 9), present(8))).to.deep.equal([]);
    expect(names(grant, put, fault(3, 4), present(5))).to.deep.equal(['late']);
    expect(names(grant, put, leader(0, 'n1'), leader(1, 'n2'), present(3.4))).to.deep.equal([]);
    expect(names(grant, put, leader(0, 'n1'), leader(1, 'n1'), present(3.4))).to.deep.equal(['late']);
  });

  it('finds a key that comes back, and one that survives its lease', () => {
    expect(names(grant, put, absent(2.1), present(2.3))).to.deep.equal(['came-back']);
    expect(names(grant, put, call([0.5, 'revoke', 'ok']), present(1))).to.deep.equal(['survived-revoke']);
    expect(names(grant, put, call([0.5, 'revoke', 'info']), present(1))).to.deep.equal([]);
  });

  it('accepts random leases, and finds a read that is changed', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const events = record(random);
      expect(names(events), `seed ${seed}`).to.deep.equal([]);
      const at = pickEvent(
        random,
        events,
        ({ f, type, value }) => f === 'read' && type === 'ok' && (value as { value: unknown }).value !== null,
      );
      expect(names(changed(events, at, () => ({ value: { lease, value: null } }))), `seed ${seed}`).to.include('early');
    }
  });
});

/** A lease that is renewed at random and expires; its key is read all the time. */
function record(random: Random): HistoryEvent[] {
  const parts: HistoryEvent[][] = [grant, put, present(0.15)];
  let end = 2;
  for (let seconds = 0.2; seconds < end + 1; seconds += random.next() / 2) {
    if (seconds < end - 0.1 && seconds < 8 && random.next() < 0.2) {
      parts.push(renew(seconds, random.next() < 0.3 ? 'info' : 'ok'));
      end = seconds + 2;
      if (parts.at(-1)?.[1]?.type === 'info') break;
    } else parts.push(seconds < end ? present(seconds) : absent(seconds + randomInteger(random, 0, 2) / 100));
  }
  return parts.flat().sort((a, b) => a.time - b.time);
}
