import { etcdserverpb } from '../../../src/gen/proto.js';
import type { CallResult, Metadata } from '../../support/virtual-member.js';
import { clampInteger } from '../../../src/util/integer.js';
import type { Random } from '../../../src/util/random.js';
import type { Machine } from '../machine.js';
import type { World } from '../world.js';
import type { AuthBook, HeldToken, SentCall } from './auth-book.js';
import { isUnknownCaller, logIn, PASSWORDS, patiently } from './sessions.js';
import { ownRevision, type UserCall, type UserCalls } from './user-calls.js';

const { RangeResponse } = etcdserverpb;

/** Code and text of the refusal for want of a permission. */
export const DENIED = 'etcdserver: permission denied';

/** Writes to keys of users: their revisions, and the number of further ones that may exist. */
export interface UserWrites {
  readonly revisions: Set<number>;
  unknown: number;
}

export interface UserClientOptions {
  readonly world: World;
  readonly book: AuthBook;
  readonly calls: UserCalls;
  readonly writes: UserWrites;
  readonly name: string;
}

/** A user, who calls random members with a token of each, and logs in again where it is not taken. */
export class UserClient {
  readonly name: string;
  readonly #options: UserClientOptions;
  readonly #random: Random;
  readonly #tokens = new Map<Machine, HeldToken>();
  readonly #done: Promise<void>;
  #running = true;
  /** The password that it tries first. */
  #password = 0;
  answered = 0;
  denied = 0;

  constructor(options: UserClientOptions) {
    this.name = options.name;
    this.#options = options;
    this.#random = options.world.random(options.name);
    this.#done = this.#live();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /** The metadata of a stream to a member. */
  metadataFor(machine: Machine): Metadata {
    const token = this.#tokens.get(machine);
    return { token: token?.text ?? '' };
  }

  async #live(): Promise<void> {
    const { world, calls } = this.#options;
    const random = this.#random;
    while (this.#running) {
      await world.sleep(random.next() * 2 * world.options.paceMs);
      const machine = world.someMachine(random, ({ dead }) => !dead);
      if (!this.#running || machine === undefined || !machine.running) continue;
      if (!this.#tokens.has(machine) && random.next() < 0.8) await this.#logIn(machine);
      if (machine.running) await this.#call(machine, calls.draw(random));
    }
  }

  async #logIn(machine: Machine): Promise<void> {
    const { world, book } = this.#options;
    const password = PASSWORDS[this.#password % PASSWORDS.length] ?? '';
    const token = await logIn(world, book, { machine, user: this.name, password });
    if (token === undefined) this.#password++;
    else this.#tokens.set(machine, token);
  }

  async #call(machine: Machine, call: UserCall): Promise<void> {
    const { world, book, writes } = this.#options;
    const token = this.#tokens.get(machine);
    const sent: SentCall = {
      what: `${this.name} ${call.text} at ${machine.label} with ${token?.text ?? 'no token'}`,
      user: token === undefined ? '' : this.name,
      token,
      after: book.model.index,
    };
    // A member answers a stale read from its own state, which may lag.
    const since = call.isStale === true ? machine.member.assembly.store.appliedIndex() : sent.after;
    writes.unknown += call.revisions;
    if (world.trace.on) world.trace.line(machine, sent.what);
    const metadata: Metadata = token === undefined ? {} : { token: token.text };
    const result = await patiently(world, machine.member.call(call.path, call.body, metadata));
    if (world.trace.on) world.trace.line(machine, `${sent.what}: ${textOfResult(result)}`);
    if (result?.kind === 'ok') this.#succeeded(sent, call, result.body);
    else if (result?.kind === 'error') this.#failed({ machine, sent, call, since }, result.status.message);
  }

  #succeeded(sent: SentCall, call: UserCall, body: Uint8Array): void {
    const { book, writes, calls } = this.#options;
    this.answered++;
    if (call.tag === undefined) {
      const { header } = RangeResponse.decode(body);
      if (call.need !== undefined) book.read(sent, call.need, clampInteger(header?.appliedIndex));
      return;
    }
    book.wrote(sent, call.tag);
    if (call.grants !== undefined) calls.leases.push(call.grants);
    if (call.revisions === 0) return;
    writes.unknown--;
    const revision = ownRevision(call, body);
    if (revision !== undefined) writes.revisions.add(revision);
  }

  #failed(
    { machine, sent, call, since }: { machine: Machine; sent: SentCall; call: UserCall; since: number },
    message: string,
  ): void {
    const { book, writes } = this.#options;
    if (isUnknownCaller(message)) this.#tokens.delete(machine);
    if (message !== DENIED) return;
    this.denied++;
    writes.unknown -= call.revisions;
    if (call.need !== undefined) book.denied(sent, call.need, since);
  }
}

function textOfResult(result: CallResult | undefined): string {
  return result?.kind === 'error' ? result.status.message : (result?.kind ?? 'no answer');
}
