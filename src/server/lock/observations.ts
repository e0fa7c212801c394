import { v3electionpb, type mvccpb } from '../../gen/proto.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import { Signal } from '../../util/signal.js';
import { Errors } from '../requests/errors.js';
import type { KeyChanges } from './key-changes.js';
import { endOf, prefixOf } from './queue.js';
import { serveSteps, type LockServiceOptions } from './steps.js';
import { CallFailure } from './store-calls.js';

const { LeaderRequest, LeaderResponse } = v3electionpb;
type Call = StreamCall<v3electionpb.LeaderRequest>;

export type ObservationsOptions = LockServiceOptions & { readonly changes: KeyChanges };

/**
 * Election.Observe: the leader's key and value, now and after each change. A slow client misses intermediate values,
 * but never the last.
 */
export class Observations {
  readonly #options: ObservationsOptions;
  readonly #running = new Map<Call, Signal>();
  #stopped = false;

  constructor(options: ObservationsOptions) {
    this.#options = options;
  }

  method(): Method {
    return stream('server-stream', {
      path: '/v3electionpb.Election/Observe',
      decode: (body) => LeaderRequest.decode(body),
      handle: (call: Call) => call.onMessage(({ name }) => this.#begin(call, name)),
    });
  }

  /** Ends all streams, and refuses new ones. */
  stop(): void {
    this.#stopped = true;
    for (const [call, wake] of this.#running) {
      call.fail(Errors.stopped);
      wake.set();
    }
  }

  #begin(call: Call, name: Uint8Array): void {
    const { changes } = this.#options;
    if (this.#stopped) return call.fail(Errors.stopped);
    const prefix = prefixOf(name);
    const wake = new Signal();
    this.#running.set(call, wake);
    const unsubscribe = changes.onRange({ start: prefix, end: endOf(prefix) }, () => wake.set());
    call.onCancel(() => wake.set());
    serveSteps(call, this.#options, async () => {
      try {
        await this.#observe(call, prefix, wake);
      } finally {
        unsubscribe();
        this.#running.delete(call);
      }
    });
  }

  async #observe(call: Call, prefix: Uint8Array, wake: Signal): Promise<void> {
    const { calls, queues, headers } = this.#options;
    let full = false;
    call.onDrain(() => {
      full = false;
      wake.set();
    });
    await calls.fresh(call);
    let sent = '';
    while (!this.#stopped && !call.cancelled) {
      if (!full) {
        const { kvs, revision } = await queues.first(call, prefix);
        const [kv] = kvs;
        if (kv !== undefined && identity(kv) !== sent) {
          sent = identity(kv);
          full = !call.send(headers.prepend(revision, LeaderResponse.encode({ kv }).finish()));
        }
      }
      await wake.wait();
    }
    if (this.#stopped) throw new CallFailure(Errors.stopped);
  }
}

/** One version of a key. */
function identity({ key, modRevision }: mvccpb.KeyValue.$Properties): string {
  return `${clampInteger(modRevision)} ${Buffer.from(key ?? []).toString('latin1')}`;
}
