import { raftkvpb } from '../../gen/proto.js';
import { checkFeedCreate, mayFollow } from '../../kv/feeds/commands.js';
import { FEED_ACKS_MAX, type Feed } from '../../kv/feeds/feed.js';
import { feedStatus } from '../../kv/feeds/status.js';
import { kvError, type KvError } from '../../kv/errors.js';
import type { FeedCommandKind } from '../../kv/commands/command.js';
import type { KvStore, ReadResult } from '../../kv/store.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import type { Access } from '../requests/access.js';
import { answerCommand } from '../requests/command-answer.js';
import type { ClientWrites } from '../requests/client-writes.js';
import { statusOf } from '../requests/errors.js';
import type { ListTurns } from '../requests/list-turns.js';
import type { Headers } from '../requests/header.js';
import { PUT_OVERHEAD_BYTES } from '../requests/quota.js';
import { PLAIN_READ } from '../requests/read-level.js';
import type { Reader, RefusedRead } from '../requests/reader.js';

const { FeedCreateRequest, FeedDeleteRequest, FeedResetRequest, FeedListRequest, FeedAckRequest } = raftkvpb;

export interface FeedServiceOptions {
  readonly store: KvStore;
  readonly headers: Headers;
  readonly writes: ClientWrites;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
  readonly lists: ListTurns;
}

/** Time to encode a feed, a partition or a worker in a list, in microseconds. */
const FEED_UNITS = 2;

interface Received<T> {
  readonly bytes: Uint8Array;
  readonly request: T;
}

/** The Feed service, without the stream of Subscribe (subscriptions.ts). */
export function feedService({ store, headers, writes, reader, access, lists }: FeedServiceOptions): readonly Method[] {
  const write = <T>(
    path: string,
    options: {
      readonly kind: FeedCommandKind;
      readonly type: { decode(bytes: Uint8Array): T };
      readonly check?: (request: T) => KvError | undefined;
      readonly spaceBytes?: number;
    },
  ): Method => {
    const { kind, type, check, spaceBytes = 0 } = options;
    return unary({
      path: `/raftkvpb.Feed/${path}`,
      decode: (bytes): Received<T> => ({ bytes, request: type.decode(bytes) }),
      handle: (call: UnaryCall, { bytes, request }: Received<T>) => {
        const problem = check?.(request);
        if (problem !== undefined) return call.fail(statusOf(problem));
        writes.submit({
          call,
          kind,
          request: bytes,
          spaceBytes,
          done: (outcome) => answerCommand(call, headers, outcome),
        });
      },
    });
  };
  return [
    write('Create', {
      kind: 'feedCreate',
      type: FeedCreateRequest,
      check: checkFeedCreate,
      spaceBytes: PUT_OVERHEAD_BYTES,
    }),
    write('Delete', { kind: 'feedDelete', type: FeedDeleteRequest }),
    write('Reset', { kind: 'feedReset', type: FeedResetRequest }),
    write('Ack', {
      kind: 'feedAck',
      type: FeedAckRequest,
      check: ({ acks }) => (acks.length > FEED_ACKS_MAX ? kvError('too-many-ops') : undefined),
    }),
    unary({
      path: '/raftkvpb.Feed/List',
      decode: (bytes) => FeedListRequest.decode(bytes),
      handle: (call, { name }) => {
        reader.serve(call, { ...PLAIN_READ, level: 'consistent' }, () =>
          lists.run(() => list({ store, access, lists }, call, name)),
        );
      },
    }),
  ];
}

/** The feeds that a caller may read, with their lags; of one state. */
async function list(
  { store, access, lists }: Pick<FeedServiceOptions, 'store' | 'access' | 'lists'>,
  call: UnaryCall,
  name: string,
): Promise<ReadResult | RefusedRead> {
  const rights = access.enabled ? access.rightsOf(call) : undefined;
  if (rights !== undefined && !('kind' in rights)) return { kind: 'refused', status: rights };
  const revision = store.revision();
  const state = { revision, appliedIndex: store.appliedIndex() };
  const visible = (feed: Feed): boolean => mayFollow(feed, rights) && (name === '' || feed.name === name);
  const feeds = [...store.feeds().values()].filter(visible);
  if (name !== '' && feeds.length === 0) return { kind: 'error', ...state, error: kvError('feed-not-found') };
  feeds.sort((left, right) => (left.name < right.name ? -1 : 1));
  const body = await lists.encode({
    items: feeds,
    unitsOf: ({ partitions, workers }) => FEED_UNITS * (1 + partitions.length + workers.length),
    encode: (some) =>
      raftkvpb.FeedListResponse.encode({ feeds: some.map((feed) => feedStatus(feed, revision)) }).finish(),
  });
  return { kind: 'ok', ...state, body };
}
