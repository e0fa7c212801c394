import type { etcdserverpb } from '../../gen/proto.js';
import { isReadOnlyTxn } from '../../kv/commands/checks.js';
import type { CallContext } from '../../rpc/service.js';
import type { Status } from '../../rpc/status.js';
import type { Check } from './gate.js';
import { readOptions, type ReadFields } from './read-level.js';
import type { ReceivedTxn } from './received-txn.js';

/** Whether a learner serves a request. */
type Rule = (call: CallContext, request: never) => boolean;

const always: Rule = () => true;

/** The requests that a learner serves, as in etcd: its own status, and stale reads. */
const SERVED: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/etcdserverpb.KV/Range', staleRead],
  ['/etcdserverpb.KV/Txn', staleReadTxn],
  ['/raftkvpb.Index/Query', staleRead],
  // These check the level themselves, as it comes with the request.
  ['/etcdserverpb.KV/RangeStream', always],
  ['/raftkvpb.Index/QueryStream', always],
  ['/etcdserverpb.Cluster/MemberList', (_call, request: etcdserverpb.MemberListRequest) => !request.linearizable],
  ['/etcdserverpb.Maintenance/Status', always],
  ['/etcdserverpb.Maintenance/Snapshot', always],
  ['/grpc.health.v1.Health/Check', always],
  ['/grpc.health.v1.Health/Watch', always],
]);

/**
 * Refuses other requests while this member is no voter.
 * @param refusal the reason; undefined for a voter
 */
export function learnerCheck(refusal: () => Status | undefined): Check {
  return (call, { path, request }) => {
    const refused = refusal();
    return refused === undefined || SERVED.get(path)?.(call, request as never) === true ? undefined : refused;
  };
}

function staleReadTxn(call: CallContext, received: ReceivedTxn): boolean {
  return received.kind === 'decoded' && isReadOnlyTxn(received.txn) && staleRead(call, received.txn);
}

/** Also true for invalid options, which the handler refuses. */
function staleRead(call: CallContext, fields: ReadFields): boolean {
  const options = readOptions(call, fields);
  return options.kind === 'error' || options.value.level === 'stale';
}
