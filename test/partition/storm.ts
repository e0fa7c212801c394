import { expect } from 'chai';
import { randomInteger, seededRandom, type Random } from '../../src/util/random.js';
import type { NodeConfig } from '../../src/node/config.js';
import { checkLinearizability, type LinearizabilityVerdict } from '../jepsen/checkers/linearizability/check.js';
import { registerModel } from '../jepsen/checkers/linearizability/models.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import type { Level } from '../support/virtual-calls.js';
import { Workload } from '../support/virtual-workload.js';
import { inflict, type Fault } from './nemesis.js';

export interface StormOptions {
  readonly seed: number;
  readonly members: number;
  readonly level: Level;
  readonly faults: readonly Fault[];
  /** Faults, one after the other, each followed by a pause without one. */
  readonly rounds: number;
  /** Default 6. */
  readonly clients?: number;
  readonly rates?: readonly number[];
  readonly node?: Partial<NodeConfig>;
}

export interface Storm {
  readonly verdict: LinearizabilityVerdict;
  readonly calls: number;
  readonly answered: number;
  /** The term at the end, which bounds the number of elections. */
  readonly term: number;
}

/**
 * Clients work while faults begin and end; then everything heals. The members must agree again and hold every
 * acknowledged write, and the history must be that of one register per key.
 */
export async function storm(options: StormOptions): Promise<Storm> {
  const { seed, members, level, faults, rounds, clients = 6 } = options;
  const random = seededRandom(seed);
  const cluster = new VirtualCluster({
    members,
    seed,
    requestMs: 1500,
    ...(options.rates === undefined ? {} : { rates: options.rates }),
    // A short log, so that it is cut during the run.
    node: { snapshotCount: 200, logTailEntries: 50, logFlushBytes: 0, ...options.node },
  });
  await cluster.start();
  const workload = new Workload({ cluster, random, clients, keys: 4, level, paceMs: 25 });
  await endure(cluster, { random, faults, rounds });
  await workload.stop();
  await expectSameState(cluster);
  await expectAcknowledged(cluster, workload);
  const term = Math.max(...cluster.members.map(({ assembly }) => assembly.node.status().term));
  await cluster.stop();
  const { calls } = workload.history;
  return {
    verdict: checkLinearizability(registerModel, calls, { timeLimitMs: 60_000 }),
    calls: calls.length,
    answered: calls.filter(({ outcome }) => outcome.kind === 'ok').length,
    term,
  };
}

/** Faults, one after the other, each followed by a pause without one; then everything is healed, and a member leads. */
export async function endure(
  cluster: VirtualCluster,
  { random, faults, rounds }: { readonly random: Random } & Pick<StormOptions, 'faults' | 'rounds'>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const fault = faults[randomInteger(random, 0, faults.length)];
    if (fault === undefined) continue;
    const undo = await inflict(cluster, fault, random);
    await cluster.time.advance(200 + random.next() * 2500);
    await undo();
    await cluster.time.advance(random.next() * 1500);
  }
  cluster.heal();
  await cluster.leader();
}

/** Every member reaches the same index, and then has the same state, users and leases included. */
export async function expectSameState({ members, time }: VirtualCluster): Promise<void> {
  const applied = (): number[] => members.map((member) => member.assembly.store.appliedIndex());
  const commit = (): number => Math.max(...members.map((member) => member.assembly.node.status().commit));
  await time.until('all members have applied the same', () => applied().every((index) => index === commit()));
  const stores = members.map(({ assembly }) => assembly.store);
  const hashes = await Promise.all(stores.map((store) => time.wait(store.hashKv(0))));
  for (const hash of hashes) expect(hash).to.deep.equal(hashes[0]);
  const records = await Promise.all(stores.map((store) => time.wait(store.hashRecords())));
  for (const record of records) expect(record, 'users and leases').to.deep.equal(records[0]);
}

/** A key with acknowledged writes cannot be absent; the checker verifies its value. */
async function expectAcknowledged({ members, time }: VirtualCluster, workload: Workload): Promise<void> {
  for (const key of workload.acknowledged.keys()) {
    const found = await time.wait(Promise.resolve(members[0]?.assembly.store.range({ key: Buffer.from(key) })));
    expect(found?.kind === 'ok' && found.body.length > 0, `${key} is there`).to.equal(true);
  }
}
