import type { SimInput } from './calls.js';
import { checkHistory } from './checks.js';
import { Caches } from './caches.js';
import { Clients } from './clients.js';
import { Faults } from './faults.js';
import { FeedWorkers } from './feed-workers.js';
import { IndexClients } from './indexes/index-clients.js';
import { LeaseHolders } from './lease-holders.js';
import type { Machine } from './machine.js';
import { Operator } from './operator.js';
import type { SimOptions } from './options.js';
import { unownedRevisions } from '../jepsen/checkers/revisions/revision-check.js';
import { checkWatches } from './watch-book.js';
import { NO_USERS, Users, type UserCounts } from './users/users.js';
import { Watchers } from './watchers.js';
import { Violation, World } from './world.js';

/** The result of a run. */
export interface RunResult {
  /** Undefined if the run passed. */
  readonly violation: string | undefined;
  readonly simulatedMs: number;
  readonly calls: number;
  readonly answered: number;
  /** Entries that were committed. */
  readonly committed: number;
  readonly users: UserCounts;
}

/** Time after the healing for a leader, a write, and equal states, in election timeouts. */
const ELECTIONS_TO_SETTLE = 30;
const SETTLE_MS = 60_000;
/** Time after which delayed packets have arrived, or never will, in virtual ms. */
const STRAGGLERS_MS = 6000;
/** Reads of which one must be answered: with a tenth of all packets lost, four in a row may get none. */
const READS_MIN = 8;
/** Time in which a read must be answered beyond that of a log-in of root, which may be lost with a leader, in virtual ms. */
const READ_MS = 6000;
/** Interval between two comparisons of states, in ms. */
const PROBE_MS = 2500;

/** Executes one run. @param write receives the lines of the trace; undefined for no trace */
export async function run(options: SimOptions, write?: (line: string) => void): Promise<RunResult> {
  const world = new World(options, write);
  let clients: Clients | undefined;
  let users: Users | undefined;
  let violation: string | undefined;
  try {
    for (const machine of world.machines) machine.start();
    clients = new Clients(world);
    users = new Users(world);
    await storm(world, clients, {
      holders: new LeaseHolders(world),
      watchers: new Watchers(world),
      feeds: new FeedWorkers(world),
      users,
      caches: new Caches(world, clients),
      indexes: new IndexClients(world),
    });
  } catch (error) {
    if (error instanceof Violation) violation = error.message;
    else violation = `the simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const history = clients?.history ?? [];
  return {
    violation,
    simulatedMs: world.time.nowMs,
    calls: history.length,
    answered: history.filter(({ outcome }) => outcome.kind === 'ok').length,
    committed: world.invariants.committed,
    users: users?.counts ?? NO_USERS,
  };
}

/** Clients other than those whose calls form the history. */
interface Others {
  readonly holders: LeaseHolders;
  readonly watchers: Watchers;
  readonly feeds: FeedWorkers;
  readonly users: Users;
  readonly caches: Caches;
  readonly indexes: IndexClients;
}

async function storm(
  world: World,
  clients: Clients,
  { holders, watchers, feeds, users, caches, indexes }: Others,
): Promise<void> {
  const hashes = new Map<string, number>();
  const operator = new Operator(world);
  const faults = new Faults(world);
  const { stormMs } = world.options;
  for (let leftMs = stormMs; leftMs > 0; leftMs -= PROBE_MS) {
    await world.time.advance(Math.min(PROBE_MS, leftMs));
    for (const machine of world.running) void noteHash(world, machine, hashes);
  }
  world.trace.line(undefined, 'HEALED: from here on nothing goes wrong');
  faults.heal();
  operator.finish();
  watchers.finish();
  users.finish();
  world.healed();
  caches.healed();
  await settle(world, operator, { clients, holders, users, indexes });
  await within(world, 'caches answer consistent reads from memory', () => caches.areUsed(), SETTLE_MS);
  caches.finish();
  await drain(world, clients, feeds);
  await endLeases(world, holders);
  await compare(world, hashes);
  for (const wrong of await world.time.wait(indexes.check(members(world)))) world.violated(wrong);
  const writers = [holders.writes, watchers.pairs, users.writes, indexes.writer.writes];
  const others = {
    revisions: new Set(writers.flatMap(({ revisions }) => [...revisions])),
    unknown: writers.reduce((sum, { unknown }) => sum + unknown, 0),
  };
  await readAll(world, clients, others.revisions);
  await watchAll(world, clients, watchers);
  const compacted = world.options.mix.compact > 0;
  for (const wrong of checkHistory(clients.history, { compacted, others })) world.violated(wrong);
  await world.time.advance(0);
  world.check();
}

/** Liveness: a leader, an answered write, and one state everywhere, all in bounded time. */
async function settle(
  world: World,
  operator: Operator,
  { clients, holders, users, indexes }: { readonly clients: Clients } & Pick<Others, 'holders' | 'users' | 'indexes'>,
): Promise<void> {
  const { electionMs } = world.options.node;
  const limitMs = SETTLE_MS + ELECTIONS_TO_SETTLE * electionMs;
  await within(world, 'a member leads', () => world.leader !== undefined, limitMs);
  await within(world, 'the operator has repaired everything', () => operator.isDone, limitMs);
  await world.time.wait(Promise.all([clients.stop(), holders.stop(), users.stop(), indexes.stop()]));
  await world.time.advance(STRAGGLERS_MS);
  let answered = false;
  const write = async (): Promise<void> => {
    while (!answered) {
      const { leader } = world;
      if (leader !== undefined) {
        const { outcome } = await clients.call('final', leader, { kind: 'put', key: 'final', value: 'settled' });
        if (outcome.kind === 'ok') answered = true;
      }
      await world.sleep(100);
    }
  };
  void write();
  await within(world, 'a write is answered', () => answered, limitMs);
  await within(world, 'all members have applied the same', () => agree(world), limitMs);
  await within(world, 'all indexes are built', () => indexes.areBuilt, limitMs);
  await within(world, 'watches without a permission have ended', () => users.areSettled, limitMs);
}

/** Every change is delivered, and acknowledged, after which the workers leave. */
async function drain(world: World, clients: Clients, feeds: FeedWorkers): Promise<void> {
  const last = world.leader?.member.assembly.store.revision() ?? 0;
  await within(world, 'the workers of the feed are up to date', () => feeds.haveReached(last), SETTLE_MS);
  for (const wrong of feeds.check(clients.history, last)) world.violated(wrong);
  feeds.stop();
}

/** A lease lives as long as a client renews it; without renewals, all have ended soon after the longest TTL. */
async function endLeases(world: World, holders: LeaseHolders): Promise<void> {
  const { leaseHolders, node } = world.options;
  if (leaseHolders === 0) return;
  const limitMs = holders.longestMs + ELECTIONS_TO_SETTLE * node.electionMs;
  await within(world, 'a lease is kept', () => holders.kept, SETTLE_MS + limitMs);
  const gone = (): boolean => members(world).every(({ member }) => member.assembly.store.leases.size === 0);
  await within(world, 'leases without renewals have ended', gone, limitMs);
  for (const machine of members(world)) {
    if (machine.isLearner) continue;
    let checked = false;
    void holders.check(machine).then(() => (checked = true));
    await within(world, `${machine.label} answers`, () => checked, limitMs);
  }
  world.check();
}

async function within(world: World, what: string, condition: () => boolean, limitMs: number): Promise<void> {
  try {
    await world.time.until(what, condition, limitMs);
  } catch (error) {
    if (error instanceof Violation) throw error;
    world.violated(`liveness: ${error instanceof Error ? error.message : String(error)}`);
    world.check();
  }
}

/** Every watcher gets every event. */
async function watchAll(world: World, clients: Clients, watchers: Watchers): Promise<void> {
  const { leader } = world;
  if (leader === undefined || world.options.watchers === 0) return;
  const { store } = leader.member.assembly;
  watchers.addReader(Math.max(1, store.compactedRevision()));
  const last = store.revision();
  await within(world, 'all watchers are up to date', () => watchers.haveReached(last), SETTLE_MS);
  for (const wrong of checkWatches(watchers.records, clients.history, { last })) world.violated(wrong);
}

/** The machines of the leader's members; none while one of them does not exist yet. */
function members(world: World): readonly Machine[] {
  const ids = world.leader?.member.assembly.store.members().map(({ id }) => id) ?? [];
  const found = ids.map((id) => world.machines.find((machine) => machine.id === id));
  return found.every((machine) => machine !== undefined) ? found : [];
}

/** A joint configuration that a leader still has to leave, and will leave by itself. */
function isJoint(world: World): boolean {
  return (world.leader?.confState?.votersOutgoing.length ?? 0) > 0;
}

function agree(world: World): boolean {
  const all = members(world);
  const commit = Math.max(...all.map(({ status }) => status?.commit ?? -1));
  return (
    !isJoint(world) && all.length > 0 && all.every((machine) => machine.running && machine.status?.applied === commit)
  );
}

/** All members hold the same state. */
async function compare(world: World, hashes: Map<string, number>): Promise<void> {
  for (const machine of members(world)) await world.time.wait(noteHash(world, machine, hashes));
  // A member may have published its name meanwhile.
  await within(world, 'all members have applied the same', () => agree(world), SETTLE_MS);
  const words = (machine: Machine | undefined): string => {
    const store = machine?.member.assembly.store;
    return JSON.stringify([store?.members(), store?.confState(), store?.removedIds(), store?.revision()]);
  };
  const [first, ...others] = members(world);
  for (const other of others) {
    if (words(other) === words(first)) continue;
    world.violated(`${other.label} and ${first?.label}: ${words(other)} is not ${words(first)}`);
  }
  world.check();
}

/** States with the same revision and the same compacted revision have the same hash, on every member and at all times. */
async function noteHash(world: World, machine: Machine, hashes: Map<string, number>): Promise<void> {
  if (machine.member.stopping) return;
  const { store } = machine.member.assembly;
  const unlessDead = (error: unknown): undefined => {
    // It died meanwhile, and its engine with it.
    if (!machine.dead && machine.member.assembly.store === store) throw error;
    return undefined;
  };
  const records = await store.hashRecords().catch(unlessDead);
  if (records !== undefined) world.invariants.records(machine, records.appliedIndex, records.hash);
  if (!machine.running || machine.member.stopping || machine.member.assembly.store !== store) return;
  const result = await store.hashKv(0).catch(unlessDead);
  if (result?.kind !== 'ok') return;
  const key = `${result.hashRevision} compacted at ${result.compactRevision}`;
  const known = hashes.get(key);
  if (known === undefined) hashes.set(key, result.hash);
  else if (known !== result.hash)
    world.violated(`${machine.label}: its state at revision ${key} is not that of others`);
}

/**
 * Reads every key at the end, to check that acknowledged writes still exist, and at every unaccounted revision, to find
 * lost writes.
 */
async function readAll(world: World, clients: Clients, owned: ReadonlySet<number>): Promise<void> {
  const keys = Array.from({ length: world.options.keys }, (_, at) => `k${at}`);
  const all = members(world);
  for (const key of keys) {
    for (const machine of all) {
      await readAnswered(world, clients, machine, { kind: 'get', key, level: 'consistent' });
    }
  }
  const first = all.find((machine) => !machine.isLearner);
  if (first === undefined) return;
  const compacted = first.member.assembly.store.compactedRevision();
  for (const atRevision of unownedRevisions(clients.history)) {
    if (atRevision < compacted || owned.has(atRevision)) continue;
    for (const key of keys) {
      await readAnswered(world, clients, first, { kind: 'get', key, level: 'consistent', atRevision });
    }
  }
}

/** A network may still lose packets occasionally, so unanswered reads are repeated. */
async function readAnswered(world: World, clients: Clients, machine: Machine, input: SimInput): Promise<void> {
  if (machine.isLearner) return;
  const endMs = world.time.nowMs + world.options.requestMs + READ_MS;
  for (let reads = 0; reads < READS_MIN || world.time.nowMs < endMs; reads++) {
    const { outcome } = await world.time.wait(clients.call('reader', machine, input));
    if (outcome.kind === 'ok') return;
    // A refusal comes at once, and root may have to log in again.
    await world.time.wait(world.sleep(100));
  }
  world.violated(`liveness: ${machine.label} answers no read`);
}
