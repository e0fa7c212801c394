import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import { historyOf } from '../samples.js';
import { eventsOf, namesOf, type SampleCall } from '../sequence.js';
import { checkElections } from './check-elections.js';
import { checkLocks } from './check-locks.js';
import { tokenOf } from './terms.js';

const S = 1e6;
const key = 'l';

/** A turn that surely lasts from `from` to `to`, in s: its calls take a ms. */
function turn(
  { begin, end }: { readonly begin: string; readonly end: string },
  {
    from,
    to,
    token,
    renewed = true,
  }: { readonly from: number; readonly to: number; readonly token: number; readonly renewed?: boolean },
): SampleCall[] {
  const ms = (at: number, f: string, rest: object): SampleCall => ({
    from: at * S - 1000,
    to: at * S,
    f,
    key,
    ...rest,
  });
  return [
    ms(from, begin, { value: { name: `n${token}` }, result: { name: `n${token}`, token, lease: '1', ttl: 2 } }),
    ...(renewed ? [ms(from + 0.002, 'keepalive', { value: { token }, result: { token, ttl: 2 } })] : []),
    { ...ms(to, end, { value: { token } }), from: to * S, to: to * S + 1000 },
  ];
}
const held = (from: number, to: number, token: number, renewed = true): SampleCall[] =>
  turn({ begin: 'acquire', end: 'release' }, { from, to, token, renewed });
const term = (from: number, to: number, token: number, renewed = true): SampleCall[] =>
  turn({ begin: 'campaign', end: 'resign' }, { from, to, token, renewed });
const use = (from: number, token: number, n: number | 'fail' | 'info'): SampleCall => ({
  from: from * S,
  to: from * S + 1000,
  f: 'use',
  key,
  value: { token },
  ...(typeof n === 'number' ? { result: { token, n } } : { type: n, error: 'a larger token was used' }),
});

const locks = (...calls: readonly SampleCall[]): string[] => namesOf(checkLocks(historyOf('lock', eventsOf(...calls))));
const elections = (...calls: readonly SampleCall[]): string[] =>
  namesOf(checkElections(historyOf('election', eventsOf(...calls))));

describe('The check of locks', () => {
  it('finds two holders, if both surely hold', () => {
    expect(locks(...held(1, 2, 5), ...held(2.1, 3, 6))).to.deep.equal([]);
    expect(locks(...held(1, 2, 5), ...held(1.5, 3, 6))).to.deep.equal(['two-holders']);
    expect(locks(...held(1, 2, 5, false), ...held(1.5, 3, 6))).to.deep.equal([]);
    // The lease of the first was over after 2 s.
    expect(locks(...held(1, 9, 5), ...held(3.1, 4, 6))).to.deep.equal([]);
    expect(locks(...held(1, 9, 5), ...held(2.9, 4, 6))).to.deep.equal(['two-holders']);
  });

  it('names both holders, with the events of both', () => {
    const history = historyOf('lock', eventsOf(...held(1, 2, 5), ...held(1.5, 3, 6)));
    const [anomaly] = checkLocks(history).anomalies;
    expect(anomaly?.text).to.match(/^tokens 5 and 6 both hold for 500.0 ms/);
    const tokens = anomaly?.events.map((at) => tokenOf(history.events[at]?.value));
    expect(new Set(tokens)).to.include(5).and.to.include(6);
  });

  it('finds tokens that do not grow', () => {
    expect(locks(...held(1, 2, 6), ...held(3, 4, 5))).to.deep.equal(['token-went-back']);
    expect(locks(...held(1, 2, 5), ...held(3, 4, 5))).to.have.members(['shared-token', 'token-went-back']);
  });

  it('finds uses that are lost, repeated, or fenced wrongly', () => {
    const two = [...held(1, 2, 5), ...held(2.1, 3, 6)];
    expect(locks(...two, use(1.1, 5, 1), use(2.2, 6, 2), use(2.3, 5, 'fail'))).to.deep.equal([]);
    expect(locks(...two, use(1.1, 5, 1), use(2.2, 6, 3))).to.deep.equal(['lost-use']);
    expect(locks(...two, use(1.1, 5, 1), use(1.2, 5, 'info'), use(2.2, 6, 3))).to.deep.equal([]);
    expect(locks(...two, use(1.1, 5, 1), use(2.2, 6, 1))).to.deep.equal(['repeated-use']);
    expect(locks(...two, use(1.1, 5, 1), use(2.2, 6, 2), use(2.3, 5, 3))).to.deep.equal(['fencing-went-back']);
    expect(locks(...two, use(1.1, 5, 'fail'))).to.deep.equal(['refused-holder']);
  });
});

describe('The check of elections', () => {
  const leader = (from: number, token: number | null, name = `n${token}`): SampleCall => ({
    from: from * S,
    to: from * S + 1000,
    f: 'leader',
    key,
    result: token === null ? null : { token, name },
  });
  const proclaim = (from: number, token: number, name: string, type: 'ok' | 'fail' | 'info' = 'ok'): SampleCall => ({
    from: from * S,
    to: from * S + 1000,
    f: 'proclaim',
    key,
    value: { token, name },
    type,
  });
  const observe = (...leaders: object[]): SampleCall => ({
    from: 1,
    to: 9 * S,
    f: 'observe',
    key,
    result: { leaders },
  });

  it('finds two leaders, and a read of another leader', () => {
    const two = [...term(1, 2, 5), ...term(2.1, 3, 6)];
    expect(elections(...two, leader(1.5, 5), leader(2.5, 6))).to.deep.equal([]);
    expect(elections(...term(1, 2, 5), ...term(1.5, 3, 6))).to.deep.equal(['two-leaders']);
    expect(elections(...two, leader(1.5, null))).to.deep.equal(['wrong-leader']);
    expect(elections(...two, leader(2.5, 5))).to.deep.equal(['wrong-leader']);
    expect(elections(...two, leader(0.5, 6), leader(1.5, 5))).to.deep.equal(['leader-went-back']);
  });

  it('finds names that were not given, or are old', () => {
    const one = term(1, 2, 5);
    expect(elections(...one, proclaim(1.2, 5, 'new'), leader(1.5, 5, 'new'))).to.deep.equal([]);
    expect(elections(...one, proclaim(1.2, 5, 'new'), leader(1.5, 5, 'n5'))).to.deep.equal(['old-name']);
    expect(elections(...one, proclaim(1.2, 5, 'new', 'info'), leader(1.5, 5, 'n5'))).to.deep.equal([]);
    expect(elections(...one, proclaim(1.2, 5, 'new', 'fail'), leader(1.5, 5, 'new'))).to.deep.equal([
      'unexpected-name',
    ]);
    expect(elections(...one, leader(1.5, 5, 'nobody'))).to.deep.equal(['unexpected-name']);
    const failed: SampleCall = {
      from: 1,
      to: 2,
      f: 'campaign',
      key,
      value: { name: 'gone' },
      type: 'fail',
      error: 'unavailable',
    };
    expect(elections(failed, ...one, leader(3, 7, 'gone'))).to.deep.equal([]);
    // It took a place at each of two members.
    expect(elections(failed, ...one, leader(3, 7, 'gone'), leader(4, 8, 'gone'))).to.deep.equal([]);
    expect(elections(...one, proclaim(1.2, 5, 'new'), leader(3, 7, 'new'))).to.deep.equal(['unexpected-name']);
  });

  it('finds an observer that goes back', () => {
    const two = [...term(1, 2, 5), ...term(2.1, 3, 6)];
    const [first, second] = [
      { token: 5, name: 'n5', revision: 5 },
      { token: 6, name: 'n6', revision: 6 },
    ];
    expect(elections(...two, observe(first, second))).to.deep.equal([]);
    expect(elections(...two, observe(second, first))).to.deep.equal(['observe-went-back']);
    expect(elections(...two, observe({ ...first, revision: 9 }, first))).to.deep.equal(['observe-went-back']);
    // The second candidate waited while the first proclaimed.
    expect(elections(...two, observe({ ...first, revision: 9 }, second))).to.deep.equal([]);
  });
});

describe('The checks of turns', () => {
  it('accept random turns, one after the other, and find one that begins too early', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seededRandom(seed);
      const turns = recordTurns(random);
      expect(locks(...turns.flatMap(([from, to], at) => held(from, to, at + 2))), `seed ${seed}`).to.deep.equal([]);
      const early = randomInteger(random, 1, turns.length);
      const wrong = turns.map(([from, to], at) => (at === early ? ([from - 0.7, to] as const) : ([from, to] as const)));
      expect(locks(...wrong.flatMap(([from, to], at) => held(from, to, at + 2))), `seed ${seed}`).to.include(
        'two-holders',
      );
      expect(elections(...wrong.flatMap(([from, to], at) => term(from, to, at + 2))), `seed ${seed}`).to.include(
        'two-leaders',
      );
    }
  });
});

function recordTurns(random: Random): (readonly [from: number, to: number])[] {
  let at = 1;
  return Array.from({ length: 20 }, () => {
    const from = at + random.next() / 10;
    at = from + 0.7 + random.next();
    return [from, at] as const;
  });
}
