import { expect } from 'chai';
import { raftkvpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { stream } from '../../../src/rpc/service.js';
import { SMALL_REQUEST_BYTES, withSmallRequests } from '../../../src/server/requests/small-requests.js';
import { defined } from '../../../src/util/assert.js';
import { startLoneVirtualMember, warningsOf, type LoneVirtualMember } from '../lone-virtual-member.js';

/** Field 1 with an empty message, again and again. */
const emptyMessages = (bytes: number): Buffer => Buffer.alloc(bytes, Buffer.from([0x0a, 0x00]));
const TOO_LARGE = { code: Code.INVALID_ARGUMENT, message: 'raftkv: a request of this service has at most 65536 bytes' };

// 700,000 empty acknowledgements in a request of 1.4 MB were decoded before they were counted, in a turn of up to 126 ms.
describe('requests of services without values of users', () => {
  let lone: LoneVirtualMember;

  before(async () => {
    lone = await startLoneVirtualMember(0);
  });

  after(() => expect(warningsOf(lone)).to.deep.equal([]));

  for (const path of ['Feed/Ack', 'Feed/Create', 'Index/Create', 'Index/Query', 'Session/Open']) {
    it(`are refused before they are decoded if they are large: ${path}`, async () => {
      const refused = await lone.time.wait(lone.member.call(`/raftkvpb.${path}`, emptyMessages(1_400_000)));
      expect(refused).to.deep.equal({ kind: 'error', status: TOO_LARGE });
      // Its end is missing: a decoder finds that at once.
      const broken = emptyMessages(1_400_000).subarray(0, -1);
      expect(await lone.time.wait(lone.member.call(`/raftkvpb.${path}`, broken))).to.deep.equal(refused);
    });
  }

  it('are decoded up to the bound', async () => {
    const name = 'n'.repeat(SMALL_REQUEST_BYTES - 4);
    const request = raftkvpb.IndexDropRequest.encode({ name }).finish();
    expect(request.length).to.equal(SMALL_REQUEST_BYTES);
    const result = await lone.time.wait(lone.member.call('/raftkvpb.Index/Drop', request));
    expect(result.kind === 'error' ? result.status.code : result.kind).to.equal(Code.NOT_FOUND);
  });

  it('are refused by a stream in the same way', () => {
    let decoded = 0;
    const method = stream('server-stream', {
      path: '/raftkvpb.Feed/Subscribe',
      decode: () => void decoded++,
      handle: () => undefined,
    });
    const { decode } = defined(withSmallRequests([method])[0], 'the method');
    expect(() => decode(Buffer.alloc(SMALL_REQUEST_BYTES + 1))).to.throw('at most 65536 bytes');
    decode(Buffer.alloc(SMALL_REQUEST_BYTES));
    expect(decoded).to.equal(1);
  });
});
