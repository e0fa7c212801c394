import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { MEMBER_ERROR_CODES } from '../../src/server/member-error.js';

describe('the documentation page on embedding', () => {
  it('lists every code of MemberError with its meaning and its remedy', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/EMBEDDING.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| +(\S.*?) +\| +(\S.*?) +\|$/gm)];
    expect(rows.map(([, code]) => code)).to.deep.equal(MEMBER_ERROR_CODES);
  });
});
