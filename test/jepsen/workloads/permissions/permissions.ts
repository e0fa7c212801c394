import type { Client } from '../../../../src/client/index.js';
import { defined } from '../../../../src/util/assert.js';
import { randomInteger } from '../../../../src/util/random.js';
import type { ClientContext, RunContext, Workload, WorkloadClient } from '../../run/workload.js';
import { CALL, pick, realSleep } from '../common.js';
import type { Sleep, WorkloadParts } from '../common.js';

/** Permissions that are changed at the same time, each by one worker. */
const ADMINISTRATORS = 4;
const USERS = 10;
const NAMES = ['ann', 'bob', 'eve', 'joe'];
const PASSWORD = 'password-of-the-tests';
const CHANGES_PER_PERMISSION = 25;
const PAUSE_MS = [20, 200] as const;
/** Setting up users takes a hash of a password for each. */
const SETUP_MS = 15_000;

/** A permission of one user to read and write one key. */
interface Slot {
  readonly user: string;
  key: string;
  changes: number;
  granted: boolean;
}

/**
 * Permissions that are granted and revoked while their users read and write. The outcome of each call shows whether its
 * permission was granted. Needs authentication.
 */
export function permissionsWorkload({ check, sleep = realSleep }: WorkloadParts): Workload {
  const slots: Slot[] = [];
  const keys = { next: 0 };
  for (let at = 0; at < ADMINISTRATORS; at++) {
    slots.push({ user: NAMES[at] ?? `user-${at}`, key: `p/${keys.next++}`, changes: 0, granted: false });
  }
  return {
    name: 'permissions',
    needsUsers: true,
    about: 'permissions that are granted and revoked under the load of their users',
    // Hashes that take a minimum of time: users log in again after each fault.
    flags: ['--bcrypt-cost=4'],
    concurrency: ADMINISTRATORS + USERS,
    prepare,
    client: (context) => {
      const slot = slots[context.worker];
      if (slot !== undefined)
        return new Administrator({ context, client: context.connect([context.node]), slot, keys, sleep });
      return new PermittedUser(context, slots);
    },
    check,
  };
}

async function prepare(context: RunContext): Promise<void> {
  const client = context.connect();
  const call = { timeoutMs: SETUP_MS };
  for (const user of NAMES) {
    await client.auth.userAdd(user, { password: PASSWORD }, call);
    await client.auth.roleAdd(roleOf(user), call);
    await client.auth.userGrantRole(user, roleOf(user), call);
  }
}

const roleOf = (user: string): string => `role-of-${user}`;

interface AdministratorParts {
  readonly context: ClientContext;
  readonly client: Client;
  readonly slot: Slot;
  readonly keys: { next: number };
  readonly sleep: Sleep;
}

class Administrator implements WorkloadClient {
  readonly #parts: AdministratorParts;

  constructor(parts: AdministratorParts) {
    this.#parts = parts;
  }

  async step(): Promise<void> {
    const { context, client, slot, keys, sleep } = this.#parts;
    await sleep(randomInteger(context.random, ...PAUSE_MS), context.signal);
    const { key, user, granted } = slot;
    const { type } = await context.call(
      { f: granted ? 'revoke' : 'grant', key, value: { user, access: 'read-write' } },
      async () => {
        const { auth } = client;
        if (granted) await auth.roleRevokePermission(roleOf(user), key, CALL);
        else await auth.roleGrantPermission(roleOf(user), { access: 'readwrite', keys: key }, CALL);
        return { type: 'ok' };
      },
    );
    slot.changes += 1;
    if (type === 'ok') slot.granted = !granted;
    // After an unknown outcome a revocation of what is not granted fails, and shows nothing: begin with a new permission.
    if (type !== 'info' && slot.changes < CHANGES_PER_PERMISSION) return;
    Object.assign(slot, { key: `p/${keys.next++}`, changes: 0, granted: false });
  }
}

class PermittedUser implements WorkloadClient {
  readonly #context: ClientContext;
  readonly #slots: readonly Slot[];
  readonly #clients: ReadonlyMap<string, Client>;
  #values = 0;

  constructor(context: ClientContext, slots: readonly Slot[]) {
    this.#context = context;
    this.#slots = slots;
    this.#clients = new Map(
      NAMES.map((user) => [
        user,
        context.connect([context.node], { user, password: PASSWORD, consistency: 'consistent' }),
      ]),
    );
  }

  async step(): Promise<void> {
    const { random, worker } = this.#context;
    const { key, user } = pick(random, this.#slots);
    const client = defined(this.#clients.get(user), 'the client of the user');
    if (random.next() < 0.5) {
      await this.#context.call({ f: 'read', key, value: { user } }, async () => {
        const { kv, header } = await client.get(key, CALL);
        return { type: 'ok', value: { user, value: kv?.valueText() ?? null }, revision: header.revision };
      });
      return;
    }
    const value = `${worker}-${this.#values++}`;
    await this.#context.call({ f: 'write', key, value: { user, value } }, async () => {
      const { header } = await client.put(key, value, CALL);
      return { type: 'ok', revision: header.revision };
    });
  }
}
