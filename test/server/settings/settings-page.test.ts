import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { withSettings } from '../../../scripts/settings.js';
import { ETCD_SETTINGS } from '../../../src/server/settings/etcd-settings.js';
import { GROUPS } from '../../../src/server/settings/setting.js';
import { SETTING_NAMES, SETTINGS } from '../../../src/server/settings/table.js';

describe('the table of settings', () => {
  it('is what docs/OPERATIONS.md shows', () => {
    const page = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8');
    expect(page).to.equal(withSettings(page), 'run node --import tsx scripts/settings.ts');
    for (const name of SETTING_NAMES) expect(page, name).to.contain(`\`${name}\``);
  });

  it('names each setting once, and each in a group', () => {
    expect(new Set(SETTING_NAMES).size).to.equal(SETTING_NAMES.length);
    expect(new Set(SETTINGS.map(({ group }) => group))).to.deep.equal(new Set(GROUPS));
    expect(ETCD_SETTINGS.length).to.be.above(60);
  });

  it('has defaults that its settings accept', () => {
    for (const { flag, defaultText, parse } of SETTINGS) {
      if (defaultText !== undefined) expect(() => parse(defaultText, `--${flag}`), flag).not.to.throw();
    }
  });
});
