import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { leaves, PAGE, updatedPage } from '../../scripts/cli-reference.js';
import { GROUPS } from '../../src/server/settings/setting.js';
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

  // `raftkv help frob` printed the whole usage, and `raftkv frob --help` the program's help with exit code 0.
  describe('of an unknown command is one line and exit code 1', () => {
    const cases: readonly [line: string, error: string][] = [
      ['frob', `unknown command 'frob': "raftkv --help" lists the commands`],
      ['help frob', `unknown command 'frob': "raftkv --help" lists the commands`],
      ['frob --help', `unknown command 'frob': "raftkv --help" lists the commands`],
      ['--help frob', `unknown command 'frob': "raftkv --help" lists the commands`],
      ['--endpoints a:1 help frob get', `unknown command 'frob': "raftkv --help" lists the commands`],
      ['gte', `unknown command 'gte' (did you mean get?)`],
      ['help gte', `unknown command 'gte' (did you mean get?)`],
      ['gte -h', `unknown command 'gte' (did you mean get?)`],
      ['member frob', `unknown command 'frob': "raftkv member --help" lists the commands`],
      ['help member frob', `unknown command 'frob': "raftkv member --help" lists the commands`],
      ['member frob --help', `unknown command 'frob': "raftkv member --help" lists the commands`],
      ['member help frob', `unknown command 'frob': "raftkv member --help" lists the commands`],
      ['help member lsit', `unknown command 'lsit' (did you mean list?)`],
      ['help downgrade', 'downgrade is not supported: raftkv has only one version of its storage schema'],
    ];
    for (const [line, error] of cases) {
      it(`raftkv ${line}`, async () => {
        const finished = await runCommand(line.split(' '));
        expect(finished).to.include({ code: 1, stdout: '', stderr: `raftkv: ${error}\n` });
      });
    }
  });

  // `raftkv help member list` printed the help of `raftkv member`.
  it('is the same for every way of asking for it', async () => {
    const cases: readonly [path: string, others: readonly string[]][] = [
      ['get', ['help get', '-h get', 'help get key']],
      ['member', ['help member', 'member help', '-h member']],
      ['member list', ['help member list', 'member help list', '-h member list']],
    ];
    for (const [path, others] of cases) {
      const wanted = await helpOf(...path.split(' '));
      expect(wanted.startsWith(`Usage: raftkv ${path} [options]`), wanted).to.equal(true);
      for (const line of others) expect((await runCommand(line.split(' '))).stdout, line).to.equal(wanted);
    }
  });

  it('is the reference in docs/CLI.md (node --import tsx scripts/cli-reference.ts writes it)', async () => {
    const text = readFileSync(PAGE, 'utf8');
    expect(await updatedPage(text)).to.equal(text);
  });
});
