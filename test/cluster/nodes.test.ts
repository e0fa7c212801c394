import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { clusterCertificates, tlsOf } from '../../cluster/certificates.js';
import { clientEndpoint, serveArguments, type Certificates, type Member } from '../../cluster/members.js';
import { findLeader } from '../../cluster/probe.js';
import { enableAuth, rootUser } from '../../cluster/root-user.js';
import { Client, type ClientOptions } from '../../src/client/index.js';
import { poll } from '../support/poll.js';
import { clientErrorOf } from '../support/rejections.js';
import { freePorts, RAFTKV, ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

describe('the nodes of make cluster', function () {
  this.timeout(120_000);
  let folder: string;
  let members: readonly Member[];
  const processes: ServerProcess[] = [];
  const clients: Client[] = [];

  beforeEach(async () => {
    folder = makeTemporaryFolder('cluster-nodes');
    const ports = await freePorts(6);
    members = [0, 1, 2].map((at) => ({
      name: `node${at + 1}`,
      clientPort: ports[2 * at] ?? 0,
      peerPort: ports[2 * at + 1] ?? 0,
    }));
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await Promise.all(processes.splice(0).map((each) => each.kill()));
    removeFolder(folder);
  });

  function startNodes(certificates?: Certificates): void {
    for (const member of members) {
      const dataDir = join(folder, member.name);
      const words = serveArguments({ member, members, dataDir, token: 't', certificates });
      processes.push(new ServerProcess([...RAFTKV, ...words, '--bcrypt-cost', '4'], process.cwd()));
    }
  }

  function clientWith(options: Omit<ClientOptions, 'endpoints'>): Client {
    const client = new Client({ endpoints: members.map(clientEndpoint), ...options });
    clients.push(client);
    return client;
  }

  const untilReady = (client: Client): Promise<Member> =>
    poll('a leader', () => findLeader(members, 3, client), 60_000);

  it('use certificates that are made once, with TLS=1', async () => {
    const certificates = await clusterCertificates(join(folder, 'certs'), members);
    startNodes(certificates);
    const tls = tlsOf(certificates);
    expect(members).to.include(await untilReady(clientWith({ ...(tls && { tls }) })));
    expect(await findLeader(members, 1, clientWith({})), 'without a certificate').to.equal(undefined);
    const again = await clusterCertificates(join(folder, 'certs'), members);
    expect(again.client).to.deep.equal(certificates.client);
  });

  it('have a root with a password that is made once, with TLS=1 AUTH=1', async () => {
    const certificates = await clusterCertificates(join(folder, 'certs'), members);
    startNodes(certificates);
    const tls = tlsOf(certificates);
    const root = rootUser(folder);
    expect(statSync(root.file).mode & 0o777).to.equal(0o600);
    expect(rootUser(folder)).to.deep.equal(root);
    const credentials = { ...(tls && { tls }), user: root.user, password: root.password };
    const client = clientWith(credentials);
    await untilReady(client);
    await enableAuth(client, root);
    await client.put('a', 'b');
    expect(members, 'with authentication').to.include(await untilReady(client));
    const anonymous = clientWith({ ...(tls && { tls }) });
    expect(await clientErrorOf(anonymous.get('a'))).to.have.property('code', 'unauthenticated');
    expect(await findLeader(members, 1, anonymous)).to.equal(undefined);
    // A second start, by a client that finds authentication on.
    await enableAuth(clientWith(credentials), root);
    expect((await client.auth.userList()).users).to.deep.equal(['root']);
    writeFileSync(root.file, 'another\n');
    const other = rootUser(folder);
    const denied = await enableAuth(clientWith({ ...credentials, password: other.password }), other).catch(String);
    expect(denied).to.match(/^Error: root has another password than that in .*root-password; make clean-cluster/);
  });

  it('are prepared again where an earlier start was interrupted, with AUTH=1', async () => {
    startNodes();
    const root = rootUser(folder);
    const client = clientWith({ user: root.user, password: root.password });
    await untilReady(client);
    await client.auth.userAdd('root', { password: 'of another attempt' });
    await client.auth.userGrantRole('root', 'root');
    await enableAuth(client, root);
    expect((await client.auth.status()).enabled).to.equal(true);
    expect(readFileSync(root.file, 'utf8').trim()).to.equal(root.password);
  });
});
