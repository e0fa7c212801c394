import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bashWords } from '../../src/cli/commands/completion/bash-words.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { elapsedMs, expectShortWait } from '../support/time-limits.js';
import { runCommandWith } from './run-command.js';

/** The built program: through the loader of the tests, each key press would take seconds. */
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const execute = promisify(execFile);
const WORD_BREAKS = ' \t\n"\'><=;|&(:';

describe('raftkv completion', function () {
  this.timeout(300_000);
  let lone: LoneMember;
  let folder: string;

  before(async () => {
    lone = await LoneMember.start();
    for (const key of ['alpha', 'alps', 'name:one', 'two words', 'tab\there']) await lone.client.put(key, '1');
    folder = makeTemporaryFolder('completion');
    const program = join(folder, 'raftkv');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(program, 0o755);
  });
  after(async () => {
    removeFolder(folder);
    await lone.dispose();
  });

  const variables = () => ({ RAFTKV_ENDPOINTS: endpointOf(lone.member) });

  async function offered(...words: readonly string[]): Promise<readonly string[]> {
    const { code, stdout, stderr } = await runCommandWith(variables(), [
      ...['completion', 'candidates', 'fish', '--', ...words],
    ]);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t')[0] ?? '');
  }

  describe('offers', () => {
    it('commands and subcommands', async () => {
      expect(await offered('me')).to.deep.equal(['member']);
      expect(await offered('--debug', 'me')).to.deep.equal(['member']);
      expect(await offered('member', '')).to.deep.equal(['list', 'add', 'remove', 'update', 'promote']);
      expect(await offered('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
    });

    it('flags, and the values of flags', async () => {
      expect(await offered('get', '--pr')).to.deep.equal(['--prefix', '--print-value-only']);
      expect(await offered('serve', '--data')).to.deep.equal(['--data-dir']);
      expect(await offered('get', '-w', '')).to.deep.equal(['simple', 'json', 'table', 'fields']);
      expect(await offered('get', '--write-out=j')).to.deep.equal(['--write-out=json']);
      expect(await offered('get', '--consistency', 's')).to.deep.equal(['stale']);
      expect(await offered('import', '-', '--format', 't')).to.deep.equal(['tsv']);
    });

    it('keys of the cluster that fit on one line', async () => {
      expect(await offered('get', 'al')).to.deep.equal(['alpha', 'alps']);
      expect(await offered('del', '')).to.deep.equal(['alpha', 'alps', 'name:one', 'two words']);
      expect(await offered('watch', '--prefix', 'alph')).to.deep.equal(['alpha']);
      expect(await offered('watch', 'alpha', '--', '')).to.deep.equal([]);
    });

    it('members, leases and endpoints of the cluster', async () => {
      expect(await offered('member', 'remove', '')).to.deep.equal([lone.member.id]);
      expect(await offered('move-leader', '')).to.deep.equal([lone.member.id]);
      const endpoint = endpointOf(lone.member);
      expect(await offered('--endpoints', '')).to.deep.equal([endpoint]);
      expect(await offered('--endpoints', 'n1:2379,')).to.deep.equal([`n1:2379,${endpoint}`]);
      const { stdout } = await runCommandWith(variables(), ['lease', 'grant', '60']);
      const [, id = ''] = stdout.split(' ');
      expect(await offered('lease', 'revoke', '')).to.deep.equal([id]);
      expect(await offered('put', 'k', 'v', '--lease', '')).to.deep.equal([id]);
    });

    it('files where a file is needed', async () => {
      expect(await offered('snapshot', 'status', '')).to.deep.equal([':files']);
      expect(await offered('export', '--output', '')).to.deep.equal([':files']);
      expect(await offered('verify-data', '')).to.deep.equal([':files']);
    });

    it('nothing, quickly and silently, while the cluster does not answer', async () => {
      await expectShortWait(5_000, () =>
        elapsedMs(async () => expect(await offered('--endpoints', '127.0.0.1:1', 'get', 'a')).to.deep.equal([])),
      );
    });
  });

  it('splits a line as bash does', () => {
    const split = (line: string) => bashWords(line);
    expect(split('raftkv get ')).to.deep.equal({ words: ['raftkv', 'get', ''], last: '' });
    expect(split('raftkv  get a:b')).to.deep.equal({ words: ['raftkv', 'get', 'a:b'], last: 'a:b' });
    expect(split('raftkv get two\\ w')).to.deep.equal({ words: ['raftkv', 'get', 'two w'], last: 'two\\ w' });
    expect(split('raftkv get "two w')).to.deep.equal({ words: ['raftkv', 'get', 'two w'], last: '"two w' });
  });

  it('prints for bash only the part of a word that readline replaces, escaped', async () => {
    const inBash = async (line: string): Promise<string> => {
      const args = ['completion', 'candidates', 'bash', '--', line, WORD_BREAKS];
      return (await runCommandWith(variables(), args)).stdout;
    };
    expect(await inBash('raftkv get name:')).to.equal('one\n');
    expect(await inBash('raftkv get tw')).to.equal('two\\ words\n');
    expect(await inBash('raftkv get "tw')).to.equal('two words\n');
    expect(await inBash('raftkv get --write-out=ta')).to.equal('table\n');
  });

  describe('in a real shell', () => {
    interface Shell {
      readonly name: 'bash' | 'zsh' | 'fish';
      /** Prints the shell's candidates for `raftkv get al`. */
      readonly script: string;
      readonly flags: readonly string[];
      readonly expected: RegExp;
    }
    const shells: readonly Shell[] = [
      {
        name: 'bash',
        flags: ['--norc', '--noprofile'],
        script: `source <(raftkv completion bash); complete -p raftkv
          COMP_WORDS=(raftkv get al) COMP_CWORD=2 COMP_LINE='raftkv get al' COMP_POINT=13; _raftkv; echo "\${COMPREPLY[*]}"`,
        expected: /-F _raftkv raftkv\nalpha alps\n$/,
      },
      {
        name: 'zsh',
        flags: ['-f'],
        // zsh completes only in a terminal, so this uses zpty. Ctrl-D lists the candidates. Keys that came before the line
        // editor read them were lost: the terminal took Ctrl-D for the end of the input. So the editor says when it reads.
        script: `zmodload zsh/zpty; zpty shell zsh -f
          zpty -w shell 'PS1=; unsetopt zle_bracketed_paste prompt_sp; autoload -U compinit; compinit -u -D; source <(raftkv completion zsh)'
          zpty -w shell 'zle-line-init() { print REA""DY }; zle -N zle-line-init'
          seen=''; while zpty -r shell line; do seen+=$line; [[ $seen == *READY* ]] && break; done
          zpty -w -n shell $'raftkv get al\\C-d'
          out=''; for i in {1..300}; do sleep 0.1; while zpty -r -t shell line; do out+=$line; done; [[ $out == *alps* ]] && break; done
          print -r -- $out; zpty -d shell`,
        expected: /alpha\W+alps/,
      },
      {
        name: 'fish',
        flags: ['--no-config'],
        script: `raftkv completion fish | source; complete -C 'raftkv get al'`,
        expected: /^alpha\nalps\n$/,
      },
    ];
    for (const { name, flags, script, expected } of shells) {
      it(`${name} completes keys`, async function () {
        this.timeout(300_000);
        if (name !== 'bash' && spawnSync(name, ['--version']).error !== undefined) this.skip();
        const env = { ...process.env, ...variables(), HOME: folder, PATH: `${folder}:${process.env['PATH']}` };
        // Not spawnSync, which would block the member in this process.
        const { stdout, stderr } = await execute(name, [...flags, '-c', script], { env, timeout: 60_000 });
        expect(stdout, stderr).to.match(expected);
      });
    }
  });
});
