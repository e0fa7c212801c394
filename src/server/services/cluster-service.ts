import { etcdserverpb } from '../../gen/proto.js';
import { toApiMember } from '../../kv/membership/members.js';
import type { KvStore } from '../../kv/store.js';
import { unary, type Method, type UnaryCall } from '../../rpc/service.js';
import { clampInteger } from '../../util/integer.js';
import type { Access } from '../requests/access.js';
import type { Headers } from '../requests/header.js';
import type { ChangeOutcome, MemberChanges } from '../membership/member-changes.js';
import { PLAIN_READ, type ReadOptions } from '../requests/read-level.js';
import type { Reader } from '../requests/reader.js';

const { MemberAddRequest, MemberListRequest, MemberListResponse } = etcdserverpb;
const { MemberPromoteRequest, MemberRemoveRequest, MemberUpdateRequest } = etcdserverpb;

export interface ClusterServiceOptions {
  readonly store: Pick<KvStore, 'members' | 'appliedIndex'>;
  readonly reader: Pick<Reader, 'serve'>;
  readonly access: Access;
  readonly headers: Headers;
  readonly changes: MemberChanges;
}

/** etcd's Cluster service. */
export function clusterService(options: ClusterServiceOptions): readonly Method[] {
  const { store, reader, access, headers, changes } = options;
  /** Method for a change, answered with the resulting members. */
  const change = <Request>(
    name: string,
    decode: (body: Uint8Array) => Request,
    begin: (call: UnaryCall, request: Request, done: (outcome: ChangeOutcome) => void) => void,
  ): Method =>
    unary({
      path: `/etcdserverpb.Cluster/${name}`,
      decode,
      handle: (call, request) => {
        begin(call, request, (outcome) => {
          if (outcome.kind === 'failed') call.fail(outcome.status);
          // As in etcd, the header has no revision.
          else call.respond(headers.prepend(0, outcome.body));
        });
      },
    });

  return [
    unary({
      path: '/etcdserverpb.Cluster/MemberList',
      decode: (body) => MemberListRequest.decode(body),
      handle: (call, request) => {
        const options: ReadOptions = { ...PLAIN_READ, level: request.linearizable ? 'consistent' : 'stale' };
        reader.serve(call, options, () => {
          // Again, by the state of the answer: the user may have lost its rights while the call waited for it.
          const refused = access.enabled ? access.refusal({ call, concernsKeys: false }) : undefined;
          if (refused !== undefined) return { kind: 'refused', status: refused };
          return {
            kind: 'ok',
            revision: 0,
            appliedIndex: store.appliedIndex(),
            body: MemberListResponse.encode({ members: store.members().map(toApiMember) }).finish(),
          };
        });
      },
    }),
    change(
      'MemberAdd',
      (body) => MemberAddRequest.decode(body),
      (call, { peerURLs, isLearner }, done) => changes.add(call, { peerUrls: peerURLs, isLearner }, done),
    ),
    change(
      'MemberPromote',
      (body) => MemberPromoteRequest.decode(body),
      (call, { ID }, done) => changes.promote(call, clampInteger(ID), done),
    ),
    change(
      'MemberRemove',
      (body) => MemberRemoveRequest.decode(body),
      (call, { ID }, done) => changes.remove(call, clampInteger(ID), done),
    ),
    change(
      'MemberUpdate',
      (body) => MemberUpdateRequest.decode(body),
      (call, { ID, peerURLs }, done) => changes.update(call, { id: clampInteger(ID), peerUrls: peerURLs }, done),
    ),
  ];
}
