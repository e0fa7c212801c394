import { randomInteger, type Random } from '../../src/util/random.js';
import { pick } from '../fuzz/pick.js';
import { HistoryRecorder } from '../support/history.js';
import type { Level } from '../support/virtual-calls.js';
import type { VirtualCluster } from '../support/virtual-cluster.js';
import type { VirtualMember } from '../support/virtual-member.js';
import { callSecured, needsLogIn } from './secured-calls.js';
import { ROOT, type Action, type SecuredInput, type SecuredOutput } from './users-model.js';

export const USERS = ['ann', 'bob', 'eve'] as const;
export const KEYS = ['k0', 'k1', 'k2'] as const;
const ACCESSES = ['read', 'write', 'both', 'both'] as const;

export interface SecuredClientsOptions {
  readonly cluster: VirtualCluster;
  readonly random: Random;
  /** The level of every read. */
  readonly level: Level;
  /** Clients of each user. */
  readonly clients: number;
  /** Mean interval between two calls of one client, in virtual ms. */
  readonly paceMs: number;
  /** Mean interval between two changes of users, in virtual ms. */
  readonly changeMs: number;
  /** Whether all members take the token of one, as signed ones. */
  readonly isTokenShared: boolean;
}

/** Clients of users, and root, who changes what the users may do; all calls are recorded, with those of root. */
export class SecuredClients {
  readonly history: HistoryRecorder<SecuredInput, SecuredOutput>;
  readonly #options: SecuredClientsOptions;
  #running = true;
  #values = 0;
  readonly #clients: readonly Promise<void>[];

  constructor(options: SecuredClientsOptions) {
    const { cluster, clients, paceMs, changeMs } = options;
    this.#options = options;
    this.history = new HistoryRecorder(() => cluster.time.nowMs);
    const users = USERS.flatMap((user) => Array.from({ length: clients }, () => user));
    this.#clients = [
      ...users.map((user, at) => this.#live({ name: `${user} ${at}`, user, paceMs, draw: () => this.#drawCall() })),
      // While one waits for a member that is cut off, another goes on.
      ...['root 0', 'root 1', 'root 2'].map((name) =>
        this.#live({ name, user: ROOT, paceMs: 3 * changeMs, draw: () => this.#drawChange() }),
      ),
    ];
  }

  /** Begins no more calls, and waits for those in progress. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#options.cluster.time.wait(Promise.all(this.#clients));
  }

  /** Calls members at random with a token of each, and logs in again where it is not taken. */
  async #live(client: {
    readonly name: string;
    readonly user: string;
    readonly paceMs: number;
    readonly draw: () => Action;
  }): Promise<void> {
    const { cluster, random } = this.#options;
    const tokens = new Map<VirtualMember | undefined, string>();
    while (this.#running) {
      await new Promise<void>((resolve) => cluster.time.schedule(random.next() * 2 * client.paceMs, resolve));
      const member = cluster.members[randomInteger(random, 0, cluster.members.length)];
      if (!this.#running) return;
      if (member === undefined || member.dead) continue;
      const holder = this.#options.isTokenShared ? undefined : member;
      const input: SecuredInput = { ...client.draw(), user: client.user, token: tokens.get(holder) };
      const { message } = await this.#call(client.name, member, input);
      if (!needsLogIn(message)) continue;
      const { token } = await this.#call(client.name, member, { kind: 'log in', user: client.user, token: undefined });
      // Without one it calls with the former one, or none: it must not be taken.
      if (token !== undefined) tokens.set(holder, token);
    }
  }

  async #call(
    name: string,
    member: VirtualMember,
    input: SecuredInput,
  ): Promise<{ readonly message: string; readonly token: string | undefined }> {
    let message = '';
    const outcome = await this.history.record(name, input, async () => {
      const answer = await callSecured(member, input, this.#options.level);
      message = answer.message;
      return answer.outcome;
    });
    const token = outcome.kind === 'ok' && outcome.output.kind === 'token' ? outcome.output.token : undefined;
    return { message, token };
  }

  #drawCall(): Action {
    const { random } = this.#options;
    const key = pick(random, KEYS);
    return random.next() < 0.5 ? { kind: 'read', key } : { kind: 'write', key, value: String(++this.#values) };
  }

  /** Most leave the users with permissions: what was taken is given back sooner than it was taken. */
  #drawChange(): Action {
    const { random } = this.#options;
    const [key, user] = [pick(random, KEYS), pick(random, USERS)];
    switch (randomInteger(random, 0, 18)) {
      case 0:
        return { kind: 'disable' };
      case 1:
      case 2:
      case 3:
        return { kind: 'enable' };
      case 4:
        return { kind: 'delete user', subject: user };
      case 5:
      case 6:
        return { kind: 'add user', subject: user };
      case 7:
        return { kind: 'take role', subject: user };
      case 8:
      case 9:
      case 10:
        return { kind: 'give role', subject: user };
      case 11:
      case 12:
        return { kind: 'void tokens', subject: user };
      case 13:
      case 14:
        return { kind: 'forbid', key, role: user };
      default:
        return { kind: 'permit', key, role: user, access: pick(random, ACCESSES) };
    }
  }
}
