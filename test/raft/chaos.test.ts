import { expect } from 'chai';
import { Chaos } from './chaos.js';

/** CHAOS_SEED=n runs one seed; CHAOS_SEEDS=n runs that many. */
const first = Number(process.env['CHAOS_SEED'] ?? 1);
const count = process.env['CHAOS_SEED'] === undefined ? Number(process.env['CHAOS_SEEDS'] ?? 40) : 1;
const EVENTS = 3000;

describe("raft: figure 3's promises under loss, reordering, duplication, partitions, crashes and slow disks", () => {
  it(`hold in ${count} runs of ${EVENTS} events from seed ${first}, and every group recovers`, () => {
    const total = { committed: 0, leaders: 0, reads: 0 };
    for (let seed = first; seed < first + count; seed += 1) {
      const chaos = new Chaos(seed);
      try {
        chaos.run(EVENTS);
        chaos.heal();
      } catch (error) {
        throw new Error(`seed ${seed} (replay with CHAOS_SEED=${seed})`, { cause: error });
      }
      total.committed += chaos.tally.committed;
      total.leaders += chaos.tally.leaders;
      total.reads += chaos.tally.reads;
    }
    console.log(`      ${total.committed} entries, ${total.leaders} leaders, ${total.reads} reads`);
    expect(total.committed).to.be.above(count * 10);
    expect(total.leaders).to.be.above(count);
    expect(total.reads).to.be.above(count);
  });
});
