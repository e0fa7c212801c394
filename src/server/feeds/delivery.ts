import { raftkvpb } from '../../gen/proto.js';
import type { Feed } from '../../kv/feeds/feed.js';
import type { FeedPage } from '../../kv/feeds/page.js';
import type { WatchEvent } from '../../kv/watch/watch-event.js';

const { FeedSubscribeResponse } = raftkvpb;
const { ASSIGNED, CHANGES, REVOKED } = FeedSubscribeResponse.Kind;

/** Bytes of events after which a message ends. */
const MESSAGE_BYTES = 512 * 1024;
/** Counted for each batch beside its events. */
const BATCH_BYTES = 64;
/** Revisions without a change after which the worker is told. */
export const PROGRESS_REVISIONS = 1000;

/** A message without its header. */
export interface FeedMessage {
  readonly body: Uint8Array;
}

/** A partition that the worker has. */
interface Assigned {
  readonly epoch: number;
  /** All changes up to it are read. */
  position: number;
  /** The worker knows that all changes up to it are delivered. */
  told: number;
  /** Where the last batch with events ended. */
  after: number;
  /** Batches that are not acknowledged, in order. */
  readonly inFlight: { readonly revision: number; readonly bytes: number }[];
}

/**
 * What a worker was delivered of each of its partitions, and what it is to be delivered next. It follows the state of the feed,
 * in which cursors, epochs and workers change.
 */
export class Delivery {
  readonly #worker: string;
  readonly #inFlightMax: number;
  readonly #assigned = new Map<number, Assigned>();
  #inFlightBytes = 0;

  constructor(options: { readonly worker: string; readonly inFlightMax: number }) {
    this.#worker = options.worker;
    this.#inFlightMax = options.inFlightMax;
  }

  /** Bytes of events that are delivered and not acknowledged. */
  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  /** Whether no more is delivered until something is acknowledged. */
  get isFull(): boolean {
    return this.#inFlightBytes >= this.#inFlightMax;
  }

  /** Takes over a state of the feed. @returns the news for the worker */
  follow(feed: Feed): readonly FeedMessage[] {
    const messages: FeedMessage[] = [];
    for (const [partition, { cursor, epoch, worker }] of feed.partitions.entries()) {
      const known = this.#assigned.get(partition);
      const isMine = worker === this.#worker;
      if (known !== undefined && (!isMine || known.epoch !== epoch)) {
        this.#acknowledged(known, Infinity);
        this.#assigned.delete(partition);
        messages.push(encode({ kind: REVOKED, partition, epoch: known.epoch }));
      } else if (known !== undefined) {
        this.#acknowledged(known, cursor);
        // The worker has acknowledged more than it was delivered.
        known.position = Math.max(known.position, cursor);
        known.told = Math.max(known.told, cursor);
      }
      if (!isMine || this.#assigned.has(partition)) continue;
      this.#assigned.set(partition, { epoch, position: cursor, told: cursor, after: cursor, inFlight: [] });
      messages.push(encode({ kind: ASSIGNED, partition, epoch, revision: cursor, worker }));
    }
    return messages;
  }

  /** The partitions to read next, with their positions: those that are furthest behind. Empty if there is none to read. */
  wanted(revision: number): ReadonlyMap<number, number> {
    const wanted = new Map<number, number>();
    for (const [partition, { position }] of this.#assigned) if (position < revision) wanted.set(partition, position);
    return wanted;
  }

  /** Takes over a page. @returns its messages, made as they are taken; a batch ends with the page */
  *deliver(page: FeedPage, wanted: ReadonlyMap<number, number>, prevKv: boolean): Generator<FeedMessage> {
    for (const [partition, from] of wanted) {
      const known = this.#assigned.get(partition);
      if (known === undefined || known.position !== from || page.to <= from) continue;
      known.position = page.to;
      const events = page.events.get(partition);
      if (events === undefined) continue;
      yield* this.#batch(partition, known, { events, prevKv });
    }
  }

  /** News of partitions without changes: of all that are behind, or of those that are far behind. */
  *progress(all: boolean): Generator<FeedMessage> {
    for (const [partition, known] of this.#assigned) {
      const { position: revision, told, after, epoch } = known;
      if (revision - told < (all ? 1 : PROGRESS_REVISIONS)) continue;
      known.told = revision;
      yield encode({ kind: CHANGES, partition, epoch, revision, after });
    }
  }

  *#batch(
    partition: number,
    known: Assigned,
    { events, prevKv }: { readonly events: readonly WatchEvent[]; readonly prevKv: boolean },
  ): Generator<FeedMessage> {
    const { position: revision, after, epoch } = known;
    known.told = revision;
    known.after = revision;
    let bytes = BATCH_BYTES;
    let pieces: Uint8Array[] = [];
    let size = 0;
    const encodeds = events.map((event) => event.encoded(prevKv));
    for (const encoded of encodeds) bytes += encoded.length;
    known.inFlight.push({ revision, bytes });
    this.#inFlightBytes += bytes;
    for (const [at, encoded] of encodeds.entries()) {
      pieces.push(encoded);
      size += encoded.length;
      const more = at + 1 < encodeds.length;
      if (more && size < MESSAGE_BYTES) continue;
      yield encode({ kind: CHANGES, partition, epoch, revision, after, more }, pieces);
      pieces = [];
      size = 0;
    }
  }

  #acknowledged(known: Assigned, cursor: number): void {
    const left = known.inFlight.findIndex(({ revision }) => revision > cursor);
    const done = known.inFlight.splice(0, left < 0 ? known.inFlight.length : left);
    for (const { bytes } of done) this.#inFlightBytes -= bytes;
  }
}

/** @param events as fields of a WatchResponse, which have the same number here */
function encode(fields: raftkvpb.FeedSubscribeResponse.$Properties, events: readonly Uint8Array[] = []): FeedMessage {
  const head = FeedSubscribeResponse.encode(fields).finish();
  return { body: events.length === 0 ? head : Buffer.concat([head, ...events]) };
}
