import { expect } from 'chai';
import { resolveConfig } from '../../../src/server/settings/config.js';
import { warnOfSettings } from '../../../src/server/startup/setting-warnings.js';
import { RecordingLogger } from '../../support/recording-logger.js';

/** 0.0.0.0 was advertised without a word if it was given explicitly, and clients on other machines called themselves. */
describe('advertised URLs without an address', () => {
  const warnings = (settings: Readonly<Record<string, string>>): readonly unknown[] => {
    const logger = new RecordingLogger();
    warnOfSettings(resolveConfig(settings), logger);
    return logger.lines.map(({ level, fields }) => [level, fields['setting'], fields['url']]);
  };

  it('cause one warning each', () => {
    const given = {
      'advertise-client-urls': 'http://10.0.0.1:2379,http://0.0.0.0:2379',
      'initial-advertise-peer-urls': 'http://[::]:2380',
    };
    // Other forms of these addresses caused none.
    const sameGiven = {
      'advertise-client-urls': 'http://0:2379',
      'initial-advertise-peer-urls': 'http://[::ffff:0.0.0.0]:2380',
    };
    expect(warnings(given)).to.deep.equal([
      ['warn', 'advertise-client-urls', 'http://0.0.0.0:2379'],
      ['warn', 'initial-advertise-peer-urls', 'http://[::]:2380'],
    ]);
    expect(warnings(sameGiven)).to.deep.equal([
      ['warn', 'advertise-client-urls', 'http://0:2379'],
      ['warn', 'initial-advertise-peer-urls', 'http://[::ffff:0.0.0.0]:2380'],
    ]);
  });

  it('are not found where all URLs have one', () => {
    expect(warnings({ 'advertise-client-urls': 'http://10.0.0.1:2379' })).to.deep.equal([]);
    expect(warnings({})).to.deep.equal([]);
  });
});

/** Without peer TLS, a process that reaches the peer port and states valid ids is a member. */
describe('a peer port that does not authenticate members', () => {
  const FILES = { 'peer-cert-file': 'a', 'peer-key-file': 'a' };
  const warned = (urls: string, settings: Readonly<Record<string, string>> = {}): readonly unknown[] => {
    const logger = new RecordingLogger();
    const addresses = { 'initial-advertise-peer-urls': 'http://10.0.0.1:2380', 'listen-peer-urls': urls };
    warnOfSettings(resolveConfig({ ...addresses, ...settings }), logger);
    return logger.lines.map(({ message, fields }) => [message, fields['url']]);
  };
  const message = 'the peer port does not authenticate members';

  it('causes a warning if it is reachable from other machines', () => {
    expect(warned('http://10.0.0.1:2380')).to.deep.equal([[message, 'http://10.0.0.1:2380']]);
    expect(warned('http://0.0.0.0:2380')).to.deep.equal([[message, 'http://0.0.0.0:2380']]);
    expect(warned('https://10.0.0.1:2380', FILES)).to.deep.equal([[message, 'https://10.0.0.1:2380']]);
    expect(warned('https://node1:2380', { 'peer-auto-tls': 'true' })).to.deep.equal([[message, 'https://node1:2380']]);
  });

  it('causes none on loopback, or with a CA for members', () => {
    expect(warned('http://127.0.0.1:2380,http://[::1]:2380,http://localhost:2380')).to.deep.equal([]);
    expect(warned('https://10.0.0.1:2380', { ...FILES, 'peer-trusted-ca-file': 'a' })).to.deep.equal([]);
  });
});
