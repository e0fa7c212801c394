import { expect } from 'chai';
import { defined } from '../../src/util/assert.js';
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

  /**
   * Each request to add a replacement timed out, since an applier was slow, and each added a member. The operator added
   * another one every second, until the cluster of more than twenty was too slow to answer in time (seed 82631199).
   */
  it('replaces a member once, although no addition is answered', async () => {
    const options = { members: 3, faults: {}, operations: {} };
    const world = new World(withOverrides(drawOptions(1), options), undefined);
    for (const machine of world.machines) {
      const call = machine.member.call.bind(machine.member);
      machine.member.call = async (path, body) => {
        const result = await call(path, body);
        return path.endsWith('/MemberAdd') ? { kind: 'error', status: { code: 14, message: 'lost' } } : result;
      };
      machine.start();
    }
    await world.time.until('a member leads', () => world.leader !== undefined);
    const victim = defined(
      world.machines.find((machine) => machine !== world.leader),
      'a follower',
    );
    victim.fate = 'damaged';
    victim.crash('kill');
    const operator = new Operator(world);
    await world.time.until('the replacement runs', () => world.machines[3]?.running === true);
    await world.time.until('the operator is done', () => operator.isDone);
    await world.time.advance(15_000);
    expect(world.machines.map(({ fate }) => fate).toSorted()).to.deep.equal(['removed', 'wanted', 'wanted', 'wanted']);
    operator.finish();
  });
});
