import * as fc from 'fast-check';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { wireLeaseId } from '../../../src/kv/leases/leases.js';
import { encode, TERM } from './fixture.js';
import type { Model, ModelAnswer } from './model.js';
import { LEASES } from './requests.js';

/** Every lease id of the requests. */
export const ALL_LEASES: readonly bigint[] = [...LEASES, 9n, -1n];

const id = fc.constantFrom(...ALL_LEASES, 0n);
const ttl = fc.oneof(fc.integer({ min: -2, max: 100 }), fc.constantFrom(9_000_000_000, 9_000_000_001, 2 ** 53 - 1));

const term = fc.constantFrom(TERM, TERM, TERM, TERM - 1, TERM + 1);
/** 0 is the index of the leases that a store starts with. */
const grantedIndex = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50 }));

/** Commands that grant and end leases. */
export const leaseWrite: fc.Arbitrary<{
  readonly kind: 'leaseGrant' | 'leaseRevoke' | 'leaseExpire';
  readonly request: Uint8Array;
  readonly ask: (model: Model) => ModelAnswer;
}> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ id, ttl }).map(({ id, ttl }) => {
      const request: etcdserverpb.LeaseGrantRequest.$Properties = { ID: wireLeaseId(id), TTL: ttl };
      return {
        kind: 'leaseGrant' as const,
        request: etcdserverpb.LeaseGrantRequest.encode(request).finish(),
        ask: (model: Model) => model.leaseGrant(request),
      };
    }),
  },
  {
    weight: 1,
    arbitrary: id.map((id) => ({
      kind: 'leaseRevoke' as const,
      request: encode.leaseRevoke(id)[1],
      ask: (model: Model) => model.leaseRevoke(id),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ id, grantedIndex, term }).map(({ id, grantedIndex, term }) => ({
      kind: 'leaseExpire' as const,
      request: encode.leaseExpire(id, { grantedIndex, term })[1],
      ask: (model: Model) => model.leaseExpire(id, { grantedIndex, sameTerm: term === TERM }),
    })),
  },
);
