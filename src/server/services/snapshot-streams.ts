import { etcdserverpb } from '../../gen/proto.js';
import { archiveOf } from '../../kv/snapshot/archive.js';
import type { KvStore } from '../../kv/store.js';
import type { Clock } from '../../ports/clock.js';
import { stream, type Method, type StreamCall } from '../../rpc/service.js';
import { Signal } from '../../util/signal.js';
import { Errors, snapshotNotRead } from '../requests/errors.js';
import type { Headers } from '../requests/header.js';
import { ClientPace } from '../requests/client-pace.js';

const { SnapshotRequest, SnapshotResponse } = etcdserverpb;
type Call = StreamCall<ReturnType<typeof SnapshotRequest.decode>>;

/** Bound on streams, as each keeps overwritten data in the engine. */
const STREAMS_MAX = 4;
/**
 * Time without progress of the client after which its stream is ended, in ms. Otherwise the engine would keep an old
 * state, and the stream its place, for a client that does not read.
 */
export const SNAPSHOT_STREAM_STALL_MS = 120_000;

export interface SnapshotStreamsOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly clock: Clock;
  readonly onFatal: (error: unknown) => void;
  /** Called with the duration of each snapshot that was sent whole, in ms. */
  readonly onSent?: (ms: number) => void;
}

/**
 * Maintenance.Snapshot: the state of this member at the time of the call, as one archive. It needs no quorum.
 */
export class SnapshotStreams {
  readonly #options: SnapshotStreamsOptions;
  /** By call, the signal that wakes its sender. */
  readonly #running = new Map<Call, Signal>();
  #stopped = false;

  constructor(options: SnapshotStreamsOptions) {
    this.#options = options;
  }

  method(): Method {
    return stream('server-stream', {
      path: '/etcdserverpb.Maintenance/Snapshot',
      decode: (body) => SnapshotRequest.decode(body),
      handle: (call: Call) => call.onMessage(() => this.#begin(call)),
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

  #begin(call: Call): void {
    if (this.#stopped) return call.fail(Errors.stopped);
    if (this.#running.size >= STREAMS_MAX) return call.fail(Errors.tooManyRequests);
    const wake = new Signal();
    call.onCancel(() => wake.set());
    call.onDrain(() => wake.set());
    this.#running.set(call, wake);
    this.#send(call, wake)
      .catch((error: unknown) => {
        call.fail(Errors.stopped);
        this.#options.onFatal(error);
      })
      .finally(() => this.#running.delete(call));
  }

  async #send(call: Call, wake: Signal): Promise<void> {
    const { store, headers, clock } = this.#options;
    // Both in one turn, so that they are of one state.
    const source = store.openSnapshot();
    const revision = store.revision();
    const startMs = clock.now();
    const pace = new ClientPace({ clock, wake, stallMs: SNAPSHOT_STREAM_STALL_MS });
    let first = true;
    try {
      for await (const { bytes, remainingBytes } of archiveOf(source, (from) => store.sizeBytes(from))) {
        const message = SnapshotResponse.encode({ remainingBytes, blob: bytes }).finish();
        const room = call.send(first ? headers.prepend(revision, message) : message);
        first = false;
        const tooSlow = await pace.isTooSlow(message.length, room);
        if (this.#stopped || call.cancelled) return;
        if (tooSlow) return call.fail(snapshotNotRead);
      }
      call.end();
      this.#options.onSent?.(clock.now() - startMs);
    } finally {
      source.close();
    }
  }
}
