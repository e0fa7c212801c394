import type { MemberId, MemberStatus } from '../../../src/client/index.js';
import { RaftKvError } from '../../../src/client/index.js';
import { patiently } from './patience.js';
import type { Slot } from './slot.js';

/** Longest time in which members start and agree, on a machine that does other work, in ms. */
const LIMIT_MS = 60_000;
const STATUS_MS = 500;

export interface ViewsOptions {
  /** The present members. */
  readonly slots: () => readonly Slot[];
  /** The URL of a member that no fault touches. */
  readonly urlOf: (slot: Slot) => string;
}

/** What the members say of themselves. */
export class Views {
  readonly #options: ViewsOptions;
  readonly #names = new Map<MemberId, string>();

  constructor(options: ViewsOptions) {
    this.#options = options;
  }

  /** The member's own view; undefined if it does not answer. */
  async status(slot: Slot): Promise<MemberStatus | undefined> {
    if (slot.state !== 'up') return undefined;
    try {
      const status = await slot.client.status(this.#options.urlOf(slot), { timeoutMs: STATUS_MS });
      this.#names.set(status.header.memberId, slot.name);
      return status;
    } catch (error) {
      if (error instanceof RaftKvError) return undefined;
      throw error;
    }
  }

  /** The name of a member by its id; undefined until it has answered with that id. */
  nameOf(id: MemberId): string | undefined {
    return this.#names.get(id);
  }

  /** The running member that considers itself leader, of the latest term. */
  async leader(): Promise<string | undefined> {
    const slots = this.#options.slots();
    const views = await Promise.all(slots.map(async (slot) => ({ name: slot.name, status: await this.status(slot) })));
    const leaders = views.filter(({ status }) => status?.isLeader === true);
    leaders.sort((left, right) => (right.status?.raftTerm ?? 0) - (left.status?.raftTerm ?? 0));
    return leaders[0]?.name;
  }

  /** Waits for a leader. */
  async someLeader(): Promise<string> {
    return await patiently('a leader', LIMIT_MS, () => this.leader());
  }

  /** Waits until all present members agree on a leader. @returns its name */
  async agreed(): Promise<string> {
    return await patiently('the members to agree on a leader', LIMIT_MS, async () => {
      const slots = this.#options.slots();
      const views = await Promise.all(slots.map((slot) => this.status(slot)));
      const leaders = new Set(views.map((view) => view?.leader));
      if (leaders.size !== 1 || leaders.has(undefined)) return undefined;
      return slots[views.findIndex((view) => view?.isLeader === true)]?.name;
    });
  }

  /**
   * Waits until members answer for themselves; they may have no leader. One that is killed meanwhile by another fault is waited
   * for: that fault starts it again. One that is removed from the cluster is not.
   * @throws Error if one ends by itself instead
   */
  async serving(slots: readonly Slot[]): Promise<void> {
    await patiently(`${slots.map(({ name }) => name).join(', ')} to answer`, LIMIT_MS, async () => {
      const gone = slots.find(({ state, endedByItself }) => state === 'down' && endedByItself);
      if (gone !== undefined) throw new Error(`${gone.name} ended while it started\n${gone.log()}`);
      const present = slots.filter(({ state }) => state !== 'absent');
      const views = await Promise.all(present.map((slot) => this.status(slot)));
      return views.includes(undefined) ? undefined : true;
    });
  }
}
