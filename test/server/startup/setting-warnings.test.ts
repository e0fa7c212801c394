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
