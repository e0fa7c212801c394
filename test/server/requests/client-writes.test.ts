import { expect } from 'chai';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { Code } from '../../../src/rpc/status.js';
import { poll } from '../../support/poll.js';
import { LoneMember } from '../lone-member.js';
import { bytesField } from '../raw-proto.js';

const { MemberListResponse } = etcdserverpb;

describe('ClientWrites', () => {
  let member: LoneMember;

  afterEach(async () => {
    await member.dispose();
  });

  // With --max-request-bytes 1 a member refused its own command to publish its client URLs, at each attempt.
  it('limits the requests of clients, and not the commands of the member itself', async () => {
    member = await LoneMember.start({ 'max-request-bytes': '1' });
    await poll('the client URLs are published', async () => {
      const { body } = await member.raw('/etcdserverpb.Cluster/MemberList', Buffer.alloc(0));
      const [own] = MemberListResponse.decode(body).members;
      return (own?.clientURLs ?? []).length > 0 || undefined;
    });
    const refused = await member.raw('/etcdserverpb.KV/Put', bytesField(1, Buffer.from('key')));
    expect(refused).to.include({ code: Code.INVALID_ARGUMENT, details: 'etcdserver: request is too large' });
  });
});
