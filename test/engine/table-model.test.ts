import { expect } from 'chai';
import { seededRandom } from '../../src/util/random.js';
import { TableModel } from './table-model.js';

const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const SEEDS = Number(process.env['SEEDS'] ?? 12);
const STEPS = 600;

describe('a table against a model', () => {
  it(`shows each state as a whole, and is in one of these states after a crash (SEED=${SEED})`, async () => {
    const seen: Record<string, number> = {};
    for (let seed = SEED; seed < SEED + SEEDS; seed++) {
      const model = new TableModel(seededRandom(seed));
      try {
        for (let step = 0; step < STEPS; step++) await model.step();
        await model.finish();
      } catch (error) {
        throw new Error(`SEED=${seed}: ${String(error)}`, { cause: error });
      }
      for (const [name, count] of Object.entries(model.seen)) seen[name] = (seen[name] ?? 0) + count;
    }
    for (const [name, count] of Object.entries(seen)) expect(count, name).to.be.greaterThan(0);
  }).timeout(300_000);
});
