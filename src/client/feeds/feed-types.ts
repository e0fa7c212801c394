import type { raftkvpb } from '../../gen/proto.js';
import { asBuffer, EMPTY } from '../../util/bytes.js';
import { clampInteger } from '../../util/integer.js';
import type { Bytes, RangeSelector } from '../keys/key-range.js';
import type { Header } from '../keys/key-value.js';
import type { WatchEvent } from '../watch/watch-types.js';

/** The keys of a feed, and how it is kept. */
export type FeedCreateOptions = ({ readonly key: Bytes } | RangeSelector) & {
  /** The first revision to deliver, or the first one that is kept. Default: the next one. */
  readonly startRevision?: number | 'oldest';
  /** Deliver the previous version of the key with each event. Default false. */
  readonly prevKv?: boolean;
  /** Kinds of events to leave out. */
  readonly filters?: readonly ('put' | 'delete')[];
  /** Workers that can share the feed: 1 to 64. Default 1. */
  readonly partitions?: number;
  /** A compaction that would keep more revisions than this for the feed breaks it. Default 1,000,000. */
  readonly retainRevisions?: number;
};

/** A feed and its progress. */
export interface FeedStatus {
  readonly name: string;
  readonly key: Buffer;
  readonly rangeEnd: Buffer;
  readonly prevKv: boolean;
  readonly filters: readonly ('put' | 'delete')[];
  readonly retainRevisions: number;
  /** Revisions behind the store's, of the partition that is furthest behind. */
  readonly lag: number;
  /** The compacted revision at which it lost changes; undefined if it is not broken. */
  readonly broken: number | undefined;
  readonly partitions: readonly {
    /** Changes up to this revision are acknowledged. */
    readonly cursor: number;
    readonly epoch: number;
    /** Undefined for none. */
    readonly worker: string | undefined;
  }[];
  readonly workers: readonly string[];
}

/** How to consume a feed. */
export interface FeedOptions {
  /** The worker's name. Another consumer with the same one takes its place. Default: a random one. */
  readonly worker?: string;
  /** Time after which another worker takes over if this one and its member are gone, in seconds. Default 10, at most 3600. */
  readonly ttlSeconds?: number;
  /** Delivery pauses while as many bytes of events are not acknowledged. Default 4 MiB, at most 64 MiB. */
  readonly inFlightBytes?: number;
  /** Ends the consumption, which rejects as `cancelled`. */
  readonly signal?: AbortSignal;
}

/** What `Txn.ack` takes. */
export type FeedPosition = Pick<FeedBatch, 'feed' | 'partition' | 'epoch' | 'revision' | 'after'>;

/** The changes of one or more whole revisions in one partition, in order. */
export interface FeedBatch {
  readonly feed: string;
  readonly partition: number;
  /** Acknowledgements with it count until the partition has another one. */
  readonly epoch: number;
  /** Where the acknowledgement moves the cursor. */
  readonly revision: number;
  /** The `revision` of the batch before. */
  readonly after: number;
  /** Not empty. */
  readonly events: readonly WatchEvent[];
  readonly header: Header;
  /**
   * Acknowledges this batch and those before it in its partition.
   * @returns false if the partition went to another worker, or the connection was lost: then it is delivered again
   * @throws RaftKvError
   */
  ack(): Promise<boolean>;
}

export function toFeedStatus(wire: raftkvpb.FeedStatus.$Properties): FeedStatus {
  const filters: ('put' | 'delete')[] = [];
  if (wire.noPuts === true) filters.push('put');
  if (wire.noDeletes === true) filters.push('delete');
  const broken = clampInteger(wire.broken);
  return {
    name: wire.name ?? '',
    key: asBuffer(wire.key ?? EMPTY),
    rangeEnd: asBuffer(wire.rangeEnd ?? EMPTY),
    prevKv: wire.prevKv ?? false,
    filters,
    retainRevisions: clampInteger(wire.retainRevisions),
    lag: clampInteger(wire.lag),
    broken: broken === 0 ? undefined : broken,
    partitions: (wire.partitions ?? []).map(({ cursor, epoch, worker }) => ({
      cursor: clampInteger(cursor),
      epoch: clampInteger(epoch),
      worker: worker === '' ? undefined : (worker ?? undefined),
    })),
    workers: wire.workers ?? [],
  };
}

export function toAck({ feed, partition, epoch, revision, after }: FeedPosition): raftkvpb.FeedAck.$Properties {
  return { feed, partition, epoch, revision, after };
}
