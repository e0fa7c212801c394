import { raftkvpb as pb } from '../../gen/proto.js';
import { methodAt } from '../calls/method.js';

// The methods of the Feed service.

export const FEED_CREATE = methodAt('write', '/raftkvpb.Feed/Create', {
  request: pb.FeedCreateRequest,
  response: pb.FeedCreateResponse,
});
export const FEED_DELETE = methodAt('write', '/raftkvpb.Feed/Delete', {
  request: pb.FeedDeleteRequest,
  response: pb.FeedDeleteResponse,
});
export const FEED_RESET = methodAt('write', '/raftkvpb.Feed/Reset', {
  request: pb.FeedResetRequest,
  response: pb.FeedResetResponse,
});
export const FEED_LIST = methodAt('read', '/raftkvpb.Feed/List', {
  request: pb.FeedListRequest,
  response: pb.FeedListResponse,
});
/** Answered by a stream. A repeat takes the place of the first attempt. */
export const FEED_SUBSCRIBE = methodAt('read', '/raftkvpb.Feed/Subscribe', {
  request: pb.FeedSubscribeRequest,
  response: pb.FeedSubscribeResponse,
});
/** A repeat finds the cursor where the first attempt moved it. */
export const FEED_ACK = methodAt('read', '/raftkvpb.Feed/Ack', {
  request: pb.FeedAckRequest,
  response: pb.FeedAckResponse,
});
