import { randomInteger, type Random } from '../../src/util/random.js';
import { defined } from '../../src/util/assert.js';
import type { VirtualCluster } from './virtual-cluster.js';
import { grantLease, keepAlive, putLeased } from './virtual-leases.js';
import type { VirtualMember } from './virtual-member.js';

export interface LeaseWatchOptions {
  readonly cluster: VirtualCluster;
  readonly random: Random;
  readonly ttlSeconds: readonly number[];
  readonly clients: number;
  /** The rate of the fastest clock, by which a lease may end earlier in true time. */
  readonly fastest: number;
}

/** A promise to a client, and its outcome. */
interface Held {
  readonly id: bigint;
  /** The lease must exist until then: counted from the sending of the call that promised it. */
  promisedMs: number;
  goneMs: number | undefined;
}

/**
 * Clients that hold leases through random members, and sometimes abandon them. After every event all members are
 * checked: none may have lost a lease early.
 */
export class LeaseWatch {
  renewed = 0;
  ended = 0;
  readonly #options: LeaseWatchOptions;
  readonly #held = new Set<Held>();
  readonly #clients: Promise<void>[];
  /** The leases that each process has known: after a crash a member's state begins a little earlier. */
  readonly #known = new WeakMap<object, Set<bigint>>();
  #running = true;

  constructor(options: LeaseWatchOptions) {
    this.#options = options;
    options.cluster.time.onStep = () => this.#look();
    this.#clients = Array.from({ length: options.clients }, () => this.#client());
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#options.cluster.time.wait(Promise.all(this.#clients), 60_000);
  }

  async #client(): Promise<void> {
    while (this.#running) {
      const held = await this.#grant();
      if (held === undefined) {
        await this.#pause(300);
        continue;
      }
      for (let left = randomInteger(this.#options.random, 0, 12); left > 0 && this.#running; left--) {
        await this.#pause(1_000);
        await this.#renew(held);
        if (held.goneMs !== undefined) break;
      }
    }
  }

  async #grant(): Promise<Held | undefined> {
    const { random, ttlSeconds } = this.#options;
    const asked = defined(ttlSeconds[randomInteger(random, 0, ttlSeconds.length)], 'a TTL');
    const sentMs = this.#nowMs;
    const granted = await grantLease(this.#member(), asked);
    if (granted.kind === 'failed') return undefined;
    const held: Held = { id: granted.id, promisedMs: 0, goneMs: undefined };
    this.#held.add(held);
    this.#promise(held, sentMs, granted.ttlSeconds);
    await putLeased(this.#member(), `held ${held.id}`, held.id);
    return held;
  }

  async #renew(held: Held): Promise<void> {
    const sentMs = this.#nowMs;
    const result = await keepAlive(this.#member(), held.id);
    if (result.kind === 'failed') return;
    if (result.ttlSeconds > 0) {
      this.renewed++;
      this.#promise(held, sentMs, result.ttlSeconds);
    } else if (this.#nowMs < held.promisedMs) {
      throw new Error(`lease ${held.id} is said to be gone at ${this.#nowMs}, and promised until ${held.promisedMs}`);
    }
  }

  #promise(held: Held, sentMs: number, ttlSeconds: number): void {
    held.promisedMs = Math.max(held.promisedMs, sentMs + (ttlSeconds * 1000) / this.#options.fastest);
    this.#check(held);
  }

  #check({ id, goneMs, promisedMs }: Held): void {
    if (goneMs === undefined || goneMs >= promisedMs) return;
    throw new Error(`lease ${id} was gone at ${goneMs}, and promised until ${promisedMs}`);
  }

  /** A member that is down or lags may not know a lease yet: only a member that has known it can lose it. */
  #look(): void {
    const { members } = this.#options.cluster;
    for (const held of this.#held) {
      if (held.goneMs !== undefined) continue;
      if (!members.some((member) => this.#hasSeenGo(member, held))) continue;
      held.goneMs = this.#nowMs;
      this.ended++;
      this.#check(held);
      this.#held.delete(held);
    }
  }

  #hasSeenGo(member: VirtualMember, { id }: Held): boolean {
    if (!member.running) return false;
    const { store } = member.assembly;
    const known = this.#known.get(store) ?? new Set<bigint>();
    this.#known.set(store, known);
    if (store.leases.get(id) === undefined) return known.has(id);
    known.add(id);
    return false;
  }

  #member(): VirtualMember {
    const { cluster, random } = this.#options;
    return defined(cluster.members[randomInteger(random, 0, cluster.members.length)], 'a member');
  }

  #pause(ms: number): Promise<void> {
    const { cluster, random } = this.#options;
    return new Promise((resolve) => cluster.time.schedule(random.next() * 2 * ms, resolve));
  }

  get #nowMs(): number {
    return this.#options.cluster.time.nowMs;
  }
}
