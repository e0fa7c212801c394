import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { wholeBody } from '../../../src/kv/format/wire.js';
import type { UnaryCall } from '../../../src/rpc/service.js';
import type { Evaluate } from '../../../src/server/requests/reader.js';
import { leaseService } from '../../../src/server/services/lease-service.js';
import { assert, defined } from '../../../src/util/assert.js';
import { OPEN_ACCESS } from '../../support/open-access.js';
import { expectShortTurns } from '../../support/time-limits.js';

const keys = Array.from({ length: 500_000 }, (_, at) => Buffer.from(`key/${at}`));

// The keys of a lease were checked and encoded in one turn. A user may attach any number of its keys to one lease.
describe('a lease with very many keys', () => {
  it('is reported without a hold of the event loop', async () => {
    let evaluate: Evaluate | undefined;
    const methods = leaseService({
      store: { appliedIndex: () => 1, keysOfLease: () => Promise.resolve({ keys, revision: 7 }) } as never,
      headers: undefined as never,
      writes: undefined as never,
      reader: { serve: (_call, _options, read) => void (evaluate = read) },
      access: OPEN_ACCESS,
      lessor: {
        ask: (_call, _question, done) => done({ kind: 'found', ttlSeconds: 60, remainingMs: 5_000 }),
        endsMs: () => undefined,
        order: {},
      },
      clock: { soon: (callback) => void setImmediate(callback) },
      random: undefined as never,
      ttlMinSeconds: 1,
    });
    const method = defined(
      methods.find(({ path }) => path.endsWith('LeaseTimeToLive')),
      'the method',
    );
    assert(method.kind === 'unary', 'it has one answer');
    const request = etcdserverpb.LeaseTimeToLiveRequest.encode({ ID: 1, keys: true }).finish();
    method.handle({} as UnaryCall, method.decode(request));
    let answer: Awaited<ReturnType<Evaluate>> | undefined;
    await expectShortTurns(async () => (answer = await defined(evaluate, 'the read')()), { limitMs: 40 });
    assert(answer?.kind === 'ok', 'it has an answer');
    const { keys: found, TTL } = etcdserverpb.LeaseTimeToLiveResponse.decode(wholeBody(answer.body));
    expect([Number(TTL), found.length, String(found.at(-1))]).to.deep.equal([5, keys.length, 'key/499999']);
  });
});
