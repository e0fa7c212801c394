import { etcdserverpb, raftkvpb } from '../../src/gen/proto.js';
import { clampInteger } from '../../src/util/integer.js';
import { randomInteger, type Random } from '../../src/util/random.js';
import type { CallResult } from '../support/virtual-member.js';
import { answerOf, isNotProposed, requestOf, type Answer, type Request, type SimInput } from './calls.js';
import type { Machine } from './machine.js';
import type { World } from './world.js';

const TTL_SECONDS = 10;
/** Attempts of one write; between two of them the client waits for so long, in ms. */
const ATTEMPTS = 12;
const PAUSE_MS = 100;

/** Answers that show that the server has lost the result of a write that still waits for it. */
const LOST_RESULTS = ['raftkv: the write was applied before', 'raftkv: the sequence number was acknowledged'];

interface Session {
  readonly id: number;
  sequence: number;
  /** The start of the last call that was answered, in true ms. */
  usedMs: number;
}

export interface SessionWriterOptions {
  readonly world: World;
  readonly random: Random;
  /** Resolves with undefined if there is no answer in time. */
  readonly ask: (machine: Machine, request: Request) => Promise<CallResult | undefined>;
  readonly isRunning: () => boolean;
}

/**
 * A client that sends each write in a session, and again to any member until it has an answer. So a write that is applied twice has a
 * revision that no call accounts for.
 */
export class SessionWriter {
  readonly #options: SessionWriterOptions;
  #session: Session | undefined;

  constructor(options: SessionWriterOptions) {
    this.#options = options;
  }

  async write(machine: Machine, input: SimInput): Promise<Answer> {
    const session = (this.#session ??= await this.#open(machine));
    if (session === undefined) return FAILED;
    const { world, ask, isRunning } = this.#options;
    const sequence = ++session.sequence;
    const { path, body } = requestOf(input);
    // Of all write requests: the field has the same number in each.
    const call = etcdserverpb.PutRequest.encode({ session: { session: session.id, sequence, acknowledged: sequence } });
    const request = { path, body: Buffer.concat([body, call.finish()]) };
    let isUncertain = false;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const asked = attempt === 0 ? machine : this.#other(machine);
      const sentMs = world.time.nowMs;
      // It may die during the call, which then has an unknown outcome.
      const isSent = !asked.dead;
      const result = isSent ? await ask(asked, request) : undefined;
      if (result?.kind === 'ok') {
        session.usedMs = sentMs;
        return answerOf(input, result);
      }
      const message = result?.status.message ?? '';
      const isLost = message.startsWith('raftkv: the session does not exist');
      if (isLost) this.#lost(session);
      // Authentication was enabled since it was opened.
      if (message.startsWith('raftkv: the session is of another user')) this.#session = undefined;
      if (this.#session !== session) return isUncertain ? UNKNOWN : FAILED;
      if (LOST_RESULTS.some((text) => message.startsWith(text))) world.violated(`a write that waits: ${message}`);
      isUncertain ||= isSent && !isNotProposed(message);
      if (!isRunning()) break;
      await world.sleep(PAUSE_MS);
    }
    return isUncertain ? UNKNOWN : FAILED;
  }

  async #open(machine: Machine): Promise<Session | undefined> {
    const sentMs = this.#options.world.time.nowMs;
    const body = raftkvpb.SessionOpenRequest.encode({ ttlSeconds: TTL_SECONDS }).finish();
    const result = await this.#options.ask(machine, { path: '/raftkvpb.Session/Open', body });
    if (result?.kind !== 'ok') return undefined;
    const { session } = raftkvpb.SessionOpenResponse.decode(result.body);
    return { id: clampInteger(session), sequence: 0, usedMs: sentMs };
  }

  /** No session ends before its time: there are too few of them for any other reason. */
  #lost({ id, usedMs }: Session): void {
    const { world } = this.#options;
    this.#session = undefined;
    const leastMs = (TTL_SECONDS * 1000) / (1 + world.options.rateSpread);
    const keptMs = world.time.nowMs - usedMs;
    if (keptMs < leastMs && world.clocksKeepTime) world.violated(`session ${id} ended ${keptMs} ms after its last use`);
  }

  #other(machine: Machine): Machine {
    const { random, world } = this.#options;
    return world.machines[randomInteger(random, 0, world.machines.length)] ?? machine;
  }
}

const UNKNOWN: Answer = { outcome: { kind: 'unknown' } };
const FAILED: Answer = { outcome: { kind: 'failed' } };
