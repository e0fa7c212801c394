import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { decodeCommand } from '../../src/kv/commands/command.js';
import type { Message } from '../../src/raft/types.js';
import { defined } from '../../src/util/assert.js';
import { toBigInt } from '../../src/util/integer.js';
import { get } from '../support/virtual-calls.js';
import { LeaseHolders } from './lease-holders.js';
import { drawOptions } from './options.js';
import { withOverrides } from './overrides.js';
import { World } from './world.js';

/** Delay of a follower's put that attaches a key: its client gives up before; a renewed lease lasts longer. */
const LATE_MS = 2500;

describe("the simulator's holders of leases", function () {
  this.timeout(300_000);

  /**
   * A clogged link delayed a put that attached a key to a lease until after its client had given up and detached the
   * key. The lease then deleted the key, as it must, and the check called that a violation (seed 145).
   */
  it('expect no key to outlive its lease if a late put may have attached it again', async () => {
    const lines: string[] = [];
    const node = { heartbeatMs: 100, electionMs: 1000, leaseMs: 900 };
    const quiet = { faults: {}, operations: {}, rateSpread: 0 };
    const options = { members: 3, node, requestMs: 500, leaseHolders: 20, ...quiet };
    const world = new World(withOverrides(drawOptions(1), options), (line) => lines.push(line));
    world.network.faults.holdBackMs = (message) => (attaches(message) ? LATE_MS : 0);
    for (const machine of world.machines) machine.start();
    const holders = new LeaseHolders(world);
    await world.time.advance(40_000);
    world.network.faults.holdBackMs = () => 0;
    await world.time.wait(holders.stop());
    await world.time.until('a lease is kept', () => holders.kept);

    const { member } = defined(world.leader, 'a leader');
    await world.time.until('all leases have ended', () => member.assembly.store.leases.size === 0);
    const detached = lines.flatMap((line) => / puts (lease\/\d+) with lease 0: 0,/.exec(line)?.[1] ?? []);
    const found = await world.time.wait(Promise.all(detached.map((key) => get(member, key, { level: 'consistent' }))));
    const values = found.map((result) => (result.kind === 'ok' ? result.value : result.message));
    expect(values).to.include(null, 'a late put has attached a key again');
    expect(values).to.include('', 'other keys remained');
    for (const machine of world.machines) await world.time.wait(holders.check(machine));
    world.check();
  });
});

/** Whether it is a follower's put that attaches a key to a lease. */
function attaches({ type, entries }: Message): boolean {
  if (type !== 'MsgProp') return false;
  return entries.some(({ data }) => {
    const { kind, request } = decodeCommand(data);
    return kind === 'put' && toBigInt(etcdserverpb.PutRequest.decode(request).lease) !== 0n;
  });
}
