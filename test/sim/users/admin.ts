import { authpb, etcdserverpb } from '../../../src/gen/proto.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { someTime } from '../fault.js';
import { pick } from '../options.js';
import type { World } from '../world.js';
import { USER_KEYS } from './commands.js';
import { PASSWORDS, patiently, ROOT_PASSWORD } from './sessions.js';

const p = etcdserverpb;
const { READ, WRITE, READWRITE } = authpb.Permission.Type;

const ROLES = ['r1', 'r2', 'r3'] as const;
/** The letters behind the common beginning of all keys of users. */
export const LETTERS = ['a', 'b', 'c', 'd'] as const;

interface Step {
  readonly method: string;
  readonly body: Uint8Array;
  readonly text: string;
}

/** Attempts at each step of the beginning. */
const TRIES = 5;

/** Root: sets up users and roles, and then changes them at random. */
export class Admin {
  readonly #world: World;
  readonly #users: readonly string[];
  #over = false;

  constructor(world: World, users: readonly string[]) {
    this.#world = world;
    this.#users = users;
    void this.#live();
  }

  /** Makes no more changes. */
  finish(): void {
    this.#over = true;
  }

  async #live(): Promise<void> {
    const world = this.#world;
    const random = world.random('admin');
    for (const step of this.#beginning(random)) {
      for (let tries = 0; tries < TRIES && !this.#over; tries++) if (await this.#make(step, random)) break;
    }
    for (;;) {
      await world.sleep(someTime(random, world.options.auth.changeMs));
      if (this.#over) return;
      await this.#make(this.#draw(random), random);
    }
  }

  #beginning(random: Random): readonly Step[] {
    return [
      userAdd('root', ROOT_PASSWORD),
      roleAdd('root'),
      grantRole('root', 'root'),
      ...this.#users.map((name) => userAdd(name, PASSWORDS[0])),
      ...ROLES.map((name) => roleAdd(name)),
      ...ROLES.map((name) => grantPermission(name, random)),
      ...this.#users.map((name) => grantRole(name, pick(random, ROLES))),
      { method: 'AuthEnable', body: p.AuthEnableRequest.encode({}).finish(), text: 'enable' },
    ];
  }

  #draw(random: Random): Step {
    const name = pick(random, this.#users);
    const role = pick(random, ROLES);
    switch (randomInteger(random, 0, 16)) {
      case 0:
      case 1:
      case 2:
        return { method: 'AuthEnable', body: p.AuthEnableRequest.encode({}).finish(), text: 'enable' };
      case 3:
        return { method: 'AuthDisable', body: p.AuthDisableRequest.encode({}).finish(), text: 'disable' };
      case 4:
        return {
          method: 'UserDelete',
          body: p.AuthUserDeleteRequest.encode({ name }).finish(),
          text: `delete ${name}`,
        };
      case 5:
      case 6:
        return userAdd(name, pick(random, PASSWORDS));
      case 7: {
        const password = pick(random, PASSWORDS);
        const body = p.AuthUserChangePasswordRequest.encode({ name, password }).finish();
        return { method: 'UserChangePassword', body, text: `give ${name} the password "${password}"` };
      }
      case 8:
        return {
          method: 'UserRevokeRole',
          body: p.AuthUserRevokeRoleRequest.encode({ name, role }).finish(),
          text: `take ${role} from ${name}`,
        };
      case 9:
      case 10:
        return grantRole(name, random.next() < 0.1 ? 'root' : role);
      case 11:
        return {
          method: 'RoleDelete',
          body: p.AuthRoleDeleteRequest.encode({ role }).finish(),
          text: `delete ${role}`,
        };
      case 12:
        return roleAdd(role);
      case 13: {
        const keys = drawKeys(random);
        return {
          method: 'RoleRevokePermission',
          body: p.AuthRoleRevokePermissionRequest.encode({ role, ...keys }).finish(),
          text: `${role} loses ${textOf(keys)}`,
        };
      }
      default:
        return grantPermission(role, random);
    }
  }

  /** @returns whether the member has made the change, or has refused it for good */
  async #make({ method, body, text }: Step, random: Random): Promise<boolean> {
    const world = this.#world;
    const machine = world.someMachine(random, ({ running }) => running);
    if (machine === undefined) {
      await world.sleep(100);
      return false;
    }
    const result = await patiently(world, machine.member.call(`/etcdserverpb.Auth/${method}`, body));
    const told = result?.kind === 'error' ? result.status.message : (result?.kind ?? 'no answer');
    if (world.trace.on) world.trace.line(machine, `ADMIN ${text}: ${told}`);
    // Unavailable: another member may answer.
    return result?.kind === 'ok' || (result?.kind === 'error' && result.status.code !== 14);
  }
}

function userAdd(name: string, password: string): Step {
  const body = p.AuthUserAddRequest.encode({ name, password }).finish();
  return { method: 'UserAdd', body, text: `add ${name} with the password "${password}"` };
}

function roleAdd(name: string): Step {
  return { method: 'RoleAdd', body: p.AuthRoleAddRequest.encode({ name }).finish(), text: `add ${name}` };
}

function grantRole(user: string, role: string): Step {
  const body = p.AuthUserGrantRoleRequest.encode({ user, role }).finish();
  return { method: 'UserGrantRole', body, text: `give ${role} to ${user}` };
}

function grantPermission(name: string, random: Random): Step {
  const keys = drawKeys(random);
  const permType = pick(random, [READ, WRITE, READWRITE, READWRITE]);
  const body = p.AuthRoleGrantPermissionRequest.encode({ name, perm: { permType, ...keys } }).finish();
  return {
    method: 'RoleGrantPermission',
    body,
    text: `${name} may ${authpb.Permission.Type[permType]} ${textOf(keys)}`,
  };
}

interface Keys {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

/** One key, a range, all keys from one on, or all keys. */
function drawKeys(random: Random): Keys {
  const first = randomInteger(random, 0, LETTERS.length);
  const last = randomInteger(random, first + 1, LETTERS.length + 1);
  const key = Buffer.from(`${USER_KEYS}${LETTERS[first]}`);
  const end = LETTERS[last] === undefined ? 'u0' : `${USER_KEYS}${LETTERS[last]}`;
  const rangeEnd = pick(random, ['', '', end, end, end, '\0']);
  return random.next() < 0.05
    ? { key: Buffer.of(0), rangeEnd: Buffer.of(0) }
    : { key, rangeEnd: Buffer.from(rangeEnd) };
}

function textOf({ key, rangeEnd }: Keys): string {
  return JSON.stringify([Buffer.from(key).toString(), Buffer.from(rangeEnd).toString()]);
}
