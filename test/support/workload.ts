import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom, randomInteger } from '../../src/util/random.js';
import { clampInteger } from '../../src/util/integer.js';
import { assertNever } from '../../src/util/assert.js';
import { expectOk, revisionOf } from './etcd-client.js';
import type { Answer, EtcdClient } from './etcd-client.js';
import { HistoryRecorder } from './history.js';
import type { Call, Outcome } from './history.js';
import type { RegisterInput, RegisterOutput } from '../jepsen/checkers/linearizability/models.js';
import { poll } from './poll.js';
import { unownedRevisions } from '../jepsen/checkers/revisions/revision-check.js';
import type { RevisionCall, RevisionInput, RevisionOutput } from '../jepsen/checkers/revisions/revision-check.js';
import { seenValue } from './seen-value.js';

const RETRY_PAUSE_MS = 50;

export interface WorkloadOptions {
  /** One logical client each; several may share a connection. */
  readonly clients: readonly EtcdClient[];
  readonly keys: readonly string[];
  readonly seed: number;
  /** Deadline of a call, in ms, after which its outcome is unknown. */
  readonly timeoutMs?: number;
  /** Pause of a client after each answer, in ms. Default: none. */
  readonly paceMs?: number;
}

/** Clients that get, put and compare-and-put a few keys, each call right after the last answer, and record the results. */
export class Workload {
  readonly #recorder = new HistoryRecorder<RevisionInput, RevisionOutput>(() => performance.now());
  readonly #options: WorkloadOptions;
  readonly #running: Promise<void>;
  #stopped = false;
  #answered = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#running = Promise.all(options.clients.map((client, index) => this.#run(client, index))).then(() => undefined);
  }

  get history(): readonly RevisionCall[] {
    return this.#recorder.calls;
  }

  /** Waits for this many further answers, which show that the cluster works. */
  async moreAnswers(count: number): Promise<void> {
    const enough = this.#answered + count;
    await poll(`${count} more answers`, () => (this.#answered >= enough ? true : undefined));
  }

  /** Begins no more calls; resolves when the last has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /**
   * Reads every key at the end, to check that acknowledged writes still exist, and at every unaccounted revision, to
   * find lost writes.
   */
  async readAll(client: EtcdClient): Promise<void> {
    const { keys } = this.#options;
    for (const key of keys) {
      const outcome = await this.#call(client, 'reader', { kind: 'get', key });
      if (outcome.kind !== 'ok') throw new Error(`the last read of ${key} failed`);
    }
    for (const revision of unownedRevisions(this.history)) {
      for (const key of keys) {
        await this.#recorder.record('reader', { kind: 'get', key, stale: true }, async () => {
          const found = seenValue(expectOk(await client.range({ key: Buffer.from(key), revision })).kvs[0]);
          return { kind: 'ok', output: { revision, found } };
        });
      }
    }
  }

  async #run(client: EtcdClient, index: number): Promise<void> {
    const { keys, seed, paceMs = 0 } = this.#options;
    const random = seededRandom(seed + index);
    const lastSeen = new Map<string, string | null>();
    for (let i = 0; !this.#stopped; i += 1) {
      const key = keys[randomInteger(random, 0, keys.length)] ?? '';
      const value = `${index}.${i}`;
      const dice = random.next();
      const expected = lastSeen.get(key) ?? null;
      const input: RevisionInput =
        dice < 0.4
          ? { kind: 'get', key }
          : dice < 0.8
            ? { kind: 'put', key, value }
            : { kind: 'put-if', key, expected, value };
      const outcome = await this.#call(client, String(index), input);
      if (outcome.kind !== 'ok') {
        // A member that is down refuses at once; without a pause the history would fill with refusals.
        await delay(RETRY_PAUSE_MS);
        continue;
      }
      if (input.kind === 'get') lastSeen.set(key, outcome.output.found?.value ?? null);
      else lastSeen.set(key, value);
      if (paceMs > 0) await delay(paceMs);
    }
  }

  async #call(client: EtcdClient, name: string, input: RevisionInput): Promise<Outcome<RevisionOutput>> {
    const outcome = await this.#recorder.record(name, input, () =>
      perform(client, input, this.#options.timeoutMs ?? 3000),
    );
    if (outcome.kind === 'ok') this.#answered += 1;
    return outcome;
  }
}

async function perform(client: EtcdClient, input: RevisionInput, timeoutMs: number): Promise<Outcome<RevisionOutput>> {
  switch (input.kind) {
    case 'get':
      return outcomeOf(await client.get(input.key, { timeoutMs }), (response) => ({
        revision: revisionOf(response),
        found: seenValue(response.kvs[0]),
      }));
    case 'put':
      return outcomeOf(await client.put(input.key, input.value, { timeoutMs }), (response) => ({
        revision: revisionOf(response),
      }));
    case 'put-if':
      return outcomeOf(await client.putIf(input, { timeoutMs }), (response) => ({
        revision: revisionOf(response),
        wrote: response.succeeded,
      }));
    case 'delete':
      return outcomeOf(await client.delete(input.key, { timeoutMs }), (response) => ({
        revision: revisionOf(response),
        wrote: clampInteger(response.deleted) > 0,
      }));
    default:
      return assertNever(input);
  }
}

/**
 * An error proves nothing: the request may have reached the log before the connection broke. Only a request without a
 * connection was certainly not sent; knowing these keeps the checker's search short.
 */
function outcomeOf<Response>(
  answer: Answer<Response>,
  read: (response: Response) => RevisionOutput,
): Outcome<RevisionOutput> {
  if (answer.kind === 'ok') return { kind: 'ok', output: read(answer.response) };
  return answer.details.startsWith('No connection established') ? { kind: 'failed' } : { kind: 'unknown' };
}

/** The same history as calls on registers, for the check without revisions. */
export function asRegisterHistory(history: readonly RevisionCall[]): Call<RegisterInput, RegisterOutput>[] {
  const current = history.filter(({ input }) => input.kind !== 'get' || input.stale !== true);
  return current.map((call) => ({
    client: call.client,
    invokedAt: call.invokedAt,
    completedAt: call.completedAt,
    input: registerInput(call.input),
    outcome:
      call.outcome.kind === 'ok'
        ? { kind: 'ok', output: registerOutput(call.input, call.outcome.output) }
        : call.outcome,
  }));
}

function registerInput(input: RevisionInput): RegisterInput {
  switch (input.kind) {
    case 'get':
      return { kind: 'read', key: input.key };
    case 'put':
      return { kind: 'write', key: input.key, value: input.value };
    case 'put-if':
      return { kind: 'cas', key: input.key, from: input.expected, to: input.value };
    case 'delete':
      return { kind: 'delete', key: input.key };
    default:
      return assertNever(input);
  }
}

function registerOutput(input: RevisionInput, output: RevisionOutput): RegisterOutput {
  switch (input.kind) {
    case 'get':
      return { kind: 'value', value: output.found?.value ?? null };
    case 'put-if':
      return { kind: 'swapped', swapped: output.wrote === true };
    case 'put':
      return { kind: 'written' };
    case 'delete':
      return { kind: 'deleted', deleted: output.wrote === true };
    default:
      return assertNever(input);
  }
}
