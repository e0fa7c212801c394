import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
import { injectedError } from './injected.js';
import { drawOptions } from './options.js';
import { withOverrides } from './overrides.js';
import { World } from './world.js';

describe("the simulator's machine", () => {
  /**
   * A machine was killed in the middle of a clean stop, which therefore never completed. The machine counted as
   * stopping from then on: when its next process died of a failing disk, it was not started again (seed 8820178).
   */
  it('starts again after its disk fails, although it was killed in the middle of a clean stop before', async () => {
    const world = new World(withOverrides(drawOptions(1), { members: 1, faults: {} }), undefined);
    const machine = defined(world.machines[0], 'a machine');
    machine.start();
    await world.time.until('it leads', () => world.leader === machine);
    void machine.stop();
    machine.crash('kill');
    await world.time.until('it leads again', () => world.leader === machine);

    const { assembly } = machine.member;
    machine.member.breakDisk(injectedError('EIO', 'sync'));
    void machine.member.call('/etcdserverpb.Lease/LeaseGrant', Buffer.alloc(0));
    await world.time.until('it has ended', () => machine.dead || machine.member.assembly !== assembly);
    await world.time.until('it leads once more', () => world.leader === machine);
    expect(machine.member.assembly).not.to.equal(assembly);
  });

  /**
   * The log took its virtual time and the real idle time of this process for one clock: a stall of a simulated disk did not
   * count as one, unless the process happened to wait for something real meanwhile, and then the run was another one.
   */
  it('reads no real time of the event loop when its disk has written', async () => {
    const world = new World(withOverrides(drawOptions(1), { members: 1, faults: {}, inTurnBytesMax: 0 }), undefined);
    const machine = defined(world.machines[0], 'a machine');
    const { eventLoopUtilization } = performance;
    performance.eventLoopUtilization = () => {
      throw new Error('real time was read');
    };
    try {
      machine.start();
      await world.time.until('it leads', () => world.leader === machine);
      expect(machine.dead).to.equal(false);
    } finally {
      performance.eventLoopUtilization = eventLoopUtilization;
    }
  });
});
