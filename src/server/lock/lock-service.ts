import { etcdserverpb, v3lockpb } from '../../gen/proto.js';
import { unary, type Method } from '../../rpc/service.js';
import { toBigInt } from '../../util/integer.js';
import { EMPTY } from '../../util/bytes.js';
import { kvError } from '../../kv/errors.js';
import { refused } from './store-calls.js';
import { serveSteps, type LockServiceOptions } from './steps.js';

const { LockRequest, LockResponse, UnlockRequest } = v3lockpb;

/** etcd's Lock service. The revision that created the key is the fencing token (docs/OPERATIONS.md). */
export function lockService(options: LockServiceOptions): readonly Method[] {
  const { calls, queues, leaseOr, headers, revision } = options;
  return [
    unary({
      path: '/v3lockpb.Lock/Lock',
      decode: (body) => LockRequest.decode(body),
      handle: (call, { name, lease }) =>
        serveSteps(call, options, async () => {
          const own = await leaseOr(call, toBigInt(lease));
          const place = await queues.join(call, { name, lease: own, value: EMPTY });
          const storeRevision = (await queues.turn(call, place)) ? revision() : place.storeRevision;
          call.respond(headers.prepend(storeRevision, LockResponse.encode({ key: place.key }).finish()));
        }),
    }),
    unary({
      path: '/v3lockpb.Lock/Unlock',
      decode: (body) => UnlockRequest.decode(body),
      handle: (call, { key }) =>
        serveSteps(call, options, async () => {
          if (key.length === 0) throw refused(kvError('empty-key'));
          const request = etcdserverpb.DeleteRangeRequest.encode({ key }).finish();
          const { revision: storeRevision } = await calls.propose(call, {
            kind: 'deleteRange',
            request,
            spaceBytes: 0,
          });
          call.respond(headers.prepend(storeRevision, EMPTY));
        }),
    }),
  ];
}
