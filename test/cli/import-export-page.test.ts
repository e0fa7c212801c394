import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FORMATS, type FormatName } from '../../src/cli/transfer/formats.js';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/IMPORT-EXPORT.md'), 'utf8');

const PAIRS = [
  ['colour', 'blue'],
  ['path', 'C:\\temp'],
  ['two lines', 'first\nsecond'],
  ['bytes', '\x00\xff'],
  ['no value', ''],
];

describe('The page on import and export formats', () => {
  for (const name of Object.keys(FORMATS) as FormatName[]) {
    it(`shows an example in ${name} that import reads as it says`, () => {
      const [, example = ''] = new RegExp(`^\`\`\`${name}\\n(.*?)^\`\`\`$`, 'ms').exec(PAGE) ?? [];
      const pairs = example
        .trimEnd()
        .split('\n')
        .map((line) => FORMATS[name].parse(Buffer.from(line)));
      const texts = pairs.map((pair) => [pair?.key.toString('latin1'), pair?.value.toString('latin1')]);
      expect(texts).to.deep.equal(PAIRS);
    });

    it(`describes what export writes in ${name}`, () => {
      for (const [key = '', value = ''] of PAIRS) {
        const pair = { key: Buffer.from(key, 'latin1'), value: Buffer.from(value, 'latin1') };
        const line = FORMATS[name].format(pair);
        expect(FORMATS[name].parse(line.subarray(0, -1))).to.deep.equal(pair);
        if (value !== '' && name === 'jsonl') expect(PAGE).to.contain(line.toString('latin1'));
      }
    });
  }
});
