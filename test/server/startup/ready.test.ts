import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import { poll } from '../../support/poll.js';
import { endpointOf, LoneMember } from '../lone-member.js';

/**
 * A member reported that it serves before its client URLs were in the list of members, and with --max-request-bytes 1
 * it never published them.
 */
describe('Member.ready', () => {
  it('resolves once the list of members has the client URLs, whatever --max-request-bytes is', async () => {
    const lone = await LoneMember.start({ 'max-request-bytes': '1', name: 'n1' });
    const client = new Client({ endpoints: [endpointOf(lone.member)] });
    try {
      await lone.member.ready;
      const { members } = await client.memberList();
      expect(members.map(({ name, clientUrls }) => ({ name, clientUrls }))).to.deep.equal([
        { name: 'n1', clientUrls: lone.member.clientUrls },
      ]);
    } finally {
      await client.close();
      await lone.dispose();
    }
  });

  it('pends while there is no majority, and the member stops all the same', async () => {
    const cluster = 'default=http://127.0.0.1:0,n2=http://127.0.0.1:1';
    const lone = await LoneMember.start({
      'initial-cluster': cluster,
      'election-timeout': '50',
      'heartbeat-interval': '10',
    });
    try {
      await poll('an election', () => lone.member.status().role === 'pre-candidate' || undefined);
      const pending = Symbol('pending');
      expect(await Promise.race([lone.member.ready, Promise.resolve(pending)])).to.equal(pending);
    } finally {
      await lone.dispose();
    }
    await lone.member.closed;
  });
});
