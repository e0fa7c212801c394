import { etcdserverpb } from '../../../src/gen/proto.js';
import type { CallResult } from '../../support/virtual-member.js';
import type { Machine } from '../machine.js';
import type { World } from '../world.js';
import type { AuthBook, HeldToken } from './auth-book.js';

const { AuthenticateRequest, AuthenticateResponse, RangeRequest, ReadLevel } = etcdserverpb;

/** Time that a client waits beyond the member's own limit, in ms. */
const PATIENCE_MS = 1000;
/** Mean interval between two checks of root's tokens, in ms. */
const CHECK_MS = 150;

/** The password of root, and those that the other users have in turn. */
export const ROOT_PASSWORD = 'root';
export const PASSWORDS = ['one', 'two'] as const;

/** A call that may get no answer. */
export async function patiently(world: World, call: Promise<CallResult>): Promise<CallResult | undefined> {
  return new Promise((resolve) => {
    const cancel = world.time.schedule(world.options.requestMs + PATIENCE_MS, () => resolve(undefined));
    void call.then((result) => {
      cancel();
      resolve(result);
    });
  });
}

/** Whether a member does not take the token, or wants one: its user logs in again. */
export function isUnknownCaller(message: string): boolean {
  return message === 'etcdserver: invalid auth token' || message === 'etcdserver: user name is empty';
}

/** @returns undefined without an answer, or after a refusal */
export async function logIn(
  world: World,
  book: AuthBook,
  { machine, user, password }: { readonly machine: Machine; readonly user: string; readonly password: string },
): Promise<HeldToken | undefined> {
  const body = AuthenticateRequest.encode({ name: user, password }).finish();
  const result = await patiently(world, machine.member.call('/etcdserverpb.Auth/Authenticate', body, {}));
  if (world.trace.on) {
    const told = result?.kind === 'error' ? result.status.message : (result?.kind ?? 'no answer');
    world.trace.line(machine, `${user} logs in with "${password}": ${told}`);
  }
  if (result?.kind !== 'ok') return undefined;
  const { token: text } = AuthenticateResponse.decode(result.body);
  const token = { text, assigned: Number(text.split('.')[1]) };
  book.loggedIn({ user, password, token });
  return token;
}

/**
 * Keeps a token of root for every member, with which all clients call that are not about users: so that they go on while
 * authentication is on.
 */
export class RootSessions {
  readonly #world: World;
  readonly #book: AuthBook;
  readonly #checking = new Set<Machine>();

  constructor(world: World, book: AuthBook) {
    this.#world = world;
    this.#book = book;
    void this.#live();
  }

  async #live(): Promise<void> {
    const random = this.#world.random('root sessions');
    for (;;) {
      await this.#world.sleep(random.next() * 2 * CHECK_MS);
      for (const machine of this.#world.machines) {
        if (machine.running && !this.#checking.has(machine)) void this.#check(machine);
      }
    }
  }

  /** Reads at this member alone, which costs no message between members. */
  async #check(machine: Machine): Promise<void> {
    this.#checking.add(machine);
    try {
      await this.#renew(machine);
    } finally {
      this.#checking.delete(machine);
    }
  }

  async #renew(machine: Machine): Promise<void> {
    const body = RangeRequest.encode({ key: Buffer.from('root'), readLevel: ReadLevel.STALE }).finish();
    const result = await patiently(this.#world, machine.member.call('/etcdserverpb.KV/Range', body));
    if (result?.kind === 'error' && isUnknownCaller(result.status.message)) {
      const token = await logIn(this.#world, this.#book, { machine, user: 'root', password: ROOT_PASSWORD });
      if (token !== undefined) this.#world.credentials.set(machine.id, { token: token.text });
    }
  }
}
