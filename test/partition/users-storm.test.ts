import { expect } from 'chai';
import { FAULTS } from './nemesis.js';
import { usersStorm } from './users-storm.js';

/** `SEED=n` runs one seed, `SEEDS=n` that many from there on. */
const FIRST = Number(process.env['SEED'] ?? 1);
const COUNT = Number(process.env['SEEDS'] ?? (process.env['SEED'] === undefined ? 3 : 1));

describe('users whose permissions change under partitions, pauses and crashes', function () {
  this.timeout(300_000);
  const counts = { runs: 0, answered: 0, denied: 0, tokens: 0, disabled: 0, leases: 0 };

  for (let run = 0; run < 2 * COUNT; run++) {
    const [seed, signed] = [FIRST + Math.floor(run / 2), run % 2 === 1];
    it(`do what they may at that instant, and nothing else, with ${signed ? 'signed' : 'simple'} tokens (SEED=${seed})`, async () => {
      const { verdict, calls, leases } = await usersStorm({
        seed,
        members: seed % 2 === 0 ? 5 : 3,
        level: seed % 2 === 0 ? 'default' : 'consistent',
        faults: [...FAULTS, 'flapping-links'],
        rounds: 6,
        signed,
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
      counts.runs++;
    });
  }

  after(() => {
    // A failure above leaves some uncounted.
    const { runs, answered, denied, tokens, disabled, leases } = counts;
    if (runs < 3) return;
    expect(answered, 'answered calls').to.be.at.least(40 * runs);
    expect(denied, 'calls of users without a permission').to.be.at.least(5 * runs);
    expect(tokens, 'tokens').to.be.at.least(5 * runs);
    expect(disabled, 'times that authentication was switched off').to.be.at.least(1);
    expect(leases, 'leases').to.be.at.least(runs);
  });
});
