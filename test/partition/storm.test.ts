import { expect } from 'chai';
import { FAULTS } from './nemesis.js';
import { storm } from './storm.js';

/** `SEED=n` runs one seed, `SEEDS=n` that many from there on. */
const FIRST = Number(process.env['SEED'] ?? 1);
const COUNT = Number(process.env['SEEDS'] ?? (process.env['SEED'] === undefined ? 3 : 1));

/** With seeds up to this one members have time to answer many calls; others may crash all of them repeatedly. */
const CALM_SEEDS = 6;

describe('five members under partitions, pauses and crashes', function () {
  this.timeout(300_000);
  for (const level of ['consistent', 'default'] as const) {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      it(`lose no acknowledged write, and are linearizable at level ${level} (SEED=${seed})`, async () => {
        // Rates of clocks that differ by less than the bound of a tenth.
        const rates = [1, 1.04, 0.96, 1.02, 0.98];
        // On every second seed the lease outlasts an election timeout, so that only the followers' promise makes it safe.
        const lease = seed % 2 === 0 ? {} : { leaseMs: 1500 };
        const node = { ...lease, asyncStorage: seed % 3 !== 0 };
        const options = { seed, members: 5, level, faults: FAULTS, rounds: 6, rates, node };
        const { verdict, answered } = await storm(options);
        expect(verdict.kind === 'not-linearizable' ? verdict.report : verdict.kind).to.equal('linearizable');
        expect(answered, 'the clients were answered').to.be.at.least(seed <= CALM_SEEDS ? 100 : 1);
      });
    }
  }
});
