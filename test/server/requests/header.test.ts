import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { Headers } from '../../../src/server/requests/header.js';
import { toBigInt } from '../../../src/util/integer.js';

const { PutResponse } = etcdserverpb;

// Headers are encoded without the codec, as each write has a different one.
describe('Headers', () => {
  for (const revision of [0, 1, 127, 128, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    for (const term of [0, 1, 300]) {
      it(`encodes revision ${revision} in term ${term} as the codec reads it`, () => {
        const headers = new Headers({ clusterId: 2 ** 52 + 1, memberId: 7, term: () => term });
        const { header } = PutResponse.decode(headers.prepend(revision, Buffer.alloc(0)));
        expect({
          clusterId: toBigInt(header?.clusterId),
          memberId: toBigInt(header?.memberId),
          revision: toBigInt(header?.revision),
          raftTerm: toBigInt(header?.raftTerm),
        }).to.deep.equal({
          clusterId: 2n ** 52n + 1n,
          memberId: 7n,
          revision: BigInt(revision),
          raftTerm: BigInt(term),
        });
      });
    }
  }

  it('does not mix the headers of two terms', () => {
    let term = 1;
    const headers = new Headers({ clusterId: 1, memberId: 2, term: () => term });
    const terms = [1, 2, 2].map((next) => {
      term = next;
      return Number(PutResponse.decode(headers.prepend(5, Buffer.alloc(0))).header?.raftTerm);
    });
    expect(terms).to.deep.equal([1, 2, 2]);
  });
});
