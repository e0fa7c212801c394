import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { seededRandom } from '../../../src/util/random.js';
import { ownRevision, UserCalls, type UserCall } from './user-calls.js';

const { DeleteRangeResponse, LeaseRevokeResponse, PutResponse, TxnResponse } = etcdserverpb;

/**
 * A user revoked a lease without keys. The answer has the revision of the last write, which was that of another client
 * whose own answer was lost. The simulator took it for the revision of the revocation, did not look for the lost write
 * there, and reported a key with one version more than it knew of (seed 39 of the planted bug `tokens-outlive-a-snapshot`).
 */
describe("the revision of a user's call in the simulator", () => {
  const header = { revision: 147 };
  const drawn = (text: string): UserCall => {
    const random = seededRandom(1);
    const calls = new UserCalls();
    calls.leases.push(7n);
    for (let tries = 0; tries < 1000; tries++) {
      const call = calls.draw(random);
      if (call.text.startsWith(text)) return call;
    }
    throw new Error(`no call ${text}`);
  };

  it('is that of no revocation of a lease: its end counts with the calls that attach keys to it', () => {
    const call = drawn('revokes');
    expect(call.revisions).to.equal(0);
    expect(ownRevision(call, LeaseRevokeResponse.encode({ header }).finish())).to.equal(undefined);
  });

  it('is that of a deletion only if it deleted something', () => {
    const call = drawn('deletes');
    expect(ownRevision(call, DeleteRangeResponse.encode({ header, deleted: 0 }).finish())).to.equal(undefined);
    expect(ownRevision(call, DeleteRangeResponse.encode({ header, deleted: 2 }).finish())).to.equal(147);
  });

  it('is that of every put, alone or in a transaction', () => {
    for (const text of ['puts u/a=value', 'puts u/b=value'])
      expect(ownRevision(drawn(text), PutResponse.encode({ header }).finish())).to.equal(147);
    const inTxn = { ...drawn('puts'), path: '/etcdserverpb.KV/Txn' };
    expect(ownRevision(inTxn, TxnResponse.encode({ header, succeeded: true }).finish())).to.equal(147);
  });
});
