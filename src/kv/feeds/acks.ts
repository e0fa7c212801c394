import type { raftkvpb } from '../../gen/proto.js';
import type { Rights } from '../auth/auth-state.js';
import type { Draft } from '../commands/draft.js';
import { emptyBody, type BodyMaker } from '../commands/writes.js';
import { kvError, type KvError } from '../errors.js';
import { clampInteger } from '../../util/integer.js';
import { mayFollow } from './commands.js';
import { FEED_ACKS_MAX, type Feed } from './feed.js';

type Ack = raftkvpb.FeedAck.$Properties;

/** Units of work of the check of an acknowledgement. */
const CHECK_UNITS = 1;

/** How acknowledgements are checked. */
export interface AckRules {
  /** Of the user; undefined while authentication is off. */
  readonly rights: Rights | undefined;
  /** Whether one that moves no cursor is refused, so that what comes with it has no second effect. */
  readonly mustMove: boolean;
}

/** Applies a request: all of its acknowledgements, or none. */
export function ackFeeds(
  draft: Draft,
  { acks }: raftkvpb.FeedAckRequest,
  rights: Rights | undefined,
): BodyMaker | KvError {
  const checked = checkAcks(draft, acks, { rights, mustMove: false });
  if (checked !== undefined) return checked;
  applyAcks(draft, acks);
  return emptyBody;
}

/** Why acknowledgements are refused, in the state before any of them. */
export function checkAcks(draft: Draft, acks: readonly Ack[], rules: AckRules): KvError | undefined {
  if (acks.length > FEED_ACKS_MAX) return kvError('too-many-ops');
  draft.feeds.spent(acks.length * CHECK_UNITS);
  const seen = new Set<string>();
  for (const ack of acks) {
    const error = checkAck(draft, ack, rules);
    if (error !== undefined) return error;
    const partition = `${ack.feed} ${ack.partition}`;
    if (seen.has(partition)) return kvError('invalid-feed');
    seen.add(partition);
  }
  return undefined;
}

function checkAck(draft: Draft, ack: Ack, { rights, mustMove }: AckRules): KvError | undefined {
  const feed = draft.feeds.get(ack.feed ?? '');
  if (feed === undefined) return kvError('feed-not-found');
  if (!mayFollow(feed, rights)) return kvError('permission-denied');
  if (feed.broken > 0) return kvError('feed-broken');
  const partition = feed.partitions[ack.partition ?? 0];
  if (partition === undefined) return kvError('invalid-feed');
  if (clampInteger(ack.epoch) !== partition.epoch) return kvError('feed-epoch');
  const revision = clampInteger(ack.revision);
  const after = clampInteger(ack.after);
  if (revision > draft.revision) return kvError('future-revision');
  if (after > partition.cursor) return kvError('feed-position');
  return mustMove && revision <= partition.cursor ? kvError('feed-position') : undefined;
}

/** Moves the cursors of acknowledgements that have been checked. None moves back. */
export function applyAcks(draft: Draft, acks: readonly Ack[]): void {
  for (const ack of acks) {
    const feed = draft.feeds.get(ack.feed ?? '');
    if (feed !== undefined) draft.feeds.set(moved(feed, ack.partition ?? 0, clampInteger(ack.revision)));
  }
}

function moved(feed: Feed, partition: number, revision: number): Feed {
  const known = feed.partitions[partition];
  if (known === undefined || revision <= known.cursor) return feed;
  return { ...feed, partitions: feed.partitions.with(partition, { ...known, cursor: revision }) };
}
