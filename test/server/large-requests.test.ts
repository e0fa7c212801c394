import { join } from 'node:path';
import { expect } from 'chai';
import { resolveConfig } from '../../src/server/settings/config.js';
import { startMember, type Member } from '../../src/server/member.js';
import { defined } from '../../src/util/assert.js';
import { EtcdClient } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { freePorts } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

const MIB = 1024 * 1024;

/**
 * Members accepted gRPC's default of 4 MiB from each other, whatever they accepted from clients. With a larger --max-
 * request-bytes, one put of 6 MB entered the leader's log but reached no follower: they broke the link at each attempt,
 * and nothing was committed again, even after restarts. With the defaults, three large puts at a follower were
 * forwarded as one message, which was lost with everything else on the link.
 */
describe('large requests between members', function () {
  this.timeout(300_000);
  let folder: string;
  let members: Member[] = [];
  let clients: EtcdClient[] = [];

  async function start(maxRequestBytes: number): Promise<void> {
    const ports = await freePorts(6);
    const [clientPorts, peerPorts] = [ports.slice(0, 3), ports.slice(3)];
    const cluster = peerPorts.map((port, i) => `n${i}=http://127.0.0.1:${port}`).join(',');
    members = await Promise.all(
      peerPorts.map((peerPort, i) =>
        startMember(
          resolveConfig({
            name: `n${i}`,
            'data-dir': join(folder, `n${i}`),
            'listen-client-urls': `http://127.0.0.1:${clientPorts[i]}`,
            'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
            'initial-cluster': cluster,
            'max-request-bytes': String(maxRequestBytes),
          }),
        ),
      ),
    );
    clients = clientPorts.map((port) => new EtcdClient(`127.0.0.1:${port}`));
    await poll(
      'all members know the leader',
      () => members.every((member) => member.status().leader !== undefined) || undefined,
    );
  }

  beforeEach(() => {
    folder = makeTemporaryFolder('large');
  });

  afterEach(async () => {
    for (const client of clients) client.close();
    await Promise.all(members.map((member) => member.stop()));
    removeFolder(folder);
  });

  it("are replicated if --max-request-bytes is far above gRPC's default", async () => {
    await start(10 * MIB);
    for (const [i, client] of clients.entries()) {
      const answer = await client.put(`large-${i}`, 'x'.repeat(6 * MIB), { timeoutMs: 10_000 });
      expect(answer.kind, `the put at member ${i}`).to.equal('ok');
    }
  });

  it('are replicated if many arrive at a follower at the same time', async () => {
    await start(1.5 * MIB);
    const follower = members.findIndex((member) => member.status().role === 'follower');
    const client = defined(clients[follower], 'a follower');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => client.put(`many-${i}`, 'x'.repeat(1.4 * MIB), { timeoutMs: 10_000 })),
    );
    expect(answers.map((answer) => answer.kind)).to.deep.equal(answers.map(() => 'ok'));
  });
});
