import { expect } from 'chai';
import { FAULTS } from './nemesis.js';
import { usersStorm } from './users-storm.js';

/** `SEED=n` runs one seed, `SEEDS=n` that many from there on. */
const FIRST = Number(process.env['SEED'] ?? 1);
const COUNT = Number(process.env['SEEDS'] ?? (process.env['SEED'] === undefined ? 3 : 1));

describe('users whose permissions change under partitions, pauses and crashes', function () {
  this.timeout(300_000);
  const counts = { answered: 0, denied: 0, tokens: 0, disabled: 0, leases: 0 };

  for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
    it(`do what they may at that instant, and nothing else (SEED=${seed})`, async () => {
      const { verdict, calls, leases } = await usersStorm({
        seed,
        members: seed % 2 === 0 ? 5 : 3,
        level: seed % 2 === 0 ? 'default' : 'consistent',
        faults: [...FAULTS, 'flapping-links'],
        rounds: 6,
        node: { asyncStorage: seed % 3 !== 0 },
      });
      expect(verdict.kind === 'not-linearizable' ? verdict.report : verdict.kind).to.equal('linearizable');
      for (const { input, outcome } of calls) {
        if (outcome.kind !== 'ok') continue;
        if (outcome.output.kind === 'denied') counts.denied++;
        else if (outcome.output.kind === 'token') counts.tokens++;
        else if (input.kind === 'disable') counts.disabled++;
        else counts.answered++;
      }
      counts.leases += leases;
    });
  }

  after(function () {
    if (this.test?.parent?.tests.some(({ state }) => state === 'failed') === true || COUNT < 3) return;
    const { answered, denied, tokens, disabled, leases } = counts;
    expect(answered, 'answered calls').to.be.at.least(50 * COUNT);
    expect(denied, 'calls of users without a permission').to.be.at.least(10 * COUNT);
    expect(tokens, 'tokens').to.be.at.least(5 * COUNT);
    expect(disabled, 'times that authentication was switched off').to.be.at.least(COUNT / 3);
    expect(leases, 'leases').to.be.at.least(COUNT);
  });
});
