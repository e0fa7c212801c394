import { etcdserverpb } from '../../src/gen/proto.js';
import { toBigInt } from '../../src/util/integer.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import { grantLease, keepAlive, putAttached, revokeLease, type LeaseResult } from '../support/virtual-leases.js';
import { LeaseBook, type HeldLease } from './lease-book.js';
import type { Machine } from './machine.js';
import { pick } from './options.js';
import type { World } from './world.js';

const { RangeRequest, RangeResponse } = etcdserverpb;

/** Time that a client waits beyond the member's own limit, in ms. */
const PATIENCE_MS = 1000;
/** All keys of leases begin with it. */
const PREFIX = 'lease/';
const FAILED: LeaseResult = { kind: 'failed', message: 'no answer' };

/** Clients that obtain leases, attach keys to them, renew them for a while, and stop. */
export class LeaseHolders {
  readonly #world: World;
  readonly #book: LeaseBook;
  readonly #done: Promise<unknown>;
  /** Keys whose attaching put has no answer: it may still take effect, at any later time. */
  readonly #unanswered = new Set<string>();
  /** Keys that were detached from their leases for good, and must remain. */
  readonly #freed = new Set<string>();
  /**
   * Revisions of writes to the keys of leases, and the number of further possible ones, from lost answers and ends of
   * leases.
   */
  readonly writes = { revisions: new Set<number>(), unknown: 0 };
  /** Whether a lease was kept for longer than its TTL after everything was healed. */
  kept = false;
  #running = true;
  #keys = 0;

  constructor(world: World) {
    this.#world = world;
    this.#book = new LeaseBook(world);
    const { leaseHolders } = world.options;
    this.#done = Promise.all(Array.from({ length: leaseHolders }, (_, at) => this.#live(`l${at + 1}`)));
  }

  /** Stops all but one client, which keeps a lease for a while; resolves when the calls of the others have ended. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
    if (this.#world.options.leaseHolders > 0) void this.#keepOne().then(() => (this.kept = true));
  }

  /** The longest time that a lease may exist after its last renewal without faults, in true ms. */
  get longestMs(): number {
    const { rateSpread } = this.#world.options;
    return (Math.max(...this.#ttls) * 1000) / (1 - rateSpread);
  }

  /**
   * Without faults a lease can be obtained, and kept for longer than its TTL. A network may still lose so many packets
   * in a row that one expires.
   */
  async #keepOne(): Promise<void> {
    const random = this.#world.random('keeper');
    for (let renewals = 0; renewals < 3;) {
      const held = await this.#untilDone(() => this.#grant('keeper', random));
      for (renewals = 0; renewals < 3 && held.goneMs === undefined;) {
        await this.#world.sleep((held.ttlSeconds * 1000) / 3);
        if (await this.#renew('keeper', held, random)) renewals++;
      }
    }
  }

  /** Once all leases have ended, none of their keys exists, and every detached key does. */
  async check(machine: Machine): Promise<void> {
    const body = RangeRequest.encode({ key: Buffer.from(PREFIX), rangeEnd: Buffer.from('lease0') }).finish();
    const kvs = await this.#untilDone(async () => {
      const result = await machine.member.call('/etcdserverpb.KV/Range', body);
      return result.kind === 'ok' ? RangeResponse.decode(result.body).kvs : undefined;
    });
    const found = new Set(kvs.map(({ key }) => String(key)));
    for (const { key, lease } of kvs) {
      const id = toBigInt(lease);
      if (id !== 0n)
        this.#world.violated(`${machine.label}: ${String(key)} is there, though its lease ${id} has ended`);
    }
    for (const key of this.#freed) {
      if (!found.has(key))
        this.#world.violated(`${machine.label}: ${key} was deleted with a lease that it did not have`);
    }
  }

  async #live(client: string): Promise<void> {
    const random = this.#world.random(client);
    const { electionMs } = this.#world.options.node;
    while (this.#running) {
      await this.#world.sleep(random.next() * electionMs);
      const held = this.#running ? await this.#grant(client, random) : undefined;
      if (held === undefined) continue;
      for (let left = randomInteger(random, 0, 8); left > 0 && this.#running; left--) {
        await this.#world.sleep(random.next() * held.ttlSeconds * 1000);
        if (held.goneMs !== undefined) break;
        await this.#renew(client, held, random);
      }
      if (this.#running && random.next() < 0.3) await this.#free(client, held, random);
      if (this.#running && random.next() < 0.2) await this.#revoke(client, held, random);
    }
  }

  /** In seconds: the shortest allowed, which survive a change of the leader, and others. */
  get #ttls(): readonly number[] {
    const shortest = Math.ceil((1.5 * this.#world.options.node.electionMs) / 1000);
    return [shortest, shortest, shortest + 1];
  }

  async #grant(client: string, random: Random): Promise<HeldLease | undefined> {
    const { time } = this.#world;
    const machine = this.#machine(random);
    if (machine === undefined) return undefined;
    const sentMs = time.nowMs;
    const result = await this.#ask(
      machine,
      `${client} wants a lease`,
      grantLease(machine.member, pick(random, this.#ttls)),
    );
    if (result.kind === 'failed') return undefined;
    const { id, ttlSeconds } = result;
    const held = this.#book.add({ id, ttlSeconds, key: `${PREFIX}${++this.#keys}` }, sentMs);
    if (random.next() < 0.8) await this.#put(client, held, { lease: id, random });
    return held;
  }

  /** @returns whether the lease is known to have its full time again */
  async #renew(client: string, held: HeldLease, random: Random): Promise<boolean> {
    const machine = this.#machine(random);
    if (machine === undefined) return false;
    const sentMs = this.#world.time.nowMs;
    const result = await this.#ask(machine, `${client} renews ${held.id}`, keepAlive(machine.member, held.id));
    if (result.kind === 'failed') return false;
    if (result.ttlSeconds > 0) this.#book.promise(held, sentMs);
    else this.#book.denied(held);
    return result.ttlSeconds > 0;
  }

  /** Detaches its key, which must then outlive it, unless a late put can attach it again. */
  async #free(client: string, held: HeldLease, random: Random): Promise<void> {
    const isForGood = !this.#unanswered.has(held.key);
    if ((await this.#put(client, held, { lease: 0n, random })) && isForGood) this.#freed.add(held.key);
  }

  async #put(
    client: string,
    { key }: HeldLease,
    { lease, random }: { readonly lease: bigint; readonly random: Random },
  ): Promise<boolean> {
    const machine = this.#machine(random);
    if (machine === undefined) return false;
    // One until its answer arrives, and another for the end of its lease, which deletes it.
    this.writes.unknown += lease === 0n ? 1 : 2;
    if (lease !== 0n) this.#unanswered.add(key);
    const put = putAttached(machine.member, key, lease).then((revision): LeaseResult => {
      if (revision === undefined) return FAILED;
      this.writes.unknown--;
      this.writes.revisions.add(revision);
      if (lease !== 0n) this.#unanswered.delete(key);
      return { kind: 'ok', id: lease, ttlSeconds: 0 };
    });
    return (await this.#ask(machine, `${client} puts ${key} with lease ${lease}`, put)).kind === 'ok';
  }

  async #revoke(client: string, held: HeldLease, random: Random): Promise<void> {
    const machine = this.#machine(random);
    if (machine === undefined) return;
    held.revoked = true;
    const revoked = revokeLease(machine.member, held.id).then((): LeaseResult => FAILED);
    await this.#ask(machine, `${client} revokes ${held.id}`, revoked);
  }

  async #ask(machine: Machine, what: string, answer: Promise<LeaseResult>): Promise<LeaseResult> {
    const { time, options, trace } = this.#world;
    if (trace.on) trace.line(machine, what);
    const result = await new Promise<LeaseResult>((resolve) => {
      const cancel = time.schedule(options.requestMs + PATIENCE_MS, () => resolve(FAILED));
      void answer.then((value) => {
        cancel();
        resolve(value);
      });
    });
    if (trace.on) {
      const told = result.kind === 'ok' ? `${result.id}, ${result.ttlSeconds} s` : result.message;
      trace.line(machine, `${what}: ${told}`);
    }
    return result;
  }

  /** Repeats a call, which may still be lost although all faults have ended. */
  async #untilDone<T>(attempt: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const result = await attempt();
      if (result !== undefined) return result;
      await this.#world.sleep(100);
    }
  }

  /**
   * A machine that runs: in a cluster that has shrunk, most may be dead for good. A client that keeps a lease moves on,
   * as any client does, to a member that serves it, which a learner does not.
   */
  #machine(random: Random): Machine | undefined {
    const serves = (machine: Machine): boolean => machine.running && !machine.isLearner;
    return this.#world.someMachine(random, this.#running ? ({ dead }) => !dead : serves);
  }
}
