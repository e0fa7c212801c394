import { expect } from 'chai';
import type { Client } from '../../../src/client/index.js';
import * as methods from '../../../src/client/calls/methods.js';
import { txn, op } from '../../../src/client/index.js';
import { stream, type Method } from '../../../src/rpc/service.js';
import { Code } from '../../../src/rpc/status.js';
import { ServedHost } from '../../rpc/served-host.js';
import { endpointOf, LoneMember } from '../../server/lone-member.js';
import { openedServers } from '../opened-servers.js';

const TEXT = 'etcdserver: rpc not supported for learner';

/** A learner that refuses every call, with the code of either etcd version. */
class Learner {
  refusals = 0;
  #served: ServedHost | undefined;

  static async start(code: Code): Promise<Learner> {
    const learner = new Learner();
    const paths = new Set(Object.values(methods).map(({ path }) => path));
    learner.#served = await ServedHost.start([...paths].map((path) => learner.#refuse(path, code)));
    return learner;
  }

  #refuse(path: string, code: Code): Method {
    return stream<Uint8Array>('bidi', {
      path,
      decode: (body) => body,
      handle: (call) => {
        this.refusals++;
        call.fail({ code, message: TEXT });
      },
    });
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#served?.port ?? 0}`;
  }

  async stop(): Promise<void> {
    await this.#served?.stop();
  }
}

async function first<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('the stream ended without an item');
}

const CALLS: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  put: (client) => client.put('a', '1'),
  get: (client) => client.get('a'),
  'get at a level of its own': (client) => client.get('a', { consistency: 'consistent' }),
  delete: (client) => client.delete('b'),
  txn: (client) => client.txn(txn().do(op.put('a', '2'))),
  watch: async (client) => {
    await using watch = client.watch({ key: 'a' });
    await watch.started;
  },
  lease: async (client) => {
    await using lease = await client.lease(10);
    expect((await client.leaseKeepAliveOnce(lease.id)).ttlSeconds).to.equal(10);
  },
  lock: async (client) => {
    await using lock = await client.lock('door');
    expect(lock.revision).to.be.above(0);
  },
  'campaign and observe': async (client) => {
    await using leadership = await client.campaign('chair', 'me');
    await leadership.proclaim('me, again');
    expect((await first(client.observe('chair'))).kv.valueText()).to.equal('me, again');
  },
  snapshot: (client) => first(client.snapshot()),
  memberList: (client) => client.memberList(),
  alarms: (client) => client.alarms(),
};

describe('With a learner as its first endpoint, the client is served by a voter', () => {
  let voter: LoneMember;
  const { start, connect } = openedServers((code: Code) => Learner.start(code));

  before(async () => {
    voter = await LoneMember.start();
  });

  after(() => voter.dispose());

  // etcd changed the code in 3.6. Its older clients try another member only after UNAVAILABLE.
  for (const name of ['UNAVAILABLE', 'FAILED_PRECONDITION'] as const) {
    for (const [title, call] of Object.entries(CALLS)) {
      it(`after a refusal with ${name}: ${title}`, async () => {
        const learner = await start(Code[name]);
        await call(connect([learner.endpoint, endpointOf(voter.member)]));
        expect(learner.refusals).to.be.above(0);
      });
    }
  }
});
