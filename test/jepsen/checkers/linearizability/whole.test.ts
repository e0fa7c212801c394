import { expect } from 'chai';
import { defined } from '../../../../src/util/assert.js';
import { randomInteger, seededRandom, type Random } from '../../../../src/util/random.js';
import type { Call } from '../../../support/history.js';
import { expectShortWork } from '../../../support/time-limits.js';
import { checkLinearizability } from './check.js';
import { ILLEGAL, legal, type Model } from './model.js';
import { mapModel, type MapInput, type MapOutput } from './models.js';

type MapCall = Call<MapInput, MapOutput>;

interface Size {
  readonly clients: number;
  readonly calls: number;
  readonly keys: number;
  /** Part of the writes whose answer is lost; half of them take effect. */
  readonly lost: number;
}

/** Clients of a simulated map: each call takes effect at one instant between its start and its end. */
function recordMap(random: Random, { clients, calls, keys, lost }: Size): MapCall[] {
  const clocks = Array.from({ length: clients }, () => 0);
  const planned = Array.from({ length: calls }, (_, i) => {
    const client = i % clients;
    const invokedAt = (clocks[client] ?? 0) + random.next();
    const at = invokedAt + random.next();
    const completedAt = at + random.next();
    clocks[client] = completedAt;
    return { client: String(client), invokedAt, at, completedAt };
  });
  planned.sort((a, b) => a.at - b.at);
  const state = new Map<string, string>();
  return planned.map(({ client, invokedAt, completedAt }, i): MapCall => {
    const times = { client, invokedAt, completedAt };
    const key = `k${randomInteger(random, 0, keys)}`;
    const held = state.get(key) ?? '';
    if (random.next() < 0.4) return { ...times, input: { kind: 'get', key }, outcome: { kind: 'ok', output: held } };
    const kind = random.next() < 0.5 ? 'append' : 'put';
    const value = `v${i} `;
    const isLost = random.next() < lost;
    if (!isLost || random.next() < 0.5) state.set(key, kind === 'append' ? held + value : value);
    return {
      ...times,
      input: { kind, key, value },
      outcome: isLost ? { kind: 'unknown' } : { kind: 'ok', output: null },
    };
  });
}

/** The history with one answer replaced by an older one of the same key. */
function withStaleRead(calls: readonly MapCall[]): MapCall[] {
  const stale = defined(
    calls.findLast(({ input }) => input.kind === 'get'),
    'a read',
  );
  return calls.map((call) => (call === stale ? { ...call, outcome: { kind: 'ok', output: 'v-1 ' } } : call));
}

/** The same map as one state, without independent parts. */
const wholeMap: Model<Readonly<Record<string, string>>, MapInput, MapOutput> = {
  initial: {},
  step: (state, input, output) => {
    const held = state[input.key] ?? '';
    if (input.kind === 'get') return output === undefined || output === held ? legal(state) : ILLEGAL;
    return legal({ ...state, [input.key]: input.kind === 'put' ? input.value : held + input.value });
  },
  fingerprint: (state) =>
    JSON.stringify(
      Object.keys(state)
        .sort()
        .map((key) => [key, state[key]]),
    ),
  readOnly: (input) => input.kind === 'get',
  describe: mapModel.describe,
};

const SIZE = { clients: 10, calls: 2_000, keys: 50, lost: 0 };

// The checker once ran out of 20 s, and of 4 GB, on a history for which Porcupine takes 0.3 s: every state was kept as text.
describe('The linearizability checker on all keys as one object', function () {
  this.timeout(120_000);

  it('accepts 2,000 calls on 50 keys in short time, and refuses them with one wrong answer', async () => {
    const calls = recordMap(seededRandom(1), SIZE);
    await expectShortWork(1_500, () => {
      expect(checkLinearizability(mapModel, calls, { whole: true }).kind).to.equal('linearizable');
      expect(checkLinearizability(mapModel, withStaleRead(calls), { whole: true }).kind).to.equal('not-linearizable');
    });
  });

  it('gives the verdict of the search by key, also with lost answers', () => {
    const verdicts = new Set<string>();
    for (let seed = 1; seed <= 30; seed += 1) {
      const calls = recordMap(seededRandom(seed), { clients: 4, calls: 60, keys: 5, lost: 0.05 });
      for (const history of [calls, withStaleRead(calls)]) {
        const { kind } = checkLinearizability(mapModel, history);
        verdicts.add(kind);
        expect(checkLinearizability(mapModel, history, { whole: true }).kind, `seed ${seed}`).to.equal(kind);
        expect(checkLinearizability(wholeMap, history).kind, `seed ${seed}`).to.equal(kind);
      }
    }
    expect([...verdicts].sort()).to.deep.equal(['linearizable', 'not-linearizable']);
  });

  it('ends with the reason when its bound of memory is reached', () => {
    const calls = recordMap(seededRandom(3), { clients: 40, calls: 2_000, keys: 3, lost: 0.02 });
    const verdict = checkLinearizability(wholeMap, withStaleRead(calls), { memoryLimitMiB: 8, timeLimitMs: 60_000 });
    expect(verdict).to.deep.equal({ kind: 'unknown', key: '', reason: 'no verdict within 8 MiB' });
  });
});
