import type { etcdserverpb } from '../../gen/proto.js';
import { isReadOnlyTxn } from '../../kv/commands/checks.js';
import type { CallContext } from '../../rpc/service.js';
import { Errors } from './errors.js';
import type { Check } from './gate.js';
import { readOptions, type ReadFields } from './read-level.js';

/** Whether a learner serves this request. */
type Rule = (call: CallContext, request: never) => boolean;

const always: Rule = () => true;

/** What a learner serves, as etcd's does: what it says of itself, and reads of what it happens to have. */
const SERVED: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['/etcdserverpb.KV/Range', staleRead],
  ['/etcdserverpb.KV/Txn', (call, { request }: TxnAsked) => isReadOnlyTxn(request) && staleRead(call, request)],
  // Asks itself, once it has been told what is to be read.
  ['/etcdserverpb.KV/RangeStream', always],
  ['/etcdserverpb.Cluster/MemberList', (_call, request: etcdserverpb.MemberListRequest) => !request.linearizable],
  ['/etcdserverpb.Maintenance/Status', always],
  ['/etcdserverpb.Maintenance/Snapshot', always],
  ['/grpc.health.v1.Health/Check', always],
  ['/grpc.health.v1.Health/Watch', always],
]);

interface TxnAsked {
  readonly request: etcdserverpb.TxnRequest;
}

/** Refuses what a learner does not serve, as long as this member is one. */
export function learnerCheck(isLearner: () => boolean): Check {
  return (call, { path, request }) => {
    if (!isLearner() || SERVED.get(path)?.(call, request as never) === true) return undefined;
    return Errors.learner;
  };
}

/** One that is asked for wrongly is told so by its handler. */
function staleRead(call: CallContext, fields: ReadFields): boolean {
  const options = readOptions(call, fields);
  return options.kind === 'error' || options.value.level === 'stale';
}
