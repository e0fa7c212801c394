import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { variableOf } from '../../src/cli/text.js';
import { encode, Fixture } from '../kv/support/fixture.js';
import { archiveBytes } from '../support/archive.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommandWith, type Finished } from './run-command.js';

describe('settings', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = makeTemporaryFolder('cli-settings');
    file = join(folder, 'raftkv.yaml');
  });

  afterEach(() => removeFolder(folder));

  const variablesOf = (settings: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(settings).map(([flag, value]) => [variableOf(flag), value]));

  const flagsOf = (settings: Readonly<Record<string, string>>): string[] =>
    Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]);

  /** What `raftkv serve` says of settings with which it does not start. */
  const refusal = async (variables: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommandWith(variables, ['serve', ...flags]);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr.match(/\n/g)).to.have.length(1);
    return stderr;
  };

  /** Each was blamed on a flag, which was not given; the user looked for it in vain. */
  describe('that are refused are called by where they stand', () => {
    const wrong = { 'election-timeout': '400', 'heartbeat-interval': '300' };
    const tooShort = (timeout: string, heartbeat: string): string =>
      `raftkv: ${timeout} 400 is less than five times ${heartbeat} 300\n`;

    it('on the command line', async () => {
      writeFileSync(file, 'election-timeout: 1000');
      const flags = [...flagsOf(wrong), '--config-file', file];
      const said = await refusal({ RAFTKV_HEARTBEAT_INTERVAL: '200' }, ...flags);
      expect(said).to.equal(tooShort('--election-timeout', '--heartbeat-interval'));
    });

    it('in a variable', async () => {
      const said = await refusal(variablesOf(wrong));
      expect(said).to.equal(tooShort('RAFTKV_ELECTION_TIMEOUT', 'RAFTKV_HEARTBEAT_INTERVAL'));
    });

    it('in a file', async () => {
      writeFileSync(file, 'election-timeout: 400\nheartbeat-interval: 100');
      const said = await refusal({ RAFTKV_HEARTBEAT_INTERVAL: '300' }, '--config-file', file);
      expect(said).to.equal(tooShort(`${file}:election-timeout`, 'RAFTKV_HEARTBEAT_INTERVAL'));
    });

    it('also where it turns out late', async () => {
      writeFileSync(file, 'this is no directory');
      const said = await refusal({ RAFTKV_DATA_DIR: file });
      expect(said).to.equal(`raftkv: RAFTKV_DATA_DIR ${file} is a file: name a directory\n`);
    });
  });

  describe('in a file that is no good are refused with its name', () => {
    const cases: readonly [what: string, text: string, why: string][] = [
      ['what is not closed', 'name: [a\n', 'Flow sequence in block collection must be'],
      ['JSON with a comma too many', '{"name": "a",,}', 'Unexpected , in flow map at line 1, column 14\n'],
      ['a name twice', 'name: a\nname: b', 'Map keys must be unique at line 2, column 1\n'],
      ['an alias of nothing', 'name: *x', 'name must be a single value\n'],
      ['a tag', 'name: !secret a', 'Unresolved tag: !secret at line 1, column 7\n'],
      ['a word', 'raftkv.data', 'NAME: VALUE lines are needed, as in "data-dir: raftkv.data"\n'],
      ['a list', 'listen-peer-urls: [http://a:1]', 'listen-peer-urls must be a single value\n'],
      ['no value', 'name:', 'name has no value\n'],
      ['a name that no setting has', 'nmae: a', 'unknown setting nmae\n'],
    ];
    for (const [what, text, why] of cases) {
      it(what, async () => {
        writeFileSync(file, text);
        for (const said of [await refusal({ RAFTKV_CONFIG_FILE: file }), await refusal({}, '--config-file', file)]) {
          expect(said.startsWith(`raftkv: ${file}: ${why}`), said).to.equal(true);
        }
      });
    }

    it('and one that cannot be read, with what named it', async () => {
      const why = `${file} cannot be read: it does not exist\n`;
      expect(await refusal({ RAFTKV_CONFIG_FILE: file })).to.equal(`raftkv: RAFTKV_CONFIG_FILE ${why}`);
      expect(await refusal({}, '--config-file', file)).to.equal(`raftkv: --config-file ${why}`);
      expect(await refusal({}, '--config-file', folder)).to.contain(`${folder} cannot be read: it is a directory\n`);
    });
  });

  describe('of raftkv snapshot restore', () => {
    const MEMBER = {
      name: 'n1',
      'initial-cluster': 'n1=http://10.0.0.1:2380,n2=http://10.0.0.2:2380',
      'initial-cluster-token': '007',
      'initial-advertise-peer-urls': 'http://10.0.0.1:2380',
    };
    let backup: string;

    beforeEach(async () => {
      backup = join(folder, 'backup');
      const source = await Fixture.open();
      await source.apply([encode.put('a', '1')]);
      writeFileSync(backup, await archiveBytes(source.store));
      await source.remove();
    });

    const restore = async (
      variables: Readonly<Record<string, string>>,
      ...flags: readonly string[]
    ): Promise<Finished> => await runCommandWith(variables, ['snapshot', 'restore', backup, ...flags]);

    /** Who the member is that was made in a directory. */
    const madeIn = async (dataDir: string, running: Promise<Finished>): Promise<string> => {
      const { code, stdout, stderr } = await running;
      expect([code, stderr]).to.deep.equal([0, '']);
      const beginning = `Restored 1 key at revision 2 to ${dataDir} for `;
      expect(stdout.startsWith(beginning), stdout).to.equal(true);
      expect(readdirSync(dataDir)).to.include('wal');
      return stdout.slice(beginning.length);
    };

    /**
     * Variables and file were not read. Who had set all that a member needs in its environment got one named "default" in
     * ./raftkv.data, of another cluster, and no word of it.
     */
    it('are read from variables and from a file too, as serve reads them', async () => {
      const dirs = ['a', 'b', 'c', 'd'].map((name) => join(folder, name));
      const [a = '', b = '', c = '', d = ''] = dirs;
      const wanted = await madeIn(a, restore({}, ...flagsOf({ ...MEMBER, 'data-dir': a })));
      expect(wanted).to.match(/^n1 \(/);
      expect(await madeIn(b, restore(variablesOf({ ...MEMBER, 'data-dir': b })))).to.equal(wanted);
      // A token is a text, also where YAML sees a number in it.
      const lines = Object.entries({ ...MEMBER, 'data-dir': c }).map(([flag, value]) => `${flag}: ${value}\n`);
      writeFileSync(file, lines.join(''));
      expect(await madeIn(c, restore({ RAFTKV_CONFIG_FILE: file }))).to.equal(wanted);
      // Where members listen is what they advertise, unless they are told otherwise.
      const { 'initial-advertise-peer-urls': url, ...others } = MEMBER;
      const listening = variablesOf({ ...others, 'data-dir': d, 'listen-peer-urls': url });
      expect(await madeIn(d, restore(listening))).to.equal(wanted);
    });

    it('are those of flags first, of variables next, and of a file last', async () => {
      const dataDir = join(folder, 'data');
      writeFileSync(file, `name: file\ninitial-cluster-token: file\ndata-dir: ${dataDir}`);
      const variables = { RAFTKV_NAME: 'variable', RAFTKV_INITIAL_CLUSTER_TOKEN: 'variable' };
      const mixed = await madeIn(dataDir, restore(variables, '--name', 'flag', '--config-file', file));
      const plain = join(folder, 'plain');
      const flags = { name: 'flag', 'initial-cluster-token': 'variable', 'data-dir': plain };
      expect(await madeIn(plain, restore({}, ...flagsOf(flags)))).to.equal(mixed);
    });

    it('that are refused are called by where they stand', async () => {
      const said = await restore(variablesOf({ ...MEMBER, name: 'n3' }));
      expect(said).to.include({
        code: 1,
        stdout: '',
        stderr:
          'raftkv: RAFTKV_INITIAL_CLUSTER does not name this member: add n3=http://10.0.0.1:2380 or change RAFTKV_NAME\n',
      });
      writeFileSync(file, `data-dir: ${backup}`);
      expect((await restore({}, '--config-file', file)).stderr).to.equal(
        `raftkv: ${file}:data-dir ${backup} is a file: name a directory\n`,
      );
    });

    it('that nobody reads are warned of', async () => {
      const { code, stderr } = await restore({ RAFTKV_DATADIR: 'x' }, '--data-dir', join(folder, 'data'));
      expect([code, stderr]).to.deep.equal([0, 'raftkv: warning: no setting has the variable RAFTKV_DATADIR\n']);
    });
  });
});
