import { expect } from 'chai';
import { defined } from '../../../../src/util/assert.js';
import { randomInteger, seededRandom } from '../../../../src/util/random.js';
import type { Random } from '../../../../src/util/random.js';
import type { Call, Outcome } from '../../../support/history.js';
import { checkLinearizability } from './check.js';
import { registerModel } from './models.js';
import type { RegisterInput, RegisterOutput } from './models.js';

type RegisterCall = Call<RegisterInput, RegisterOutput>;

function randomCall(random: Random, client: number): RegisterCall {
  const value = String(randomInteger(random, 0, 3));
  const other = String(randomInteger(random, 0, 3));
  const invokedAt = randomInteger(random, 0, 12);
  const completedAt = invokedAt + 1 + randomInteger(random, 0, 6);
  const kind = randomInteger(random, 0, 3);
  const [input, output]: [RegisterInput, RegisterOutput] =
    kind === 0
      ? [
          { kind: 'read', key: 'x' },
          { kind: 'value', value: random.next() < 0.2 ? null : value },
        ]
      : kind === 1
        ? [{ kind: 'write', key: 'x', value }, { kind: 'written' }]
        : [
            { kind: 'cas', key: 'x', from: value, to: other },
            { kind: 'swapped', swapped: random.next() < 0.5 },
          ];
  const outcome: Outcome<RegisterOutput> = random.next() < 0.2 ? { kind: 'unknown' } : { kind: 'ok', output };
  return { client: String(client), input, invokedAt, completedAt, outcome };
}

/** The definition: whether an order of the calls, without some of the unknown ones, is legal and keeps real time. */
function isLinearizable(calls: readonly RegisterCall[], state: string | null = null): boolean {
  const known = calls.filter(({ outcome }) => outcome.kind === 'ok');
  if (known.length === 0) return true;
  const firstEnd = Math.min(...known.map(({ completedAt }) => completedAt));
  return calls.some((call, index) => {
    if (call.invokedAt > firstEnd) return false;
    const output = call.outcome.kind === 'ok' ? call.outcome.output : undefined;
    const step = registerModel.step(state, call.input, output);
    return step.kind === 'legal' && isLinearizable(calls.toSpliced(index, 1), step.state);
  });
}

describe('the linearizability checker on random histories', () => {
  it('agrees with the definition on small ones', () => {
    const verdicts = { linearizable: 0, 'not-linearizable': 0, unknown: 0 };
    for (let seed = 1; seed <= 3000; seed += 1) {
      const random = seededRandom(seed);
      const calls = Array.from({ length: randomInteger(random, 1, 8) }, (_, i) => randomCall(random, i));
      const verdict = checkLinearizability(registerModel, calls).kind;
      verdicts[verdict] += 1;
      expect(verdict, `seed ${seed}`).to.equal(isLinearizable(calls) ? 'linearizable' : 'not-linearizable');
    }
    // Both verdicts must be common, or the test proves nothing.
    expect(verdicts.linearizable).to.be.above(500);
    expect(verdicts['not-linearizable']).to.be.above(500);
  });

  it('accepts the history of a real register, and refuses it once one read is changed', function () {
    this.timeout(300_000);
    for (let seed = 1; seed <= 40; seed += 1) {
      const calls = recordRegister(seededRandom(seed), { clients: 6, calls: 400 });
      expect(checkLinearizability(registerModel, calls).kind, `seed ${seed}`).to.equal('linearizable');
      const changed = calls.map((call) =>
        call ===
        defined(
          calls.findLast(({ input }) => input.kind === 'read'),
          'a read',
        )
          ? { ...call, outcome: { kind: 'ok', output: { kind: 'value', value: 'never written' } } as const }
          : call,
      );
      expect(checkLinearizability(registerModel, changed).kind, `seed ${seed}`).to.equal('not-linearizable');
    }
  });
});

/** Clients of a simulated register: each call takes effect at one instant between its start and its end. */
function recordRegister(random: Random, size: { readonly clients: number; readonly calls: number }): RegisterCall[] {
  const clocks = Array.from({ length: size.clients }, () => 0);
  const planned = Array.from({ length: size.calls }, (_, i) => {
    const client = i % size.clients;
    const invokedAt = (clocks[client] ?? 0) + random.next();
    const at = invokedAt + random.next();
    const completedAt = at + random.next();
    clocks[client] = completedAt;
    return { client: String(client), invokedAt, at, completedAt };
  });
  planned.sort((a, b) => a.at - b.at);
  let state: string | null = null;
  return planned.map(({ client, invokedAt, completedAt }, i): RegisterCall => {
    const times = { client, invokedAt, completedAt };
    if (random.next() < 0.5)
      return {
        ...times,
        input: { kind: 'read', key: 'x' },
        outcome: { kind: 'ok', output: { kind: 'value', value: state } },
      };
    const input = { kind: 'write', key: 'x', value: String(i) } as const;
    const lost = random.next() < 0.03;
    if (!lost || random.next() < 0.5) state = input.value;
    return { ...times, input, outcome: lost ? { kind: 'unknown' } : { kind: 'ok', output: { kind: 'written' } } };
  });
}
