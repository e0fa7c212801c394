import { expect } from 'chai';
import { DEFAULT_NODE_CONFIG } from '../../../src/node/config.js';
import { readFileSync } from 'node:fs';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { type RawSettings } from '../../../src/server/settings/table.js';
import { deriveIdentity } from '../../../src/server/membership/identity.js';
import { checkInitialCluster } from '../../../src/server/startup/initial-cluster.js';
import { ConfigError, listenAddress } from '../../../src/server/settings/urls.js';
import { RAFTKV_VERSION } from '../../../src/server/settings/version.js';

function refusal(raw: RawSettings): string {
  try {
    resolveConfig(raw);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the settings were accepted');
}

describe('resolveConfig', () => {
  it('describes a single node on ports 2379 and 2380 by default', () => {
    const config = resolveConfig({});
    expect(config.dataDir).to.equal('raftkv.data');
    expect(config.listenClientUrls).to.deep.equal(['http://localhost:2379']);
    expect(config.listenPeerUrls).to.deep.equal(['http://localhost:2380']);
    expect(config.initialCluster).to.deep.equal([{ name: 'default', peerUrls: ['http://localhost:2380'] }]);
  });

  const refusals: [string, RawSettings, RegExp][] = [
    ['an unknown name', { nonsense: '1' }, /unknown setting nonsense$/],
    ['a misspelt name', { 'data-dri': '1' }, /unknown setting data-dri \(did you mean data-dir\?\)$/],
    ['a misspelt name in camel case', { dataDri: '1' }, /unknown setting dataDri \(did you mean dataDir\?\)$/],
    ['a URL without a port', { 'listen-client-urls': 'http://127.0.0.1' }, /listen-client-urls.*host and a port/],
    ['a URL without a scheme', { 'listen-peer-urls': '127.0.0.1:2380' }, /listen-peer-urls.*scheme/],
    ['a URL with an unknown scheme', { 'listen-client-urls': 'ftp://127.0.0.1:1' }, /is not a URL with a scheme/],
    ['a socket of the file system for members', { 'listen-peer-urls': 'unix:///run/a.sock' }, /over TCP, use http/],
    ['a socket without a path', { 'listen-client-urls': 'unix://' }, /names no socket/],
    ['a socket of the file system with TLS for members', { 'listen-peer-urls': 'unixs:///a' }, /over TCP, use https/],
    ['a port above 65535', { 'listen-client-urls': 'http://127.0.0.1:99999' }, /port above 65535/],
    ['an election timeout as short as a heartbeat', { 'election-timeout': '100' }, /less than five times/],
    ['a count that is not a number', { 'snapshot-count': 'many' }, /whole number/],
    ['a duration without a unit', { 'watch-progress-notify-interval': '10' }, /1ms to 24h.*1h30m/],
    ['a duration with trailing characters', { 'watch-progress-notify-interval': '10m5x' }, /1ms to 24h/],
    ['an origin with a path', { cors: 'http://ui.example/page' }, /--cors: .* is neither an origin/],
    ['an origin without a scheme', { cors: 'ui.example' }, /--cors: .* is neither an origin/],
    ['a host with a port', { 'host-whitelist': 'lb.example:2379' }, /--host-whitelist: .*without a port/],
    ['a host that is a URL', { 'host-whitelist': 'http://lb.example' }, /--host-whitelist: .*without a port/],
    ['an unknown level of metrics', { metrics: 'full' }, /--metrics full: must be one of basic, extensive/],
    ['an unknown log level', { 'log-level': 'loud' }, /one of debug, info, warn, error/],
    ['an empty data directory', { 'data-dir': '' }, /--data-dir must not/],
    ['a retention that is not a duration', { 'auto-compaction-retention': 'soon' }, /a duration from 0s to/],
    ['a retention below a second', { 'auto-compaction-retention': '1ms' }, /at least 1s/],
    [
      'a retention by age in the mode "revision"',
      { 'auto-compaction-mode': 'revision', 'auto-compaction-retention': '1h' },
      /whole number/,
    ],
    ['a quota that is not a number', { 'quota-backend-bytes': '2GB' }, /--quota-backend-bytes 2GB: .*whole number/],
    ['an empty name', { name: '' }, /--name must not be empty/],
  ];
  for (const [what, raw, says] of refusals) {
    it(`refuses ${what} in one line`, () => {
      const message = refusal(raw);
      expect(message).to.match(says);
      expect(message).not.to.include('\n');
    });
  }

  it('reads durations as Go writes them', () => {
    const read = (text: string): number =>
      resolveConfig({ 'watch-progress-notify-interval': text }).watchProgressIntervalMs;
    expect(['250ms', '10m0s', '1h30m', '1.5s'].map(read)).to.deep.equal([250, 600_000, 5_400_000, 1500]);
    expect(resolveConfig({}).watchProgressIntervalMs).to.equal(600_000);
  });

  it('accepts the older name of a setting, but not both names', () => {
    const every = (raw: RawSettings): number => resolveConfig(raw).corruptCheckMs;
    expect(every({})).to.equal(0);
    expect(every({ 'corrupt-check-time': '4h' })).to.equal(every({ 'experimental-corrupt-check-time': '240m' }));
    expect(refusal({ 'corrupt-check-time': '1h', 'experimental-corrupt-check-time': '1h' })).to.match(/one of them/);
    expect(refusal({ 'experimental-corrupt-check-time': 'often' })).to.match(
      /^--experimental-corrupt-check-time often/,
    );
  });

  it('reads booleans', () => {
    const check = (value: string): boolean => resolveConfig({ 'initial-corrupt-check': value }).initialCorruptCheck;
    expect([resolveConfig({}).initialCorruptCheck, check('false'), check('true')]).to.deep.equal([false, false, true]);
    expect(refusal({ 'initial-corrupt-check': 'maybe' })).to.match(/one of true, false/);
  });

  it("reads etcd's forms of retention and quota", () => {
    const retention = (value: string, mode = 'periodic') =>
      resolveConfig({ 'auto-compaction-mode': mode, 'auto-compaction-retention': value }).autoCompaction;
    expect(retention('0')).to.deep.equal({ mode: 'off' });
    expect(retention('0s')).to.deep.equal({ mode: 'off' });
    expect(retention('2')).to.deep.equal({ mode: 'periodic', retentionMs: 7_200_000 });
    expect(retention('1h30m')).to.deep.equal({ mode: 'periodic', retentionMs: 5_400_000 });
    expect(retention('1000', 'revision')).to.deep.equal({ mode: 'revision', retention: 1000 });
    const quota = (value: string) => resolveConfig({ 'quota-backend-bytes': value }).quotaBackendBytes;
    expect(['0', '-1', '8589934592'].map(quota)).to.deep.equal([2 * 1024 ** 3, -1, 8 * 1024 ** 3]);
  });

  // An embedded core cut its log after 100,000 entries, and the page on operations said 10,000.
  it('has the same defaults as the node', () => {
    const { snapshotCount, heartbeatIntervalMs, electionTimeoutMs, leaseMs, preVote } = resolveConfig({});
    expect(DEFAULT_NODE_CONFIG).to.include({
      snapshotCount,
      heartbeatMs: heartbeatIntervalMs,
      electionMs: electionTimeoutMs,
      leaseMs,
      preVote,
    });
  });

  it("keeps a port that is the scheme's default", () => {
    const { listenClientUrls } = resolveConfig({ 'listen-client-urls': 'http://127.0.0.1:80,http://[::1]:8080' });
    expect(listenClientUrls.map(listenAddress)).to.deep.equal([
      { host: '127.0.0.1', port: 80 },
      { host: '::1', port: 8080 },
    ]);
  });
});

describe('checkInitialCluster', () => {
  const cases: [string, RawSettings, RegExp][] = [
    ['an initial cluster without members', { 'initial-cluster': ',' }, /--initial-cluster names no member/],
    ['a member without a URL', { 'initial-cluster': 'default' }, /"default" is not NAME=URL/],
    ['a cluster without this member', { 'initial-cluster': 'a=http://127.0.0.1:1' }, /does not name this member/],
    [
      'other URLs for this member',
      { name: 'a', 'initial-cluster': 'a=http://127.0.0.1:1' },
      /initial-cluster has a=.*, but --initial-advertise-peer-urls is/,
    ],
    [
      'two members with one URL',
      { 'initial-cluster': 'default=http://localhost:2380,b=http://localhost:2380' },
      /default and b share/,
    ],
  ];
  for (const [what, raw, says] of cases) {
    it(`refuses ${what}`, () => expect(() => checkInitialCluster(resolveConfig(raw))).to.throw(ConfigError, says));
  }
});

/**
 * A member advertised 0.0.0.0, so clients and members on other machines connected to themselves. Other forms of that
 * address, as 0 and [::ffff:0:0], were advertised still.
 */
describe('listening on all addresses', () => {
  const forms = ['0.0.0.0', '[::]', '[0:0::0]', '[::0.0.0.0]', '0', '0.0', '0x0', '[::ffff:0.0.0.0]', '[::ffff:0:0]'];
  for (const host of forms) {
    it(`is refused without an address to advertise: ${host}`, () => {
      expect(refusal({ 'listen-client-urls': `http://127.0.0.1:1,http://${host}:2379` })).to.equal(
        `--listen-client-urls http://${host}:2379 is not an address that clients can connect to: ` +
          'set --advertise-client-urls to the address of this machine',
      );
      const peers = resolveConfig({ 'listen-peer-urls': `http://${host}:2380` });
      expect(() => checkInitialCluster(peers)).to.throw(
        ConfigError,
        /set --initial-advertise-peer-urls to the address/,
      );
    });
  }

  it('is not meant by addresses and names that only resemble it', () => {
    const listenClientUrls = ['0.0.0.1', '[::1]', '[::ffff:0:1]', '[::1:0:0]', 'a0', '0.example'].map(
      (host) => `http://${host}:2379`,
    );
    expect(resolveConfig({ listenClientUrls }).advertiseClientUrls).to.deep.equal(listenClientUrls);
  });

  it('is possible with an address to advertise', () => {
    const config = resolveConfig({
      'listen-client-urls': 'http://0.0.0.0:2379',
      'advertise-client-urls': 'http://10.0.0.1:2379',
      'listen-peer-urls': 'http://0.0.0.0:2380',
      'initial-advertise-peer-urls': 'http://10.0.0.1:2380',
    });
    checkInitialCluster(config);
    expect(config.advertiseClientUrls).to.deep.equal(['http://10.0.0.1:2379']);
  });
});

describe('URLs', () => {
  /** A trailing comma and `HTTP://` were refused; etcd accepts both. */
  it('may have a scheme in capitals, a slash at the end, and empty parts between the members', () => {
    const { listenPeerUrls, initialCluster } = resolveConfig({
      'listen-peer-urls': 'HTTP://127.0.0.1:2380/',
      'initial-cluster': 'default=http://127.0.0.1:2380,,b=Http://127.0.0.1:2,',
    });
    expect(listenPeerUrls).to.deep.equal(['http://127.0.0.1:2380']);
    expect(initialCluster).to.deep.equal([
      { name: 'default', peerUrls: ['http://127.0.0.1:2380'] },
      { name: 'b', peerUrls: ['http://127.0.0.1:2'] },
    ]);
  });

  it('may name a socket of the file system, for clients', () => {
    const { listenClientUrls, listenMetricsUrls } = resolveConfig({
      'listen-client-urls': 'unix:///run/a.sock,UNIX://relative.sock',
      'listen-metrics-urls': 'unix:///run/metrics.sock',
    });
    expect(listenClientUrls.map(listenAddress)).to.deep.equal([{ path: '/run/a.sock' }, { path: 'relative.sock' }]);
    expect(listenMetricsUrls).to.deep.equal(['unix:///run/metrics.sock']);
  });
});

/** An embedding program could pass only text, and a misspelt setting was found at run time. */
describe('resolveConfig with typed options', () => {
  it('reads values of each kind, by flag name or in camel case', () => {
    const typed = resolveConfig({
      name: 'a',
      dataDir: '/data',
      'heartbeat-interval': 50,
      electionTimeout: 500,
      watchProgressNotifyInterval: 90_500,
      autoCompactionRetention: '1h',
      quotaBackendBytes: -1,
      preVote: false,
      initialClusterState: 'existing',
      listenPeerUrls: ['http://127.0.0.1:1', 'http://127.0.0.1:2'],
      initialCluster: [
        { name: 'a', peerUrls: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] },
        { name: 'b', peerUrls: ['http://127.0.0.1:3'] },
      ],
      logLevel: undefined,
    });
    const text = resolveConfig({
      name: 'a',
      'data-dir': '/data',
      'heartbeat-interval': '50',
      'election-timeout': '500',
      'watch-progress-notify-interval': '1m30.5s',
      'auto-compaction-retention': '1h',
      'quota-backend-bytes': '-1',
      'pre-vote': 'false',
      'initial-cluster-state': 'existing',
      'listen-peer-urls': 'http://127.0.0.1:1,http://127.0.0.1:2',
      'initial-cluster': 'a=http://127.0.0.1:1,a=http://127.0.0.1:2,b=http://127.0.0.1:3',
    });
    expect(typed).to.deep.equal(text);
  });

  it('refuses to compile a misspelt name and a value of a wrong type, and refuses both at run time', () => {
    // @ts-expect-error a misspelt name
    expect(() => resolveConfig({ dataDirectory: '/data' })).to.throw(ConfigError, 'unknown setting dataDirectory');
    // @ts-expect-error a number for a list of URLs
    expect(() => resolveConfig({ listenPeerUrls: 2380 })).to.throw(ConfigError, /--listen-peer-urls: "2380"/);
    // @ts-expect-error a number for a boolean
    expect(() => resolveConfig({ preVote: 2 })).to.throw(ConfigError, '--pre-vote 2: must be one of true, false');
    // @ts-expect-error an object for a number
    expect(() => resolveConfig({ electionTimeout: {} })).to.throw(ConfigError, '--election-timeout: a value of type');
    expect(() => resolveConfig({ electionTimeout: Number.NaN })).to.throw(ConfigError, '--election-timeout NaN');
    expect(() => resolveConfig({ watchProgressNotifyInterval: Number.NaN })).to.throw(ConfigError, /NaN.*24h/);
    expect(() => resolveConfig({ dataDir: 'a', 'data-dir': 'b' })).to.throw(ConfigError, 'given twice');
  });
});

describe('the ids of a new cluster', () => {
  const cluster = [
    { name: 'a', peerUrls: ['http://127.0.0.1:1'] },
    { name: 'b', peerUrls: ['http://127.0.0.1:2'] },
  ];

  it('are the same on every member, whatever the order of its flags, and safe integers', () => {
    const one = deriveIdentity({ initialCluster: cluster, token: 't' });
    const other = deriveIdentity({ initialCluster: [...cluster].reverse(), token: 't' });
    expect(other).to.deep.equal(one);
    for (const id of [one.clusterId, ...one.members.map((member) => member.id)]) {
      expect(Number.isSafeInteger(id) && id > 0, String(id)).to.equal(true);
    }
  });

  it('differ with the token', () => {
    const one = deriveIdentity({ initialCluster: cluster, token: 't' });
    const other = deriveIdentity({ initialCluster: cluster, token: 'u' });
    expect(other.clusterId).not.to.equal(one.clusterId);
    expect(other.members.map(({ id }) => id)).not.to.deep.equal(one.members.map(({ id }) => id));
  });
});

it('the version is the one of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(RAFTKV_VERSION).to.equal(version);
});
