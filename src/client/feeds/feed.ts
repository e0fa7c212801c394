import { randomUUID } from 'node:crypto';
import { raftkvpb } from '../../gen/proto.js';
import { clampInteger } from '../../util/integer.js';
import type { Dispatcher } from '../calls/dispatcher.js';
import { memberStream } from '../calls/member-stream.js';
import { RaftKvError } from '../errors.js';
import { toHeader } from '../keys/key-value.js';
import { toEvent } from '../watch/watch-types.js';
import { toAck } from './feed-types.js';
import type { FeedBatch, FeedOptions, FeedPosition } from './feed-types.js';
import { FEED_ACK, FEED_SUBSCRIBE } from './methods.js';

const { CHANGES } = raftkvpb.FeedSubscribeResponse.Kind;
/** Consumes a feed as one of its workers: what was not acknowledged at one member is delivered again at the next. @throws RaftKvError */
export function consumeFeed(
  dispatcher: Dispatcher,
  name: string,
  { worker = randomUUID(), ttlSeconds = 0, inFlightBytes = 0, signal }: FeedOptions,
): AsyncGenerator<FeedBatch, void, undefined> {
  return memberStream(dispatcher, {
    method: FEED_SUBSCRIBE,
    request: { name, worker, ttl: ttlSeconds, inFlightBytes },
    read: (responses) => joined(dispatcher, name, responses),
    signal,
  });
}

/** Puts batches together that come in several messages. Yields undefined for other messages. */
async function* joined(
  dispatcher: Dispatcher,
  feed: string,
  responses: AsyncIterable<raftkvpb.FeedSubscribeResponse>,
): AsyncGenerator<FeedBatch | undefined, void, undefined> {
  const unfinished = new Map<number, raftkvpb.FeedSubscribeResponse[]>();
  for await (const response of responses) {
    const { kind, partition, more } = response;
    if (kind !== CHANGES) {
      unfinished.delete(partition);
      yield undefined;
      continue;
    }
    const parts = [...(unfinished.get(partition) ?? []), response];
    if (more) unfinished.set(partition, parts);
    else {
      unfinished.delete(partition);
      const batch = toFeedBatch(dispatcher, feed, parts, response);
      if (batch.events.length > 0) yield batch;
      else {
        // Refused unless all batches before are acknowledged, so it acknowledges no change.
        await acknowledge(dispatcher, batch);
        yield undefined;
      }
    }
  }
}

function toFeedBatch(
  dispatcher: Dispatcher,
  feed: string,
  parts: readonly raftkvpb.FeedSubscribeResponse[],
  last: raftkvpb.FeedSubscribeResponse,
): FeedBatch {
  const position: FeedPosition = {
    feed,
    partition: last.partition,
    epoch: clampInteger(last.epoch),
    revision: clampInteger(last.revision),
    after: clampInteger(last.after),
  };
  return {
    ...position,
    events: parts.flatMap(({ events }) => events).map(toEvent),
    header: toHeader(last.header),
    // It acknowledges the batches before it too.
    ack: () => acknowledge(dispatcher, { ...position, after: 0 }),
  };
}

/** @returns false if the partition has another epoch, or its cursor is elsewhere */
async function acknowledge(dispatcher: Dispatcher, position: FeedPosition): Promise<boolean> {
  try {
    await dispatcher.call(FEED_ACK, { acks: [toAck(position)] });
    return true;
  } catch (error) {
    if (error instanceof RaftKvError && error.code === 'feed-moved') return false;
    throw error;
  }
}
