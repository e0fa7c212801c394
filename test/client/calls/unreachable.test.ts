import { expect } from 'chai';
import type { Client } from '../../../src/client/index.js';
import { FakeEtcd } from '../../support/fake-etcd.js';
import { clientErrorOf } from '../../support/rejections.js';
import { openedServers } from '../opened-servers.js';

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) void _;
}

const CALLS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  'a read': (client) => client.get('a'),
  'a write': (client) => client.put('a', '1'),
  'a watch': (client) => drain(client.watch({ key: 'a' })),
  'a candidacy': (client) => client.campaign('chair', 'me'),
  'a lock': (client) => client.lock('door'),
  'an observation': (client) => drain(client.observe('chair')),
  'a renewal of a lease': (client) => client.leaseKeepAliveOnce(7n),
  'a snapshot': (client) => drain(client.snapshot()),
  'a transfer of the leadership': (client) => client.moveLeader('2'),
};

describe('With no member reachable, the client names all endpoints, and gives up after unreachableMs, for', () => {
  const { start, connect } = openedServers(() => FakeEtcd.start());

  for (const [title, call] of Object.entries(CALLS)) {
    // A watch and an observation named only the last endpoint, after the whole timeout of a call, while a read named
    // all of them much earlier.
    it(title, async () => {
      const endpoints: string[] = [];
      for (let server = 0; server < 3; server++) {
        const fake = await start();
        fake.stop();
        endpoints.push(fake.endpoint);
      }
      const error = await clientErrorOf(call(connect(endpoints, { timeoutMs: 600_000, unreachableMs: 100 })));
      expect(error).to.include({ code: 'unavailable', fate: 'not-applied', retryable: true });
      expect(error.message).to.match(new RegExp(`^no member can be reached at ${endpoints.join(', ')} \\(last tried `));
    });
  }
});
