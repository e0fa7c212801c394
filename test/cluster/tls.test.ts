import { join } from 'node:path';
import { expect } from 'chai';
import { clusterCertificates, secretsOf } from '../../cluster/certificates.js';
import { serveArguments, type Member } from '../../cluster/members.js';
import { findLeader } from '../../cluster/probe.js';
import { poll } from '../support/poll.js';
import { freePorts, RAFTKV, ServerProcess } from '../support/server-process.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';

describe('make cluster TLS=1', function () {
  this.timeout(120_000);

  it('runs three nodes with certificates that it makes once', async () => {
    const folder = makeTemporaryFolder('cluster-tls');
    const ports = await freePorts(6);
    const members: Member[] = [0, 1, 2].map((at) => ({
      name: `node${at + 1}`,
      clientPort: ports[2 * at] ?? 0,
      peerPort: ports[2 * at + 1] ?? 0,
    }));
    const certificates = await clusterCertificates(join(folder, 'certs'), members);
    const processes = members.map((member) => {
      const dataDir = join(folder, member.name);
      return new ServerProcess(
        [...RAFTKV, ...serveArguments({ member, members, dataDir, token: 't', certificates })],
        process.cwd(),
      );
    });
    try {
      const leader = await poll('a leader', () => findLeader(members, 3, secretsOf(certificates)), 60_000);
      expect(members).to.include(leader);
      expect(await findLeader(members, 1), 'without a certificate').to.equal(undefined);
      const again = await clusterCertificates(join(folder, 'certs'), members);
      expect(again.client).to.deep.equal(certificates.client);
    } finally {
      await Promise.all(processes.map((each) => each.kill()));
      removeFolder(folder);
    }
  });
});
