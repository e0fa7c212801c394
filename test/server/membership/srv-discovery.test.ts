import { expect } from 'chai';
import { deriveIdentity } from '../../../src/server/membership/identity.js';
import { withDiscoveredCluster, type NameService } from '../../../src/server/membership/srv-discovery.js';
import { resolveConfig, type ServerConfig } from '../../../src/server/settings/config.js';
import { checkInitialCluster } from '../../../src/server/startup/initial-cluster.js';
import { ConfigError } from '../../../src/server/settings/urls.js';

const HOSTS = ['infra0.example.com', 'infra1.example.com', 'infra2.example.com'];

describe('--discovery-srv', () => {
  const asked: string[] = [];
  let served = 'http';
  const names: NameService = {
    resolveSrv: (name) => {
      asked.push(name);
      const scheme = name.startsWith('_etcd-server-ssl') ? 'https' : 'http';
      if (!name.endsWith('example.com') || scheme !== served) return Promise.reject(new Error('querySrv ENOTFOUND'));
      return Promise.resolve(HOSTS.map((host) => ({ name: host, port: 2380 })));
    },
    addresses: (host) =>
      HOSTS.includes(host) ? Promise.resolve([`10.0.0.${HOSTS.indexOf(host)}`]) : Promise.resolve([host]),
  };

  const configOf = (index: number, more: Parameters<typeof resolveConfig>[0] = {}): ServerConfig =>
    resolveConfig({
      name: `infra${index}`,
      discoverySrv: 'example.com',
      initialAdvertisePeerUrls: [`http://${HOSTS[index]}:2380`],
      ...more,
    });

  it('names all members of a new cluster, which all derive the same ids', async () => {
    const configs = await Promise.all([0, 1, 2].map((index) => withDiscoveredCluster(configOf(index), names)));
    expect(configs[1]?.initialCluster).to.deep.equal([
      { name: '0', peerUrls: ['http://infra0.example.com:2380'] },
      { name: 'infra1', peerUrls: ['http://infra1.example.com:2380'] },
      { name: '2', peerUrls: ['http://infra2.example.com:2380'] },
    ]);
    for (const config of configs) checkInitialCluster(config);
    const ids = configs.map(({ initialCluster }) => deriveIdentity({ initialCluster, token: 't' }).clusterId);
    expect(new Set(ids).size).to.equal(1);
  });

  it('names members with TLS by records of their own', async () => {
    served = 'https';
    const config = configOf(0, {
      initialAdvertisePeerUrls: ['https://infra0.example.com:2380'],
      listenPeerUrls: 'https://127.0.0.1:2380',
      peerAutoTls: true,
    });
    const { initialCluster } = await withDiscoveredCluster(config, names);
    served = 'http';
    expect(initialCluster.flatMap(({ peerUrls }) => peerUrls)).to.deep.equal(
      HOSTS.map((host) => `https://${host}:2380`),
    );
  });

  it('asks for another service with --discovery-srv-name', async () => {
    asked.length = 0;
    await withDiscoveredCluster(configOf(0, { discoverySrvName: 'foo' }), names);
    expect(asked).to.deep.equal(['_etcd-server-ssl-foo._tcp.example.com', '_etcd-server-foo._tcp.example.com']);
  });

  it('recognizes its own record by the address, and says which URL to advertise', async () => {
    const config = configOf(1, { initialAdvertisePeerUrls: ['http://10.0.0.1:2380'] });
    const discovered = await withDiscoveredCluster(config, names);
    expect(() => checkInitialCluster(discovered)).to.throw(
      ConfigError,
      /has infra1=http:\/\/infra1.example.com:2380, but/,
    );
  });

  it('is refused without records, without one for this member, and together with --initial-cluster', async () => {
    const refusal = (config: ServerConfig): Promise<string> =>
      withDiscoveredCluster(config, names).then(
        () => 'accepted',
        (error: unknown) => String(error),
      );
    expect(await refusal(configOf(0, { discoverySrv: 'example.org' }))).to.match(
      /no SRV records of _etcd-server-ssl\._tcp\.example\.org or _etcd-server\._tcp\.example\.org/,
    );
    expect(await refusal(configOf(0, { initialAdvertisePeerUrls: ['http://10.0.0.9:2380'] }))).to.match(
      /none of the SRV records .* is this member/,
    );
    expect(() => configOf(0, { initialCluster: 'infra0=http://infra0.example.com:2380' })).to.throw(
      ConfigError,
      /one of/,
    );
  });

  it('changes nothing where it is not used', async () => {
    const config = resolveConfig({});
    expect(await withDiscoveredCluster(config, names)).to.equal(config);
  });
});
