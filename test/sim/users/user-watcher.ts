import { etcdserverpb } from '../../../src/gen/proto.js';
import type { Random } from '../../../src/util/random.js';
import type { VirtualStream } from '../../support/virtual-stream.js';
import type { Machine } from '../machine.js';
import { pick } from '../options.js';
import type { World } from '../world.js';
import type { AuthBook } from './auth-book.js';
import { may, type AuthView } from './rights.js';
import { drawRange, textOf } from './user-calls.js';
import type { UserClient } from './user-client.js';

const { WatchRequest, WatchResponse } = etcdserverpb;
type Response = ReturnType<typeof WatchResponse.decode>;

const DELAY_MS = 1;
/** The reasons with which a watch ends because of its user. */
const REASONS: ReadonlySet<string> = new Set([
  'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
  'rpc error: code = InvalidArgument desc = etcdserver: user name is empty',
]);
/** Those with which it does not begin, in addition. */
const UNKNOWN_CALLERS: ReadonlySet<string> = new Set([
  'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token',
]);

interface Open {
  readonly machine: Machine;
  readonly stream: VirtualStream;
  readonly range: ReturnType<typeof drawRange>;
  /** The last entry that any member had applied when it was requested. */
  readonly after: number;
  created: boolean;
  /** Its user had no permission, and it is over. */
  cancelled: boolean;
}

/** A watch of a user, at one member after the other. */
export class UserWatcher {
  readonly #world: World;
  readonly #book: AuthBook;
  readonly #client: UserClient;
  readonly #random: Random;
  #open: Open | undefined;
  #isLast = false;
  events = 0;
  revoked = 0;

  constructor(world: World, book: AuthBook, client: UserClient) {
    this.#world = world;
    this.#book = book;
    this.#client = client;
    this.#random = world.random(`watcher of ${client.name}`);
    void this.#live();
  }

  /** Begins no more watches, and leaves the last one open. */
  finish(): void {
    this.#isLast = true;
  }

  /** Whether no watch is left of a user who has no permission for it now. */
  get isSettled(): boolean {
    const open = this.#open;
    if (open === undefined || !open.created || open.cancelled || open.stream.ended !== undefined) return true;
    return this.#isPermitted(open, this.#book.model.newest);
  }

  async #live(): Promise<void> {
    while (!this.#isLast) {
      await this.#world.sleep(20 + this.#random.next() * 500);
      if (!this.#isLast) await this.#watchOnce();
    }
  }

  async #watchOnce(): Promise<void> {
    const world = this.#world;
    const random = this.#random;
    const machine = world.someMachine(random, ({ running }) => running);
    let wake = (): void => undefined;
    const stream = machine?.member.stream('/etcdserverpb.Watch/Watch', {
      metadata: this.#client.metadataFor(machine),
      delayMs: DELAY_MS,
      window: pick(random, [1, 2, 8]),
      onReadable: () => wake(),
    });
    if (machine === undefined || stream === undefined) return;
    const range = drawRange(random);
    const { index: after } = this.#book.model;
    const open: Open = { machine, stream, range, after, created: false, cancelled: false };
    this.#open = open;
    const startRevision = pick(random, [0, 0, 1]);
    const createRequest = { key: Buffer.from(range.key), rangeEnd: Buffer.from(range.end), startRevision };
    if (world.trace.on)
      world.trace.line(machine, `${this.#client.name} watches ${textOf(range)} from ${startRevision}`);
    stream.send(WatchRequest.encode({ createRequest }).finish());
    const slowMs = pick(random, [0, 0, 300]);
    const untilMs = world.time.nowMs + random.next() * 8000;
    while (stream.ended === undefined && (this.#isLast || world.time.nowMs < untilMs)) {
      const body = stream.take();
      if (body !== undefined) {
        this.#receive(open, WatchResponse.decode(body));
        if (slowMs > 0) await world.sleep(random.next() * slowMs);
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        world.time.schedule(200, resolve);
      });
    }
    stream.cancel();
    if (this.#open === open) this.#open = undefined;
  }

  #receive(open: Open, response: Response): void {
    const { created, canceled, cancelReason, compactRevision, events } = response;
    if (this.#world.trace.on)
      this.#world.trace.line(
        open.machine,
        `${this.#client.name}'s watch gets: ${created ? 'created ' : ''}${canceled ? `cancelled: ${cancelReason}` : ''}` +
          events.map(({ kv }) => `${String(kv?.key)}=${String(kv?.value)}`).join(', '),
      );
    if (open.cancelled) return this.#wrong(open, 'received something after it was cancelled');
    if (created) open.created = true;
    if (canceled) this.#cancelled(open, { created, cancelReason, isCompacted: Number(compactRevision) > 0 });
    for (const { kv } of events) this.#event(open, Buffer.from(kv?.value ?? []).toString());
  }

  /** The permission was there in some state that has the event in it. */
  #event(open: Open, value: string): void {
    this.events++;
    const [first] = this.#book.model.tagged(value);
    if (first === undefined) return;
    const { index } = this.#book.model;
    if (this.#book.model.some(first.index, index, (view) => this.#isPermitted(open, view))) return;
    this.#wrong(open, `received "${value}", which was written at ${first.index}, without a permission since then`);
  }

  #cancelled(
    open: Open,
    { created, cancelReason, isCompacted }: { created: boolean; cancelReason: string; isCompacted: boolean },
  ): void {
    open.cancelled = true;
    if (isCompacted || (created && UNKNOWN_CALLERS.has(cancelReason))) return;
    if (!REASONS.has(cancelReason)) return this.#wrong(open, `was cancelled: "${cancelReason}"`);
    this.revoked++;
    if (created) return; // refused by the state of its member, which may lag
    const { model } = this.#book;
    const { enabled } = model.newest;
    const isDue = (view: AuthView): boolean =>
      view.enabled && (cancelReason.includes('name is empty') || !this.#isPermitted(open, view));
    // The member may have lagged when the watch was created.
    if (model.some(0, model.index, isDue) || enabled) return;
    this.#wrong(open, `was cancelled, and nothing had changed: "${cancelReason}"`);
  }

  #isPermitted({ range }: Open, view: AuthView): boolean {
    return may(view, this.#client.name, [{ access: 'read', ...range }]);
  }

  #wrong({ range, machine }: Open, what: string): void {
    this.#world.violated(`the watch of ${this.#client.name} on ${textOf(range)} at ${machine.label} ${what}`);
  }
}
