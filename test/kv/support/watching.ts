import { expect } from 'chai';
import { etcdserverpb, mvccpb } from '../../../src/gen/proto.js';
import { spanOf } from '../../../src/kv/format/key-range.js';
import type { EventBatch } from '../../../src/kv/watch/event-batch.js';
import type { WatchHub } from '../../../src/kv/watch/hub.js';
import type { Watcher, WatchListener } from '../../../src/kv/watch/watcher.js';
import { clampInteger } from '../../../src/util/integer.js';
import { keyValueAnswer } from './answers.js';
import type { ModelEvent } from './model.js';

export interface WatchingOptions {
  /** Latin1, like `rangeEnd`. */
  readonly key: string;
  readonly rangeEnd?: string;
  readonly startRevision?: number;
  readonly prevKv?: boolean;
  readonly puts?: boolean;
  readonly deletes?: boolean;
  /** Batches accepted before there is no room. Default: unlimited. */
  readonly room?: number;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** A watch that collects its events, with limited room. */
export class Watching implements WatchListener {
  readonly batches: EventBatch[] = [];
  readonly watcher: Watcher;
  /** The reported states of the watch. */
  readonly states: ('caught up' | 'fell behind')[] = [];
  compactedAt: number | undefined;
  room: number;
  readonly #hub: WatchHub;

  constructor(hub: WatchHub, options: WatchingOptions) {
    const { key, rangeEnd = '', startRevision = 0, prevKv = false, puts = true, deletes = true, room } = options;
    this.#hub = hub;
    this.room = room ?? Number.POSITIVE_INFINITY;
    const keys = spanOf(bytes(key), bytes(rangeEnd));
    this.watcher = hub.watch({ keys, startRevision, prevKv, puts, deletes }, this);
  }

  get events(): readonly ModelEvent[] {
    return this.batches.flatMap((batch) => decodeEvents(batch.body()));
  }

  get revisions(): readonly number[] {
    return this.events.map(({ revision }) => revision);
  }

  /** Adds room for batches. */
  makeRoom(batches = Number.POSITIVE_INFINITY): void {
    this.room = batches;
    this.#hub.resume(this.watcher);
  }

  cancel(): void {
    this.#hub.cancel(this.watcher);
  }

  deliver(batch: EventBatch): boolean {
    expect(this.watcher.phase, 'nothing comes after the end').to.not.equal('ended');
    if (this.room === 0) return false;
    this.room -= 1;
    this.batches.push(batch);
    return true;
  }

  caughtUp(): void {
    this.states.push('caught up');
  }

  fellBehind(): void {
    this.states.push('fell behind');
  }

  compacted(compactedRevision: number): void {
    this.compactedAt = compactedRevision;
  }
}

/** Checks that every revision arrived whole, in one batch, and in order. */
export function expectOrderAndWholeness({ batches }: Watching): void {
  let last = 0;
  for (const batch of batches) {
    const first = batch.events[0]?.revision ?? 0;
    expect(first, 'a batch begins with a revision of its own').to.be.greaterThan(last);
    for (const { revision } of batch.events) {
      expect(revision).to.be.at.least(last);
      last = revision;
    }
    expect(batch.revision, 'the revision of the header').to.be.at.least(last);
  }
}

export function decodeEvents(body: Uint8Array): readonly ModelEvent[] {
  return etcdserverpb.WatchResponse.decode(body).events.map(({ type, kv, prevKv }) => {
    const isPut = (type ?? 0) === mvccpb.Event.EventType.PUT;
    return {
      kind: isPut ? 'put' : 'delete',
      revision: clampInteger(kv?.modRevision),
      key: Buffer.from(kv?.key ?? []).toString('latin1'),
      kv: isPut ? keyValueAnswer(kv ?? {}) : undefined,
      prevKv: prevKv ? keyValueAnswer(prevKv) : undefined,
    };
  });
}
