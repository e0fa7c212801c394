import { assertNever } from '../../src/util/assert.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import type { Level } from '../support/virtual-calls.js';
import { answerOf, compactionOf, requestOf, type Answer, type Request, type SimCall, type SimInput } from './calls.js';
import type { Machine } from './machine.js';
import { pick, type CallMix } from './options.js';
import { SessionWriter } from './session-writer.js';
import type { World } from './world.js';

const LEVELS: readonly Level[] = ['consistent', 'consistent', 'default', 'default', 'stale'];

/** Time that a client waits beyond the member's own limit before it gives a call up, in ms. */
const PATIENCE_MS = 1000;

/** Clients that call random members, and record the results. */
export class Clients {
  /** In the order of completion. */
  readonly history: SimCall[] = [];
  readonly #world: World;
  #running = true;
  #values = 0;
  /** The largest revision that any answer had. */
  #revision = 1;
  readonly #done: Promise<unknown>;

  constructor(world: World) {
    this.#world = world;
    const { clients } = world.options;
    this.#done = Promise.all(Array.from({ length: clients }, (_, at) => this.#live(`c${at + 1}`)));
  }

  /** Begins no more calls; resolves when those in progress have ended. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  /** Makes one call to one member, and records it. */
  async call(client: string, machine: Machine, input: SimInput, writer?: SessionWriter): Promise<Answer> {
    const { time, trace } = this.#world;
    const invokedAt = time.nowMs;
    const { path, body } = requestOf(input);
    if (trace.on) trace.line(machine, `${client} calls: ${textOf(input)}`);
    const answer =
      writer === undefined || input.kind === 'get'
        ? await this.#withPatience(machine.member.call(path, body).then((result) => answerOf(input, result)))
        : await writer.write(machine, input);
    const { outcome, stalenessMs } = answer;
    if (trace.on)
      trace.line(
        machine,
        `${client} gets: ${JSON.stringify(outcome)}${stalenessMs === undefined ? '' : ` age ${stalenessMs}`}`,
      );
    if (outcome.kind === 'ok') this.#revision = Math.max(this.#revision, outcome.output.revision);
    this.history.push({
      client,
      input: input.kind === 'get' && this.#isUnordered(input) ? { ...input, stale: true } : input,
      invokedAt,
      completedAt: time.nowMs,
      outcome,
      level: input.kind === 'get' ? input.level : undefined,
      ageMs: stalenessMs === undefined || !this.#saysItsAge(input) ? undefined : stalenessMs / machine.rate,
    });
    return answer;
  }

  /** Whether a read may miss writes that were acknowledged before it. */
  #isUnordered({ level, atRevision }: SimInput): boolean {
    return level === 'stale' || atRevision !== undefined || (level === 'default' && !this.#world.clocksKeepBound);
  }

  /** The stated age of a default read depends on the same clocks as the read. */
  #saysItsAge({ level, atRevision }: SimInput): boolean {
    return atRevision === undefined && (level !== 'default' || this.#world.clocksKeepBound);
  }

  async #live(client: string): Promise<void> {
    const { options, machines } = this.#world;
    const random = this.#world.random(client);
    const lastSeen = new Map<string, string | null>();
    const writer = options.sessions ? this.#writer(client) : undefined;
    while (this.#running) {
      await this.#world.sleep(random.next() * 2 * options.paceMs);
      const machine = machines[randomInteger(random, 0, machines.length)];
      // No process listens there, so a call would certainly have no effect.
      if (!this.#running || machine === undefined || machine.dead) continue;
      const input = this.#draw(random, lastSeen);
      if (input === 'compact') {
        await this.#compact(machine, random);
        continue;
      }
      const { outcome } = await this.call(client, machine, input, writer);
      if (outcome.kind !== 'ok') continue;
      if (input.kind === 'get') lastSeen.set(input.key, outcome.output.found?.value ?? null);
      else lastSeen.set(input.key, input.kind === 'delete' ? null : input.value);
    }
  }

  #writer(client: string): SessionWriter {
    return new SessionWriter({
      world: this.#world,
      random: this.#world.random(`${client} in a session`),
      ask: (machine, { path, body }: Request) => this.#inTime(machine.member.call(path, body)),
      isRunning: () => this.#running,
    });
  }

  #draw(random: Random, lastSeen: ReadonlyMap<string, string | null>): SimInput | 'compact' {
    const { keys, mix } = this.#world.options;
    const key = `k${randomInteger(random, 0, keys)}`;
    const kind = drawKind(random, mix);
    switch (kind) {
      case 'put':
        return { kind, key, value: String(++this.#values) };
      case 'txn':
        return { kind: 'put-if', key, expected: lastSeen.get(key) ?? null, value: String(++this.#values) };
      case 'delete':
        return { kind, key };
      case 'past':
        return { kind: 'get', key, level: 'consistent', atRevision: randomInteger(random, 1, this.#revision + 1) };
      case 'get':
        return { kind, key, level: pick(random, LEVELS) };
      case 'compact':
        return kind;
      default:
        return assertNever(kind, 'kind of call');
    }
  }

  /** The outcome does not matter. */
  async #compact(machine: Machine, random: Random): Promise<void> {
    const { path, body } = compactionOf(randomInteger(random, 1, this.#revision + 1));
    await this.#withPatience(machine.member.call(path, body).then((): Answer => UNKNOWN));
  }

  async #withPatience(answer: Promise<Answer>): Promise<Answer> {
    return (await this.#inTime(answer)) ?? UNKNOWN;
  }

  async #inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    const { time, options } = this.#world;
    return new Promise((resolve) => {
      const cancel = time.schedule(options.requestMs + PATIENCE_MS, () => resolve(undefined));
      void answer.then((value) => {
        cancel();
        resolve(value);
      });
    });
  }
}

const UNKNOWN: Answer = { outcome: { kind: 'unknown' } };

function drawKind(random: Random, mix: CallMix): keyof CallMix {
  const kinds = ['put', 'get', 'txn', 'delete', 'compact', 'past'] as const;
  let left = random.next() * kinds.reduce((sum, kind) => sum + mix[kind], 0);
  for (const kind of kinds) {
    left -= mix[kind];
    if (left < 0) return kind;
  }
  return 'get';
}

function textOf(input: SimInput): string {
  const { kind, key } = input;
  if (kind === 'get')
    return `get ${key} ${input.level ?? ''}${input.atRevision === undefined ? '' : ` at ${input.atRevision}`}`;
  return kind === 'delete' ? `delete ${key}` : `${kind} ${key}=${input.value}`;
}
