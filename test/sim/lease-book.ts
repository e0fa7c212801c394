import type { Machine } from './machine.js';
import type { World } from './world.js';

/** A lease as its holder knows it. */
export interface HeldLease {
  readonly id: bigint;
  readonly ttlSeconds: number;
  readonly key: string;
  /** The lease must exist until then, in true ms: counted from the sending of the call that promised it. */
  promisedMs: number;
  /** When the first member was seen without it. */
  goneMs: number | undefined;
  /** Its holder has requested its end. */
  revoked: boolean;
}

/**
 * All leases that clients were granted. After every step all members are checked: none may have lost a lease early,
 * unless its holder has ended it.
 */
export class LeaseBook {
  readonly #world: World;
  readonly #running = new Set<HeldLease>();
  /** The leases that each process has known: after a crash a member's state begins a little earlier. */
  readonly #known = new WeakMap<object, Set<bigint>>();
  granted = 0;

  constructor(world: World) {
    this.#world = world;
    world.onLook = (machine) => this.#look(machine);
  }

  add(lease: Omit<HeldLease, 'promisedMs' | 'goneMs' | 'revoked'>, sentMs: number): HeldLease {
    const held: HeldLease = { ...lease, promisedMs: 0, goneMs: undefined, revoked: false };
    this.granted++;
    this.#running.add(held);
    this.promise(held, sentMs);
    return held;
  }

  /** The lease has its full time from the sending of the request, by the leader's clock, which may be the fastest. */
  promise(held: HeldLease, sentMs: number): void {
    const { rateSpread } = this.#world.options;
    held.promisedMs = Math.max(held.promisedMs, sentMs + (held.ttlSeconds * 1000) / (1 + rateSpread));
    this.#check(held);
  }

  /** Its holder received the answer that it does not exist. */
  denied(held: HeldLease): void {
    held.goneMs ??= this.#world.time.nowMs;
    this.#check(held);
  }

  #check({ id, goneMs, promisedMs, revoked }: HeldLease): void {
    // If clocks exceed their bound, a leader cannot be sure that it leads.
    if (goneMs === undefined || goneMs >= promisedMs || revoked || !this.#world.clocksKeepBound) return;
    this.#world.violated(
      `lease ${id} was gone at ${goneMs.toFixed(1)}, and its holder was promised that it would be there until ` +
        promisedMs.toFixed(1),
    );
  }

  /** A member that lags may not know a lease yet: only a member that has known it can lose it. */
  #look(machine: Machine): void {
    if (this.#running.size === 0) return;
    const { store } = machine.member.assembly;
    const known = this.#known.get(store) ?? new Set<bigint>();
    this.#known.set(store, known);
    for (const held of this.#running) {
      if (store.leases.get(held.id) !== undefined) known.add(held.id);
      else if (known.has(held.id)) {
        this.denied(held);
        this.#running.delete(held);
      }
    }
  }
}
