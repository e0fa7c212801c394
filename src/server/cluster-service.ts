import { etcdserverpb } from '../gen/proto.js';
import type { KvStore } from '../kv/store.js';
import { unary, type Method } from '../rpc/service.js';
import type { Reader } from './reader.js';

const { MemberListRequest, MemberListResponse } = etcdserverpb;

export interface ClusterServiceOptions {
  readonly store: KvStore;
  readonly reader: Reader;
}

/** etcd's Cluster service. */
export function clusterService({ store, reader }: ClusterServiceOptions): readonly Method[] {
  return [
    unary({
      path: '/etcdserverpb.Cluster/MemberList',
      decode: (body) => MemberListRequest.decode(body),
      handle: (call, request) => {
        const options = {
          level: request.linearizable ? 'consistent' : 'stale',
          maxStalenessMs: undefined,
          atLeastRevision: 0,
          extended: false,
          trailers: false,
        } as const;
        reader.serve(call, options, () => ({
          kind: 'ok',
          // etcd's member answers carry no revision.
          revision: 0,
          appliedIndex: store.appliedIndex(),
          body: MemberListResponse.encode({
            members: store.members().map(({ id, name, peerUrls, clientUrls, isLearner }) => ({
              ID: id,
              name,
              peerURLs: [...peerUrls],
              clientURLs: [...clientUrls],
              isLearner,
            })),
          }).finish(),
        }));
      },
    }),
  ];
}
