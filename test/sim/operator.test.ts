import { expect } from 'chai';
import { Operator } from './operator.js';
import { drawOptions } from './options.js';
import { withOverrides } from './overrides.js';
import { World } from './world.js';

describe("the simulator's operator", () => {
  /**
   * A bit had rotted on one of three disks, and the operator removed the other two members. The last one then refused
   * to restart, as it must (seed 100700).
   */
  it('removes no member while the disk of another may be damaged', async () => {
    const options = { members: 3, faults: {}, operations: { remove: 500 } };
    const world = new World(withOverrides(drawOptions(1), options), undefined);
    for (const machine of world.machines) machine.start();
    const [first, ...others] = world.machines;
    if (first === undefined) throw new Error('a world without machines');
    const operator = new Operator(world);
    const isGone = ({ id }: { id: number }): boolean => world.wasRemoved(id);
    first.rotten = 1;
    await world.time.advance(15_000);
    expect([first, ...others].filter(isGone)).to.deep.equal([]);
    first.rotten = 0;
    await world.time.until('a member is removed', () => world.machines.some(isGone));
    operator.finish();
  });
});
