import type { World } from '../world.js';
import { Admin } from './admin.js';
import { AuthBook } from './auth-book.js';
import { RootSessions } from './sessions.js';
import { UserCalls } from './user-calls.js';
import { UserClient, type UserWrites } from './user-client.js';
import { UserWatcher } from './user-watcher.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'] as const;

/** What happened to the calls and watches of users. */
export interface UserCounts {
  readonly answered: number;
  /** Calls that were refused for want of a permission. */
  readonly denied: number;
  /** Events of their watches. */
  readonly events: number;
  /** Watches that were cancelled because of their user. */
  readonly revoked: number;
}

export const NO_USERS: UserCounts = { answered: 0, denied: 0, events: 0, revoked: 0 };

/**
 * Users with changing permissions, and root, who changes them and switches authentication on and off. Without users in the
 * options there is no authentication in a run.
 */
export class Users {
  readonly writes: UserWrites = { revisions: new Set(), unknown: 0 };
  readonly #admin: Admin | undefined;
  readonly #clients: readonly UserClient[];
  readonly #watchers: readonly UserWatcher[];

  constructor(world: World) {
    const names = NAMES.slice(0, world.options.users);
    const calls = new UserCalls(world.options.auth.leaseShare);
    if (names.length === 0) {
      this.#clients = [];
      this.#watchers = [];
      return;
    }
    const book = new AuthBook(world, ['root', ...names]);
    void new RootSessions(world, book);
    this.#admin = new Admin(world, names);
    this.#clients = names.map((name) => new UserClient({ world, book, calls, writes: this.writes, name }));
    this.#watchers = this.#clients.map((client) => new UserWatcher(world, book, client));
  }

  /** Users and permissions stay as they are. */
  finish(): void {
    this.#admin?.finish();
    for (const watcher of this.#watchers) watcher.finish();
  }

  /** Resolves when the calls in progress have ended. The watches go on. */
  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.stop()));
  }

  /** Whether no watch goes on whose user has no permission. */
  get areSettled(): boolean {
    return this.#watchers.every(({ isSettled }) => isSettled);
  }

  get counts(): UserCounts {
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    return {
      answered: sum(this.#clients.map(({ answered }) => answered)),
      denied: sum(this.#clients.map(({ denied }) => denied)),
      events: sum(this.#watchers.map(({ events }) => events)),
      revoked: sum(this.#watchers.map(({ revoked }) => revoked)),
    };
  }
}
