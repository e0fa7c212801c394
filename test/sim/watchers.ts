import { etcdserverpb } from '../../src/gen/proto.js';
import { clampInteger, toBigInt } from '../../src/util/integer.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import type { VirtualStream } from '../support/virtual-stream.js';
import type { Machine } from './machine.js';
import { pick } from './options.js';
import type { SeenEvent, Watched, WatchRecord } from './watch-book.js';
import type { World } from './world.js';

const { WatchRequest, WatchResponse, TxnRequest, TxnResponse } = etcdserverpb;
type Response = ReturnType<typeof WatchResponse.decode>;

const DELAY_MS = 1;
/** Mean interval between two writes of a pair, in ms. */
const PAIR_MS = 700;

/** Clients that watch, and resume at some member after the last known revision when a stream ends. */
export class Watchers {
  readonly #world: World;
  readonly #watchers: readonly SimWatcher[];
  /** The pairs that were written, and the number of those with unknown outcome. */
  readonly pairs = { revisions: new Set<number>(), unknown: 0 };
  #running = true;

  constructor(world: World) {
    this.#world = world;
    const { watchers } = world.options;
    this.#watchers = Array.from({ length: watchers }, (_, at) => new SimWatcher(world, `w${at + 1}`));
    if (watchers > 0) void this.#writePairs();
  }

  get records(): readonly WatchRecord[] {
    return this.#watchers;
  }

  /** Stops the writes for watchers. */
  finish(): void {
    this.#running = false;
  }

  /** Makes each watcher request progress. @returns whether all have reached this revision */
  haveReached(revision: number): boolean {
    for (const watcher of this.#watchers) watcher.settle();
    return this.#watchers.every((watcher) => watcher.promised >= revision);
  }

  /** Adds a watcher that reads the remaining history. */
  addReader(from: number): void {
    (this.#watchers as SimWatcher[]).push(new SimWatcher(this.#world, 'reader', { watched: 'all', from }));
  }

  /** Writes both keys in one revision. */
  async #writePairs(): Promise<void> {
    const random = this.#world.random('pairs');
    for (let value = 1; ; value++) {
      await this.#world.sleep(random.next() * 2 * PAIR_MS);
      if (!this.#running) return;
      const machine = this.#world.someMachine(random, ({ dead }) => !dead);
      const puts = ['pair a', 'pair b'].map((key) => ({
        requestPut: { key: Buffer.from(key), value: Buffer.from(String(value)) },
      }));
      if (machine !== undefined) void this.#writePair(machine, TxnRequest.encode({ success: puts }).finish());
    }
  }

  async #writePair(machine: Machine, body: Uint8Array): Promise<void> {
    this.pairs.unknown++;
    const result = await machine.member.call('/etcdserverpb.KV/Txn', body);
    if (result.kind === 'error') return;
    this.pairs.unknown--;
    this.pairs.revisions.add(clampInteger(TxnResponse.decode(result.body).header?.revision));
  }
}

/** One watcher, through all its streams. */
class SimWatcher implements WatchRecord {
  readonly name: string;
  readonly watched: Watched;
  readonly events: SeenEvent[] = [];
  readonly gaps: [number, number][] = [];
  readonly promises: { revision: number; events: number }[] = [];
  from = 0;
  promised = 0;
  readonly #world: World;
  readonly #random: Random;
  /** Its next start revision; 0 for the current one. */
  #next: number;
  /** The last revision of the response before. */
  #last = 0;
  #settling = false;
  /** A progress request is being sent, or not answered yet. */
  #asking = false;
  #stream: VirtualStream | undefined;
  #machine: Machine | undefined;

  constructor(world: World, name: string, fixed?: { readonly watched: Watched; readonly from: number }) {
    this.#world = world;
    this.name = name;
    const random = world.random(name);
    this.#random = random;
    const key = `k${randomInteger(random, 0, world.options.keys)}`;
    this.watched = fixed?.watched ?? pick<Watched>(random, ['all', 'all', 'pairs', { key }]);
    this.#next = fixed?.from ?? pick(random, [0, 0, 1]);
    this.from = this.#next;
    void this.#live();
  }

  settle(): void {
    this.#settling = true;
  }

  async #live(): Promise<void> {
    for (;;) {
      await this.#world.sleep(20 + this.#random.next() * 500);
      await this.#watchOnce();
    }
  }

  async #watchOnce(): Promise<void> {
    const random = this.#random;
    const machine = this.#world.someMachine(random, ({ dead }) => !dead);
    let wake = (): void => undefined;
    const stream = machine?.member.stream('/etcdserverpb.Watch/Watch', {
      metadata: random.next() < 0.5 ? { hasleader: 'true' } : {},
      delayMs: DELAY_MS,
      window: randomInteger(random, 1, 8),
      onReadable: () => wake(),
    });
    if (machine === undefined || stream === undefined) return;
    this.#stream = stream;
    this.#asking = false;
    this.#machine = machine;
    this.#create(stream);
    const slowMs = pick(random, [0, 0, 20, 300]);
    const untilMs = this.#world.time.nowMs + random.next() * 8000;
    // Messages that arrived before a stream broke are still read here.
    while (this.#stream === stream) {
      const body = stream.take();
      if (body !== undefined) {
        this.#receive(WatchResponse.decode(body), stream);
        if (slowMs > 0 && !this.#settling) await this.#world.sleep(random.next() * slowMs);
        if (random.next() < 0.2) this.#ask(stream);
        continue;
      }
      if (stream.ended !== undefined) break;
      if (this.#world.time.nowMs > untilMs) {
        this.#world.trace.line(machine, `${this.name} goes elsewhere`);
        stream.cancel();
        break;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.#world.time.schedule(200, resolve);
      });
      if (this.#settling) this.#ask(stream);
    }
  }

  #create(stream: VirtualStream): void {
    const { watched } = this;
    const key = watched === 'all' ? '\0' : watched === 'pairs' ? 'pair' : watched.key;
    const rangeEnd = watched === 'all' ? '\0' : watched === 'pairs' ? 'pais' : '';
    this.#world.trace.line(this.#machine, `${this.name} watches ${JSON.stringify(watched)} from ${this.#next}`);
    const createRequest = { key: Buffer.from(key), rangeEnd: Buffer.from(rangeEnd), startRevision: this.#next };
    stream.send(WatchRequest.encode({ createRequest: { ...createRequest, progressNotify: true } }).finish());
  }

  #ask(stream: VirtualStream): void {
    if (this.#asking) return;
    this.#asking = true;
    stream.send(WatchRequest.encode({ progressRequest: {} }).finish());
  }

  #receive(response: Response, stream: VirtualStream): void {
    const revision = clampInteger(response.header?.revision);
    if (toBigInt(response.watchId) === -1n) this.#asking = false;
    if (this.#world.trace.on)
      this.#world.trace.line(this.#machine, `${this.name} gets: ${JSON.stringify(brief(response))}`);
    if (response.created) {
      if (response.canceled && this.#isOfUsers(response)) return this.#leave(stream);
      if (response.canceled) return this.#wrong(`a watch was refused: ${response.cancelReason}`);
      if (this.#next === 0) this.#next = this.from = revision + 1;
    } else if (response.canceled && this.#isOfUsers(response)) {
      this.#leave(stream);
    } else if (response.canceled) {
      this.#compacted(clampInteger(response.compactRevision), stream);
    } else if (response.events.length === 0) {
      this.promised = Math.max(this.promised, revision);
      this.promises.push({ revision, events: this.events.length });
      this.#next = Math.max(this.#next, revision + 1);
      this.#last = Math.max(this.#last, revision);
    } else this.#tell(response);
  }

  /** Without a token that the member knows, it is refused once authentication is on. */
  #isOfUsers({ cancelReason }: Response): boolean {
    return this.#world.options.users > 0 && cancelReason.startsWith('rpc error: ');
  }

  #leave(stream: VirtualStream): void {
    stream.cancel();
    this.#stream = undefined;
  }

  #compacted(compactRevision: number, stream: VirtualStream): void {
    if (this.#next >= compactRevision) {
      this.#wrong(`was cut off at ${compactRevision}, though it asked for ${this.#next}`);
    }
    this.gaps.push([this.#next, compactRevision]);
    this.#next = compactRevision;
    this.#leave(stream);
  }

  /** Revisions must arrive whole, in order and once. */
  #tell({ events }: Response): void {
    let last = this.#last;
    for (const [at, { type, kv }] of events.entries()) {
      const revision = clampInteger(kv?.modRevision);
      const value = (type ?? 0) === 0 ? Buffer.from(kv?.value ?? []).toString() : null;
      if (revision < this.#next || (at === 0 && revision <= last) || revision < last) {
        this.#wrong(`received revision ${revision} after ${last}, from ${this.#next} on`);
      }
      last = revision;
      this.events.push({ revision, key: Buffer.from(kv?.key ?? []).toString(), value });
    }
    this.#last = last;
    this.#next = last + 1;
  }

  #wrong(what: string): void {
    this.#world.violated(`watcher ${this.name}: ${what}`);
  }
}

function brief({ header, created, canceled, compactRevision, events, watchId }: Response): object {
  return {
    revision: clampInteger(header?.revision),
    ...(created ? { created } : {}),
    ...(canceled ? { canceled, compacted: clampInteger(compactRevision) } : {}),
    ...(toBigInt(watchId) === -1n ? { progress: true } : {}),
    events: events.map(({ kv }) => `${Buffer.from(kv?.key ?? []).toString()} @${clampInteger(kv?.modRevision)}`),
  };
}
