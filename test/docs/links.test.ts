import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { brokenLinks } from './links.js';

const ROOT = resolve(import.meta.dirname, '..', '..');

describe('the documentation', () => {
  const pages = [
    ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const repository = {
    has: (path: string) => existsSync(join(ROOT, path)),
    read: (path: string) => readFileSync(join(ROOT, path), 'utf8'),
  };

  for (const page of pages) {
    it(`has no broken link in ${page}`, () => {
      expect(brokenLinks(page, repository)).to.deep.equal([]);
    });

    // The table of bugs named a test file that had been split.
    it(`names existing files in ${page}`, () => {
      const paths = [...repository.read(page).matchAll(/`((?:src|test|scripts|deploy|proto)\/[\w./-]+)`/g)];
      const missing = paths.map(([, path]) => path ?? '').filter((path) => !repository.has(path));
      expect(missing).to.deep.equal([]);
    });
  }
});
