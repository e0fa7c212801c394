import { authpb, etcdserverpb } from '../../src/gen/proto.js';
import { seededRandom } from '../../src/util/random.js';
import type { NodeConfig } from '../../src/node/config.js';
import { checkLinearizability, type LinearizabilityVerdict } from '../jepsen/checkers/linearizability/check.js';
import type { Level } from '../support/virtual-calls.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';
import type { Fault } from './nemesis.js';
import { PASSWORD } from './secured-calls.js';
import { KEYS, SecuredClients, USERS } from './secured-clients.js';
import { LeasedWrites } from './leased-writes.js';
import { endure, expectSameState } from './storm.js';
import { callsAbout, ROOT, securedModel, type SecuredCall, type SecuredState } from './users-model.js';

const p = etcdserverpb;
const { READWRITE } = authpb.Permission.Type;

export interface UsersStormOptions {
  readonly seed: number;
  readonly members: number;
  readonly level: Level;
  readonly faults: readonly Fault[];
  readonly rounds: number;
  /** Whether tokens are signed; else they are simple. */
  readonly signed: boolean;
  readonly node?: Partial<NodeConfig>;
}

export interface UsersStorm {
  /** The first that is not linearizable, or else the last. */
  readonly verdict: LinearizabilityVerdict;
  readonly calls: readonly SecuredCall[];
  /** Leases that were granted. */
  readonly leases: number;
}

/**
 * Users work while root changes what they may do, switches authentication on and off, and faults begin and end. In the end
 * all members have the same keys, users and leases, and each call must have happened in a state that permits it.
 */
export async function usersStorm(options: UsersStormOptions): Promise<UsersStorm> {
  const { seed, members, level, faults, rounds, signed, node } = options;
  const random = seededRandom(seed);
  const cluster = new VirtualCluster({
    members,
    seed,
    requestMs: 1000,
    auth: { tokenTtlMs: 300_000, passwordMsMax: 0, signed: signed ? { ttlMs: 2000, longestMs: 5 } : undefined },
    // A short log, so that members that were away get a snapshot.
    node: { snapshotCount: 50, logTailEntries: 10, logFlushBytes: 0, ...node },
  });
  await cluster.start();
  await setUp(cluster);
  const leases = new LeasedWrites(cluster, random);
  const { revision } = (await cluster.leader()).assembly.store.auth();
  const initial = { ...INITIAL, revision: signed ? revision : undefined };
  // Each change makes signed tokens old.
  const changeMs = signed ? 400 : 120;
  const clients = new SecuredClients({
    cluster,
    random,
    level,
    clients: 2,
    paceMs: 60,
    changeMs,
    isTokenShared: signed,
  });
  await endure(cluster, { random, faults, rounds });
  await clients.stop();
  await leases.stop();
  await expectSameState(cluster);
  await cluster.stop();
  const { calls } = clients.history;
  let verdict: LinearizabilityVerdict | undefined;
  for (const key of KEYS) {
    verdict = checkLinearizability(securedModel(key, initial), callsAbout(key, calls, signed), { timeLimitMs: 60_000 });
    if (verdict.kind !== 'linearizable') break;
  }
  return { verdict: verdict ?? { kind: 'linearizable', calls: 0 }, calls, leases: leases.granted };
}

const ACCESS = Object.fromEntries(KEYS.map((key) => [key, 'both' as const]));

const INITIAL: Omit<SecuredState, 'revision'> = {
  value: null,
  enabled: true,
  accounts: Object.fromEntries(
    USERS.map((name) => [name, { exists: true, hasRole: true, access: ACCESS, tokens: [] }]),
  ),
  rootTokens: [],
};

/** The initial state of the model. */
async function setUp(cluster: VirtualCluster): Promise<void> {
  const leader = await cluster.leader();
  const run = (method: string, body: { finish(): Uint8Array }): Promise<void> => must(cluster, leader, method, body);
  for (const name of [ROOT, ...USERS]) {
    await run('UserAdd', p.AuthUserAddRequest.encode({ name, password: PASSWORD }));
    await run('RoleAdd', p.AuthRoleAddRequest.encode({ name }));
    await run('UserGrantRole', p.AuthUserGrantRoleRequest.encode({ user: name, role: name }));
  }
  for (const name of USERS) {
    for (const key of KEYS) {
      const perm = { permType: READWRITE, key: Buffer.from(key) };
      await run('RoleGrantPermission', p.AuthRoleGrantPermissionRequest.encode({ name, perm }));
    }
  }
  await run('AuthEnable', p.AuthEnableRequest.encode({}));
}

async function must(
  { time }: VirtualCluster,
  member: VirtualMember,
  method: string,
  body: { finish(): Uint8Array },
): Promise<void> {
  const result = await time.wait(member.call(`/etcdserverpb.Auth/${method}`, body.finish()));
  if (result.kind === 'error') throw new Error(`${method}: ${result.status.message}`);
}
