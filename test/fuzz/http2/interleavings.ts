import { FrameType } from '../../../src/rpc/http2/frames.js';
import { HostStreams } from '../../../src/rpc/http2/host-streams.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { uint32 } from '../../rpc/http2/peer.js';
import { Wire } from '../../rpc/http2/wire.js';
import { chance, inPieces, pick, randomBytesOf, randomSize } from '../pick.js';
import { AnsweringServer, randomPlan } from './answers.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';
import { ModelClient } from './model-client.js';

const WINDOW_MAX = 2 ** 31 - 1;
/** Turns without progress after which a run is stuck. */
const IDLE_TURNS_MAX = 200;

/** Runs a valid client against the server, with events in a random order. */
export class Interleaving {
  readonly #random: Random;
  readonly server: AnsweringServer;
  readonly client: ModelClient;
  readonly wire: Wire;
  /** All bytes that the client has sent. */
  readonly bytes: Buffer[] = [];
  readonly #streams = new HostStreams(Infinity);
  #seen = 0;

  constructor(random: Random) {
    this.#random = random;
    const concurrentStreams = randomInteger(random, 1, 30);
    const endless = { burst: 1e9, perSecond: 1e9 };
    this.server = new AnsweringServer(random);
    this.client = new ModelClient(concurrentStreams);
    const limits = {
      concurrentStreams,
      streamWindow: randomInteger(random, 65_535, 300_000),
      connectionWindow: randomInteger(random, 65_535, 1_000_000),
      resets: endless,
      controlFrames: endless,
      emptyFrames: endless,
      pingMinMs: 0,
    };
    this.wire = new Wire(({ head }) => this.server.script(head.path), limits, { hostStreams: this.#streams });
  }

  async run(steps: number): Promise<void> {
    this.client.changeSettings({ initialWindow: pick(this.#random, [0, 100, 65_535, 1_000_000]) });
    for (let step = 0; step < steps; step += 1) {
      for (let acts = randomInteger(this.#random, 0, 4); acts > 0; acts -= 1) this.#act();
      if (chance(this.#random, 0.8)) this.#flush();
      for (let works = randomInteger(this.#random, 0, 4); works > 0; works -= 1) this.server.work();
      await this.#turn();
    }
    await this.#finish();
    await this.#drain();
  }

  #act(): void {
    const { client } = this;
    const random = this.#random;
    const open = client.openStreams;
    const stream = open.length === 0 ? undefined : open[randomInteger(random, 0, open.length)];
    const kind = randomInteger(random, 0, 20);
    if (kind < 4 || stream === undefined) return this.#open();
    if (kind < 10) {
      const padding = chance(random, 0.1) ? randomSize(random, 255) : -1;
      return client.sendData(stream, randomSize(random, 60_000), padding, chance(random, 0.3));
    }
    if (kind < 12) return client.widen(stream, 1 + randomSize(random, 200_000));
    if (kind < 14) return client.widen(undefined, 1 + randomSize(random, 500_000));
    if (kind === 14) return client.sendTrailers(stream);
    if (kind === 15) return chance(random, 0.3) ? client.reset(stream) : undefined;
    if (kind === 16) return this.#changeSettings();
    if (kind === 17) return client.ping(randomBytesOf(random, 8));
    if (kind === 18) return this.#ignored();
    if (this.wire.socket.isTaking) this.wire.socket.isTaking = chance(random, 0.7);
    else this.#takeAgain();
  }

  #open(): void {
    const random = this.#random;
    const size = chance(random, 0.05) ? randomInteger(random, 300_000, 700_000) : randomSize(random, 100_000);
    const body = chance(random, 0.3) ? Buffer.alloc(0) : patterned(random, size);
    const fields = Array.from({ length: randomInteger(random, 0, 4) }, () => ({
      name: pick(random, ['x-a', 'x-b', 'user-agent']),
      value: 'v'.repeat(randomSize(random, 300)),
      repeats: chance(random, 0.5),
    }));
    this.client.open(randomPlan(random, 100_000), body, fields, (block) => {
      if (chance(random, 0.7)) return [block];
      const [first, second] = [randomInteger(random, 0, block.length), randomInteger(random, 0, block.length)];
      const [begin, end] = [Math.min(first, second), Math.max(first, second)];
      return [block.subarray(0, begin), block.subarray(begin, end), block.subarray(end)];
    });
  }

  #changeSettings(): void {
    const random = this.#random;
    this.client.changeSettings({
      initialWindow: pick(random, [undefined, 0, 1, 1_000, 65_535, 300_000]),
      frameBytesMax: pick(random, [undefined, 16_384, 20_000, 2 ** 24 - 1]),
      tableBytes: pick(random, [undefined, undefined, 0, 100, 4096, 100_000]),
    } as Parameters<ModelClient['changeSettings']>[0]);
  }

  /** Sends frames that must have no effect. */
  #ignored(): void {
    const random = this.#random;
    const { client } = this;
    if (chance(random, 0.5))
      return client.send(0x20 + randomSize(random, 50), 0xff, randomSize(random, 9), Buffer.from('x'));
    client.send(FrameType.PRIORITY, 0, 1 + randomSize(random, 100), Buffer.concat([uint32(0), Buffer.from([1])]));
  }

  #flush(): void {
    const bytes = this.client.takeOutbox();
    this.bytes.push(bytes);
    for (const piece of inPieces(this.#random, bytes)) this.wire.send(piece);
  }

  #takeAgain(): void {
    this.wire.socket.isTaking = true;
    this.wire.socket.drain();
  }

  /** @returns whether anything was received */
  async #turn(): Promise<boolean> {
    await this.wire.turn();
    const { frames, violations } = this.wire;
    const before = this.#seen;
    for (; this.#seen < frames.length; this.#seen += 1) {
      const seen = frames[this.#seen];
      if (seen !== undefined) this.client.receive(seen);
    }
    check(violations.length === 0, `the server found a violation: ${violations.join()}`);
    return this.#seen > before;
  }

  /** Opens all windows, and waits until every stream is answered. */
  async #finish(): Promise<void> {
    const { client } = this;
    this.#takeAgain();
    this.server.endAll();
    if (chance(this.#random, 0.5)) client.changeSettings({ initialWindow: 400_000_000 });
    else for (const stream of client.openStreams) client.widen(stream, 400_000_000);
    client.widen(undefined, 1_000_000_000);
    let idle = 0;
    while (client.openStreams.length > 0) {
      for (const stream of client.openStreams) {
        if (stream.sent === stream.body.length && chance(this.#random, 0.5)) client.sendTrailers(stream);
        else client.sendData(stream, 20_000, -1, false);
      }
      this.#flush();
      const hasWorked = this.server.work();
      const hasCome = await this.#turn();
      idle = hasWorked || hasCome ? 0 : idle + 1;
      const stuck = client.openStreams.map(({ id, plan, sent, body }) => `${id} ${plan.kind} ${sent}/${body.length}`);
      check(idle < IDLE_TURNS_MAX, `streams are stuck: ${stuck.join(', ')}`);
    }
    check(client.goAway === undefined, 'a GOAWAY');
  }

  /** A connection without streams ends as soon as it drains. */
  async #drain(): Promise<void> {
    const { client, wire } = this;
    while (this.server.work()) await this.#turn();
    wire.connection.drain();
    for (let turns = 0; !wire.socket.writableEnded; turns += 1) {
      check(turns < IDLE_TURNS_MAX, 'the connection does not end: it has kept a stream');
      this.#flush();
      await this.#turn();
      wire.nowMs += 100;
      wire.connection.check();
    }
    await this.#turn();
    const ids = wire.streams.map(({ id }) => id);
    const { code, lastId } = client.goAway ?? {};
    check(code === 0 && (lastId ?? 0) >= Math.max(0, ...ids) && (lastId ?? 0) <= WINDOW_MAX, 'another GOAWAY');
    check(
      ids.every((id) => this.server.over.has(id)),
      'the handler of a stream was left alone',
    );
    wire.socket.destroy();
    await wire.turn();
    check(wire.isClosed, 'onClose was not called');
    check(this.#streams.open === 0, 'streams are counted after their end');
  }
}

/** Bytes that differ from others of the same length, and are cheap to make. */
function patterned(random: Random, length: number): Buffer {
  return Buffer.alloc(length, randomBytesOf(random, 1 + randomInteger(random, 7, 50)));
}

export async function interleavings({ random }: Trial): Promise<void> {
  await new Interleaving(random).run(randomInteger(random, 10, 150));
}
