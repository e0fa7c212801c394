import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { sessionProblem, splitSession } from '../../../src/kv/sessions/session-call.js';

const { PutRequest } = etcdserverpb;

describe('the session of a request', () => {
  const call = { session: 7, sequence: 3, acknowledged: 2 };
  const put = PutRequest.encode({ key: Buffer.from('k'), lease: 5 }).finish();
  const field = PutRequest.encode({ session: call }).finish();

  it('is taken out wherever it is', () => {
    for (const at of [0, 3, put.length]) {
      const { session, request } = splitSession(Buffer.concat([put.subarray(0, at), field, put.subarray(at)]));
      expect(session).to.deep.equal(call);
      expect(Buffer.from(request)).to.deep.equal(Buffer.from(put));
    }
    expect(splitSession(put)).to.deep.equal({ request: put, session: undefined });
  });

  // Each of them was taken out by a copy of the request and a call in the one before: megabytes of them held the event loop.
  it('is refused if there are many', () => {
    const many = Buffer.concat([put, ...Array.from({ length: 300_000 }, () => Buffer.from('da3e00', 'hex'))]);
    expect(() => splitSession(many)).to.throw(RangeError, 'at most one session');
  });

  // The walk ended at an unknown group, which the codec skips: the session behind it was ignored, and the write not deduplicated.
  it('is found behind groups and tags that are longer than they need to be, and not in a group', () => {
    const group = Buffer.from('a338da3e020809a438', 'hex');
    const long = Buffer.from('dabe80000408071003', 'hex');
    expect(splitSession(Buffer.concat([group, field])).session).to.deep.equal(call);
    expect(splitSession(group).session).to.equal(undefined);
    expect(splitSession(long).session).to.deep.equal({ ...call, acknowledged: 0 });
  });

  it('has numbers from 1 on, and acknowledges none above its own', () => {
    expect(sessionProblem(call)).to.equal(undefined);
    for (const wrong of [{ session: 0 }, { sequence: 0 }, { sequence: 2 ** 53 }, { acknowledged: 4 }]) {
      expect(sessionProblem({ ...call, ...wrong }), JSON.stringify(wrong)).to.be.a('string');
    }
  });
});
