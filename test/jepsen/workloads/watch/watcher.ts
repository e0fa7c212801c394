import { RaftKvError } from '../../../../src/client/index.js';
import type { Client, KeyValue, Watch, WatchEvent } from '../../../../src/client/index.js';
import { assert } from '../../../../src/util/assert.js';
import { randomInteger } from '../../../../src/util/random.js';
import type { ClientContext, Outcome } from '../../run/workload.js';
import { CALL } from '../common.js';
import type { Sleep } from '../common.js';

const WATCH_MS = [300, 2000] as const;
const PAUSE_MS_MAX = 2500;
/** Pause between two requests of progress, in ms. */
const PROGRESS_MS = 200;

interface WatcherOptions {
  readonly client: Client;
  readonly prefix: string;
  readonly sleep: Sleep;
}

/** Follows a prefix by one watch after the other. */
export class Watcher {
  readonly prefix: string;
  readonly #client: Client;
  readonly #sleep: Sleep;
  /** The first revision that it has not covered; undefined if it must read the prefix first. */
  #next: number | undefined;

  constructor({ client, prefix, sleep }: WatcherOptions) {
    this.#client = client;
    this.prefix = prefix;
    this.#sleep = sleep;
  }

  get next(): number | undefined {
    return this.#next;
  }

  async step(context: ClientContext): Promise<void> {
    if (this.#next === undefined) return void (await this.snapshot(context));
    const { random, signal } = context;
    // Meanwhile the history after the last revision may be compacted.
    if (random.next() < 0.3) await this.#sleep(randomInteger(random, 0, PAUSE_MS_MAX), signal);
    await this.watch(context, { ms: randomInteger(random, ...WATCH_MS), until: undefined });
  }

  async snapshot(context: ClientContext): Promise<Outcome> {
    return await context.call({ f: 'snapshot', key: this.prefix }, async () => {
      const { kvs, header } = await this.#client.range({ prefix: this.prefix }, { ...CALL, consistency: 'consistent' });
      this.#next = header.revision + 1;
      return { type: 'ok', value: { kvs: kvs.map(toRow) }, revision: header.revision };
    });
  }

  /** @param span.until ends the watch as soon as it has passed this revision */
  async watch(
    context: ClientContext,
    span: { readonly ms: number; readonly until: number | undefined },
  ): Promise<void> {
    const from = this.#next;
    assert(from !== undefined, 'a watcher that has read its prefix');
    await context.call({ f: 'watch', key: this.prefix, value: { from } }, async () => {
      const watch = this.#client.watch({
        prefix: this.prefix,
        startRevision: from,
        prevKv: true,
        progressNotify: true,
      });
      if (context.random.next() < 0.5) watch.requestProgress();
      const { responses, error } = await this.#collect(watch, span, context.signal);
      if (responses.length === 0 && error !== undefined) {
        const text = `${error.code}: ${error.message}`;
        if (error.code !== 'compacted') return { type: 'fail', error: text };
        this.#next = undefined;
        return { type: 'fail', error: text, value: { from, compacted: error.compactRevision } };
      }
      const to = Math.max(from - 1, ...responses.map(({ revision }) => revision));
      this.#next = to + 1;
      return { type: 'ok', value: { from, to, responses } };
    });
  }

  /** Asks again and again until the signal is aborted: etcd does not answer a request that finds the watch behind. */
  async #askProgress(watch: Watch, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      watch.requestProgress();
      await this.#sleep(PROGRESS_MS, ended);
    }
  }

  async #collect(watch: Watch, span: { readonly ms: number; readonly until: number | undefined }, signal: AbortSignal) {
    const responses: { readonly revision: number; readonly events: readonly object[] }[] = [];
    const done = new AbortController();
    // In the last watches the signal of the load is aborted already.
    const ended = span.until === undefined ? AbortSignal.any([done.signal, signal]) : done.signal;
    void this.#sleep(span.ms, ended).then(() => watch.close());
    if (span.until !== undefined) void this.#askProgress(watch, ended);
    try {
      for await (const { events, revision } of watch.batches()) {
        responses.push({ revision, events: events.map(toRecord) });
        if (span.until !== undefined && revision >= span.until) break;
      }
      return { responses, error: undefined };
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      return { responses, error };
    } finally {
      done.abort();
    }
  }
}

function toRow(kv: KeyValue): readonly [string, string, number, number, number] {
  return [kv.keyText(), kv.valueText(), kv.modRevision, kv.version, kv.createRevision];
}

function toRecord(event: WatchEvent): object {
  const { type, key, revision: rev, prevKv } = event;
  const base = { type, key: key.toString(), rev };
  const prev = prevKv && {
    value: prevKv.valueText(),
    rev: prevKv.modRevision,
    version: prevKv.version,
    create: prevKv.createRevision,
  };
  const before = prev === undefined ? {} : { prev };
  if (event.type === 'delete') return { ...base, ...before };
  const { kv } = event;
  return { ...base, value: kv.valueText(), version: kv.version, create: kv.createRevision, ...before };
}
