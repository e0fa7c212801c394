import { once } from 'node:events';
import { expect } from 'chai';
import type { RawSettings } from '../../src/server/settings/table.js';
import { LIMITS, type Limit } from '../../src/util/limit-hits.js';
import { callHeaders, resetOf } from '../rpc/raw-http2.js';
import { connectionLimits } from './limits/connections.js';
import { LimitedMember } from './limits/limited-member.js';
import { frameRateLimits } from './limits/rates.js';
import { requestLimits } from './limits/requests.js';
import { watchAndUserLimits } from './limits/users.js';
import { bytesField } from './raw-proto.js';

const ONE_RANGE = bytesField(2, bytesField(1, bytesField(1, Buffer.from('key'))));
const TWO_RANGES = Buffer.concat([ONE_RANGE, ONE_RANGE]);

/** Bounds that the reference host has too: what exceeds each. */
const GRPC_JS_CASES: readonly (readonly [Limit, RawSettings, (member: LimitedMember) => Promise<unknown>])[] = [
  [
    'request_bytes',
    { 'max-request-bytes': '1000' },
    ({ lone }) => lone.raw('/etcdserverpb.KV/Range', Buffer.alloc(600_000)),
  ],
  ['txn_ops', { 'max-txn-ops': '1' }, ({ lone }) => lone.raw('/etcdserverpb.KV/Txn', TWO_RANGES)],
  [
    'reset_rate',
    {},
    async (member) => {
      const client = await member.http2();
      const closed = once(client.socket, 'close');
      const path = '/etcdserverpb.Watch/Watch';
      for (let at = 0; at < 900; at++) client.write(callHeaders({ path, streamId: 2 * at + 1 }), resetOf(2 * at + 1));
      await closed;
    },
  ],
];

/** It takes 100,000 log-ins: see test/server/auth/simple-tokens.test.ts. */
const TESTED_WITHOUT_A_MEMBER: readonly Limit[] = ['tokens'];

describe('the limits of a member', () => {
  const member = new LimitedMember();

  afterEach(async () => await member.dispose());

  it('are in the metrics from the start, with 0', async () => {
    await member.start();
    expect(await member.hits()).to.deep.equal(new Map(LIMITS.map((limit) => [limit, 0])));
  });

  connectionLimits(member);
  requestLimits(member);
  frameRateLimits(member);
  watchAndUserLimits(member);

  describe('with --rpc-host grpc-js', () => {
    for (const [limit, settings, send] of GRPC_JS_CASES) {
      it(`count ${limit} too`, async () => {
        await member.start({ 'rpc-host': 'grpc-js', ...settings });
        await send(member);
        await member.expectHit(limit);
      });
    }
  });

  // Suites run after the tests beside them, so that this one sees what all of them have hit.
  describe('as a whole', () => {
    it('are each hit by a test above', function () {
      const ranAll = everyTest(this.test?.parent?.parent).every((test) => test === this.test || test.isPassed());
      if (!ranAll) this.skip();
      const missing = LIMITS.filter((limit) => !member.seen.has(limit) && !TESTED_WITHOUT_A_MEMBER.includes(limit));
      expect(missing).to.deep.equal([]);
    });
  });
});

function everyTest(suite: Mocha.Suite | undefined): Mocha.Test[] {
  return suite === undefined ? [] : [...suite.tests, ...suite.suites.flatMap(everyTest)];
}
