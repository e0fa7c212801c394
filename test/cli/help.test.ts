import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { leaves, PAGE, updatedPage } from '../../scripts/cli-reference.js';
import { GROUPS } from '../../src/server/startup/settings/setting.js';
import { runCommand } from './run-command.js';

describe('the help of raftkv', () => {
  const helpOf = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand([...words, '--help']);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };

  it('has an example for every command', async () => {
    const all = await leaves();
    expect(all.length).to.be.greaterThan(35);
    for (const { path } of all) {
      const examples = (await helpOf(...path.split(' '))).split('\nExamples:\n')[1] ?? '';
      const lines = examples.split('\n').filter((line) => line.startsWith('  ') && !line.startsWith('  #'));
      expect(lines, path).not.to.deep.equal([]);
      expect(
        lines.some((line) => line.includes(`raftkv ${path}`)),
        path,
      ).to.equal(true);
    }
  });

  it('lists the commands by group', async () => {
    const headings = (await helpOf()).match(/^\S.*:$/gm);
    expect(headings).to.include.members(['Server:', 'Keys:', 'Leases and locks:', 'Cluster:', 'Backup and transfer:']);
  });

  it('lists the flags of serve by group', async () => {
    const headings = (await helpOf('serve')).match(/^\S.*:$/gm) ?? [];
    expect(headings.filter((line) => GROUPS.some((group) => line === `${group}:`))).to.deep.equal(
      GROUPS.map((group) => `${group}:`),
    );
  });

  it('is the reference in docs/CLI.md (node --import tsx scripts/cli-reference.ts writes it)', async () => {
    const text = readFileSync(PAGE, 'utf8');
    expect(await updatedPage(text)).to.equal(text);
  });
});
