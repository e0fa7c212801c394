import { raftkvpb } from '../../src/gen/proto.js';
import { partitionOf } from '../../src/kv/feeds/feed.js';
import { clampInteger } from '../../src/util/integer.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import type { VirtualStream } from '../support/virtual-stream.js';
import type { SimCall } from './calls.js';
import { pick } from './options.js';
import type { World } from './world.js';

const { FeedAckRequest, FeedCreateRequest, FeedSubscribeRequest, FeedSubscribeResponse } = raftkvpb;
const { ASSIGNED, CHANGES } = FeedSubscribeResponse.Kind;
type Response = ReturnType<typeof FeedSubscribeResponse.decode>;

const FEED = 'sim';
const PARTITIONS = 2;
const DELAY_MS = 1;
/** Of a worker's lease, in seconds. */
const TTL_SECONDS = 2;

/** Workers of a change feed of all keys, which stop, lose answers, and go to other members. */
export class FeedWorkers {
  readonly #world: World;
  /** By partition, where the feed began, which the first assignment tells: nothing was acknowledged before. */
  readonly #from = new Map<number, number>();
  /** By revision and key, what was delivered. */
  readonly #delivered = new Map<string, string>();
  readonly #isOn: boolean;
  #running = true;
  #settling = false;

  constructor(world: World) {
    this.#world = world;
    const { feedWorkers, users } = world.options;
    // With authentication on, workers without a user would be refused.
    this.#isOn = feedWorkers > 0 && users === 0;
    if (!this.#isOn) return;
    void this.#create();
    for (let at = 0; at < feedWorkers; at++) void this.#live(`f${at + 1}`);
  }

  /** From now on all acknowledge what they get. @returns whether the leader's state has all acknowledged up to a revision */
  haveReached(revision: number): boolean {
    this.#settling = true;
    if (!this.#isOn) return true;
    const feed = this.#world.leader?.member.assembly.store.feeds().get(FEED);
    return feed?.partitions.every(({ cursor }) => cursor >= revision) === true;
  }

  /** Ends all streams. */
  stop(): void {
    this.#running = false;
  }

  /** Compares what was delivered with the answers to writes, up to the revision that was reached. */
  check(history: readonly SimCall[], last: number): string[] {
    const errors: string[] = [];
    if (!this.#isOn) return errors;
    for (const { input, outcome } of history) {
      if (outcome.kind !== 'ok' || input.kind === 'get') continue;
      if (input.kind !== 'put' && outcome.output.wrote !== true) continue;
      const { revision } = outcome.output;
      const from = this.#from.get(partitionOf(Buffer.from(input.key), PARTITIONS)) ?? Infinity;
      if (revision <= from || revision > last) continue;
      const value = input.kind === 'delete' ? 'deleted' : `=${input.value}`;
      const got = this.#delivered.get(`${revision} ${input.key}`);
      if (got !== value) errors.push(`the feed delivered ${got} for ${input.key} at ${revision}, which is ${value}`);
    }
    return errors.slice(0, 3);
  }

  async #create(): Promise<void> {
    const random = this.#world.random('feed');
    const all = Buffer.from('\0');
    const request = { name: FEED, key: all, rangeEnd: all, partitions: PARTITIONS };
    for (;;) {
      const machine = this.#world.someMachine(random, ({ dead }) => !dead);
      const result = await machine?.member.call('/raftkvpb.Feed/Create', FeedCreateRequest.encode(request).finish());
      if (result?.kind === 'ok' || (result?.kind === 'error' && result.status.message.includes('exists'))) return;
      await this.#world.sleep(100);
    }
  }

  async #live(name: string): Promise<void> {
    const random = this.#world.random(name);
    while (this.#running) {
      await this.#world.sleep(20 + random.next() * 500);
      if (this.#running) await this.#subscribe(name, random);
    }
  }

  async #subscribe(worker: string, random: Random): Promise<void> {
    const machine = this.#world.someMachine(random, ({ dead }) => !dead);
    let wake = (): void => undefined;
    const stream = machine?.member.stream('/raftkvpb.Feed/Subscribe', {
      metadata: { hasleader: 'true' },
      delayMs: DELAY_MS,
      window: randomInteger(random, 1, 8),
      onReadable: () => wake(),
    });
    if (machine === undefined || stream === undefined) return;
    const inFlightBytes = pick(random, [1, 200, 0]);
    stream.send(FeedSubscribeRequest.encode({ name: FEED, worker, ttl: TTL_SECONDS, inFlightBytes }).finish());
    const untilMs = this.#world.time.nowMs + random.next() * 8000;
    /** What was delivered last of each partition. */
    const last = new Map<number, raftkvpb.FeedAck.$Properties>();
    while (stream.ended === undefined) {
      const body = stream.take();
      if (body !== undefined) {
        await this.#receive(FeedSubscribeResponse.decode(body), last, random);
        continue;
      }
      if (!this.#running || (!this.#settling && this.#world.time.nowMs > untilMs)) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        this.#world.time.schedule(200, resolve);
      });
      // Some was not acknowledged when it was delivered.
      if (this.#settling) for (const ack of last.values()) await this.#ack({ ...ack, after: 0 }, random);
    }
    this.#end(stream, worker);
  }

  #end(stream: VirtualStream, worker: string): void {
    this.#world.trace.line(undefined, `${worker} ends its subscription`);
    stream.cancel();
  }

  async #receive(response: Response, last: Map<number, raftkvpb.FeedAck.$Properties>, random: Random): Promise<void> {
    const { kind, partition, events, more } = response;
    const [revision, after] = [clampInteger(response.revision), clampInteger(response.after)];
    if (kind === ASSIGNED && !this.#from.has(partition)) this.#from.set(partition, revision);
    if (kind !== CHANGES) return;
    for (const { type, kv } of events) {
      const [name, at] = [Buffer.from(kv?.key ?? []), clampInteger(kv?.modRevision)];
      const key = name.toString();
      const value = (type ?? 0) === 0 ? `=${Buffer.from(kv?.value ?? []).toString()}` : 'deleted';
      if (at <= after || at > revision || partitionOf(name, PARTITIONS) !== partition) {
        this.#world.violated(
          `the feed delivered ${key} at ${at} in a batch of partition ${partition}: ${after} to ${revision}`,
        );
      }
      const place = `${at} ${key}`;
      const known = this.#delivered.get(place) ?? value;
      if (known !== value) this.#world.violated(`the feed delivered ${known} and ${value} for ${place}`);
      this.#delivered.set(place, value);
    }
    if (more) return;
    const ack = { feed: FEED, partition, epoch: clampInteger(response.epoch), revision, after };
    last.set(partition, ack);
    if (random.next() < 0.8) await this.#ack(ack, random);
  }

  /** At any member, which may not answer. */
  async #ack(ack: raftkvpb.FeedAck.$Properties, random: Random): Promise<void> {
    const machine = this.#world.someMachine(random, ({ dead }) => !dead);
    const body = FeedAckRequest.encode({ acks: [ack] }).finish();
    const call = machine?.member.call('/raftkvpb.Feed/Ack', body);
    await Promise.race([call, this.#world.sleep(this.#world.options.requestMs)]);
  }
}
