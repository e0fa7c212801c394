import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { findSetting } from '../../src/server/settings/table.js';
import { LIMITS } from '../../src/util/limit-hits.js';

interface Row {
  readonly label: string;
  readonly defaultText: string;
  readonly setting: string | undefined;
}

/** The rows of the tables in docs/LIMITS.md. */
function rows(): Row[] {
  const page = readFileSync(new URL('../../docs/LIMITS.md', import.meta.url), 'utf8');
  return page.split('\n').flatMap((line) => {
    const cells = line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim());
    const [, label] = /^`([a-z_]+)`$/.exec(cells[0] ?? '') ?? [];
    if (label === undefined) return [];
    expect(cells.length, line).to.equal(6);
    const [, setting] = /^`(.*)`$/.exec(cells[3] ?? '') ?? [];
    return [{ label, defaultText: cells[2] ?? '', setting }];
  });
}

describe('docs/LIMITS.md', () => {
  it('has every limit that is counted, and no other', () => {
    expect(new Set(rows().map(({ label }) => label))).to.deep.equal(new Set(LIMITS));
  });

  it('names settings that exist, with their defaults', () => {
    for (const { label, defaultText, setting } of rows()) {
      if (setting === undefined) continue;
      const found = findSetting(setting);
      expect(found, `the setting of ${label}`).not.to.equal(undefined);
      const stated = /^\d+\w*/.exec(defaultText)?.[0];
      if (stated !== undefined && found?.defaultText !== undefined) expect(stated, label).to.equal(found.defaultText);
    }
  });
});
