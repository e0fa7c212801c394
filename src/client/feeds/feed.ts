import { randomUUID } from 'node:crypto';
import { raftkvpb } from '../../gen/proto.js';
import { onAbort } from '../../util/abort.js';
import { endable } from '../../util/endable.js';
import { clampInteger } from '../../util/integer.js';
import { mayRenew } from '../auth/with-token.js';
import type { Dispatcher } from '../calls/dispatcher.js';
import { isUnreachable, isWorthAnotherMember } from '../calls/failures.js';
import { Reach } from '../calls/reach.js';
import { RaftKvError } from '../errors.js';
import { toHeader } from '../keys/key-value.js';
import { toEvent } from '../watch/watch-types.js';
import { toAck } from './feed-types.js';
import type { FeedBatch, FeedOptions, FeedPosition } from './feed-types.js';
import { FEED_ACK, FEED_SUBSCRIBE } from './methods.js';

const { CHANGES } = raftkvpb.FeedSubscribeResponse.Kind;
/** A member that has lost its leader ends the stream, which continues at another. */
const METADATA = { hasleader: 'true' };

interface Source {
  readonly dispatcher: Dispatcher;
  readonly request: raftkvpb.FeedSubscribeRequest.$Properties & { readonly name: string };
}

/** Consumes a feed as one of its workers. @throws RaftKvError */
export function consumeFeed(
  dispatcher: Dispatcher,
  name: string,
  { worker = randomUUID(), ttlSeconds = 0, inFlightBytes = 0, signal }: FeedOptions,
): AsyncGenerator<FeedBatch, void, undefined> {
  const ended = new AbortController();
  const request = { name, worker, ttl: ttlSeconds, inFlightBytes };
  return endable(batches({ dispatcher, request }, { signal, ended: ended.signal }), () => ended.abort());
}

/** @param options.ended aborted when the consumer stops */
async function* batches(
  source: Source,
  { signal, ended }: { readonly signal: AbortSignal | undefined; readonly ended: AbortSignal },
): AsyncGenerator<FeedBatch, void, undefined> {
  const either = new AbortController();
  const forget = onAbort([ended, signal], () => either.abort(signal?.reason));
  try {
    yield* fromMemberToMember(source, either.signal);
  } finally {
    forget();
  }
}

/** Subscribes again at the next member when one fails: what was not acknowledged is delivered again. */
async function* fromMemberToMember(
  { dispatcher, request }: Source,
  signal: AbortSignal,
): AsyncGenerator<FeedBatch, void, undefined> {
  const { connectTimeoutMs, timeoutMs, unreachableMs } = dispatcher.settings;
  const members = dispatcher.endpoints.length;
  const reach = new Reach();
  let answered = false;
  let renewals = 0;
  for (let attempt = 0; ; attempt++) {
    dispatcher.checkOpen(signal);
    let failure: RaftKvError | undefined;
    const options = { deadlineMs: Infinity, connectTimeoutMs, signal, kind: FEED_SUBSCRIBE.kind, metadata: METADATA };
    try {
      const responses = dispatcher.connection(attempt).stream(FEED_SUBSCRIBE, request, options);
      for await (const batch of joined(dispatcher, request.name, responses)) {
        answered = true;
        renewals = 0;
        if (batch !== undefined) yield batch;
      }
      reach.working();
    } catch (error) {
      if (!(error instanceof RaftKvError)) throw error;
      const renews = answered && dispatcher.hasUser && mayRenew(error, renewals);
      if (!isWorthAnotherMember(error) && !renews) throw error;
      if (renews) renewals++;
      if (!isUnreachable(error)) reach.working();
      else {
        failure = error;
        reach.failed(error);
      }
    }
    const roundOver = attempt % members === members - 1;
    const limits = { totalMs: timeoutMs, unreachableMs: answered ? timeoutMs : Math.min(timeoutMs, unreachableMs) };
    const isInsecure = !answered && reach.isInsecure(members);
    if (failure !== undefined && (isInsecure || reach.isOver(limits, roundOver))) throw dispatcher.noneReached(failure);
    if (roundOver) await dispatcher.pause(Math.floor(attempt / members), { deadlineMs: Infinity, signal });
  }
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
    // Whoever acknowledges a batch is done with those before it.
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
