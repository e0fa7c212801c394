import { raftkvpb as pb } from '../../gen/proto.js';
import { methodAt } from '../calls/method.js';

// The methods of the Index service.

/** A repeat with the same definition is answered with the index that exists. */
export const INDEX_CREATE = methodAt('write', '/raftkvpb.Index/Create', {
  request: pb.IndexCreateRequest,
  response: pb.IndexCreateResponse,
});
/** A repeat would be refused because of the first attempt. */
export const INDEX_DROP = methodAt('write', '/raftkvpb.Index/Drop', {
  request: pb.IndexDropRequest,
  response: pb.IndexDropResponse,
});
export const INDEX_LIST = methodAt('read', '/raftkvpb.Index/List', {
  request: pb.IndexListRequest,
  response: pb.IndexListResponse,
});
export const INDEX_STATUS = methodAt('read', '/raftkvpb.Index/Status', {
  request: pb.IndexStatusRequest,
  response: pb.IndexStatusResponse,
});
/** One page of a query. The others come from any member. */
export const INDEX_QUERY = methodAt('read', '/raftkvpb.Index/Query', {
  request: pb.IndexQueryRequest,
  response: pb.IndexQueryResponse,
});
