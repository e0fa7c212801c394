import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { freePorts } from '../support/server-process.js';

const DESCRIPTORS = 400;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');

/**
 * With `ulimit -n 400`, 520 idle connections took every descriptor of a member; the next put needed one for a segment of
 * the log, and the member exited with EMFILE.
 */
describe('a member with few file descriptors', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;
  let metricsUrl: string;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    const [port] = await freePorts(1);
    metricsUrl = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await cluster.dispose();
  });

  /** Opens connections one after the other; each sends `first`, and stays. */
  async function occupy(port: number, count: number, first: Buffer): Promise<void> {
    for (let i = 0; i < count; i++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      sockets.push(socket);
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      if (first.length > 0) socket.write(first);
    }
  }

  async function metric(name: string, port: string): Promise<number> {
    const text = await (await fetch(`${metricsUrl}/metrics`)).text();
    return Number(new RegExp(`^${name}\\{port="${port}"\\} (\\d+)`, 'm').exec(text)?.[1]);
  }

  it('continues to write while clients open more connections than it has descriptors, and counts rejections', async () => {
    cluster = await ProcessCluster.start({
      size: 1,
      descriptorLimit: DESCRIPTORS,
      // The log goes from segment to segment, each a new file.
      flags: ['--wal-segment-bytes', '65536', '--listen-metrics-urls', metricsUrl],
    });
    const client = cluster.client(0);
    expectOk(await client.put('before', 'x'));
    const [member] = cluster.members;
    await occupy(member?.clientPort ?? 0, 520, PREFACE);
    await occupy(member?.peerPort ?? 0, 100, PREFACE);
    await occupy(Number(new URL(metricsUrl).port), 100, Buffer.alloc(0));
    for (let i = 0; i < 40; i++) expectOk(await client.put(`key-${i}`, 'v'.repeat(10_000)));
    expect(await metric('raftkv_connections_rejected_total', 'client')).to.be.at.least(300);
    expect(await metric('raftkv_connections_rejected_total', 'peer')).to.be.at.least(50);
    expect(await metric('raftkv_connections', 'client')).to.equal(await metric('raftkv_connections_max', 'client'));
    expect(cluster.process(0).running, cluster.logs()).to.equal(true);

    for (const socket of sockets.splice(0)) socket.destroy();
    await poll('their descriptors', async () => (await metric('raftkv_connections', 'client')) < 10 || undefined);
    await occupy(member?.clientPort ?? 0, 520, Buffer.alloc(0));
    // Connections that say nothing give way: a client that comes behind them is served.
    const response = await fetch(`http://127.0.0.1:${member?.clientPort}/version`);
    expect(response.status).to.equal(200);
  });

  it('keeps its links while strangers fill the ports of a cluster', async () => {
    cluster = await ProcessCluster.start({ descriptorLimit: DESCRIPTORS });
    const leader = await cluster.leader();
    const term = async (): Promise<string> => String(expectOk(await cluster.client(leader).status()).raftTerm);
    const before = await term();
    const member = cluster.members[leader];
    await occupy(member?.peerPort ?? 0, 200, PREFACE);
    await occupy(member?.clientPort ?? 0, 400, PREFACE);
    for (let i = 0; i < 20; i++) expectOk(await cluster.client(leader).put(`key-${i}`, 'v'));
    expect(await term(), cluster.logs()).to.equal(before);
  });
});
