import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { variableOf } from '../../src/cli/settings/variables.js';
import { encode, Fixture } from '../kv/support/fixture.js';
import { archiveBytes } from '../support/archive.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommandWith, type Finished } from './run-command.js';

describe('settings of raftkv serve', () => {
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

  /** The error of `raftkv serve` for settings with which it does not start. */
  const refusal = async (variables: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommandWith(variables, ['serve', ...flags]);
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr.match(/\n/g)).to.have.length(1);
    return stderr;
  };

  /** Each error named a flag, although the setting came from elsewhere. */
  describe('are named in errors as the user gave them', () => {
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
      expect(said).to.equal(tooShort(`${file}: election-timeout`, 'RAFTKV_HEARTBEAT_INTERVAL'));
      writeFileSync(file, 'election-timeout: 400\nheartbeat-interval: 300');
      expect(await refusal({}, '--config-file', file)).to.equal(
        tooShort(`${file}: election-timeout`, 'heartbeat-interval'),
      );
      expect(await refusal({ RAFTKV_ELECTION_TIMEOUT: '400' }, '--config-file', file)).to.equal(
        tooShort('RAFTKV_ELECTION_TIMEOUT', `heartbeat-interval in ${file}`),
      );
    });

    it('in errors of the start, too', async () => {
      writeFileSync(file, 'this is no directory');
      const anywhere = variablesOf({
        'listen-client-urls': 'http://127.0.0.1:0',
        'listen-peer-urls': 'http://127.0.0.1:0',
      });
      const said = await refusal({ ...anywhere, RAFTKV_DATA_DIR: file });
      expect(said).to.equal(`raftkv: RAFTKV_DATA_DIR ${file} is a file: name a directory\n`);
    });
  });

  describe('in an invalid file cause an error that names the file', () => {
    const cases: readonly [what: string, text: string, why: string][] = [
      ['what is not closed', 'name: [a\n', 'line 2, column 1: flow sequence in block collection must be'],
      ['JSON with a comma too many', '{"name": "a",,}', 'line 1, column 14: unexpected , in flow map\n'],
      ['a name twice', 'name: a\nname: b', 'line 2, column 1: map keys must be unique\n'],
      ['an alias of nothing', 'name: *x', 'name must be a single value, not a list or a section\n'],
      ['a tag', 'name: !secret a', 'line 1, column 7: unresolved tag: !secret\n'],
      ['a word', 'raftkv.data', 'expected lines of NAME: VALUE, such as "data-dir: raftkv.data"\n'],
      ['a list', 'name: [a]', 'name must be a single value, not a list or a section\n'],
      ['a list of lists', 'listen-peer-urls: [[a]]', 'listen-peer-urls must be a list of single values\n'],
      ['a section with a single value', 'socket-options: true', 'socket-options must have settings of its own'],
      [
        'a name that no section has',
        'socket-options: {port: 1}',
        'unknown setting port in socket-options: it takes reuse-port, reuse-address\n',
      ],
      [
        'a misspelt name of a section',
        'socket-options: {reuse-prot: true}',
        'unknown setting reuse-prot in socket-options (did you mean reuse-port?)\n',
      ],
      ['a misspelt section', 'socket-option: {}', 'unknown setting socket-option (did you mean socket-options?)\n'],
      [
        'a name that no setting has',
        'nonsense: a',
        'unknown setting nonsense: "raftkv serve --help" lists the settings\n',
      ],
      ['a name that is no text', '? [a]\n: b', 'the name of a setting must be text, such as data-dir\n'],
      // These began with "FILE:name", the others with "FILE: name".
      ['a value that a setting does not take', 'log-level: loud', 'log-level loud: must be one of debug, info, warn, '],
      ['a URL that is none', 'listen-client-urls: a', 'listen-client-urls: "a" is not a URL with a scheme, '],
      [
        'two names of one setting',
        'corrupt-check-time: 1h\nexperimental-corrupt-check-time: 2h',
        'corrupt-check-time and experimental-corrupt-check-time are the same setting: give one of them\n',
      ],
      ['a misspelt name', 'nmae: a', 'unknown setting nmae (did you mean name?)\n'],
      // The fuzzer found that the second line looked like a message of its own.
      [
        'a line break in a name',
        '{"x\\nraftkv: all is well": a}',
        'unknown setting x\\nraftkv: all is well: "raftkv serve --help" lists the settings\n',
      ],
    ];
    for (const [what, text, why] of cases) {
      it(what, async () => {
        writeFileSync(file, text);
        for (const said of [await refusal({ RAFTKV_CONFIG_FILE: file }), await refusal({}, '--config-file', file)]) {
          expect(said.startsWith(`raftkv: ${file}: ${why}`), said).to.equal(true);
        }
      });
    }

    it('that cannot be read, with the flag or variable that names it', async () => {
      const why = `${file} cannot be read: it does not exist\n`;
      expect(await refusal({ RAFTKV_CONFIG_FILE: file })).to.equal(`raftkv: RAFTKV_CONFIG_FILE ${why}`);
      expect(await refusal({}, '--config-file', file)).to.equal(`raftkv: --config-file ${why}`);
      expect(await refusal({}, '--config-file', folder)).to.contain(`${folder} cannot be read: it is a directory\n`);
    });
  });

  describe('of etcd', () => {
    const configOfRun = async (variables: Readonly<Record<string, string>>, ...flags: string[]) => {
      const { serveCommand } = await import('../../src/cli/commands/serve.js');
      const { configOf, readSettings } = await import('../../src/cli/settings/settings.js');
      const { stdin, stdout, stderr } = process;
      const command = serveCommand({ stdin, stdout, stderr, variables, onInterrupt: () => undefined });
      await command.action(() => undefined).parseAsync(flags, { from: 'user' });
      return configOf(await readSettings(command, variables));
    };

    it('are read from ETCD_ variables, below those of RAFTKV_ and above a file', async () => {
      writeFileSync(file, 'name: file\nsnapshot-count: 1\nmax-txn-ops: 1\nheartbeat-interval: 10');
      const variables = {
        ETCD_CONFIG_FILE: file,
        ETCD_NAME: 'etcd',
        ETCD_SNAPSHOT_COUNT: '2',
        ETCD_MAX_TXN_OPS: '2',
        ETCD_EXPERIMENTAL_CORRUPT_CHECK_TIME: '1h',
        RAFTKV_NAME: 'raftkv',
        RAFTKV_SNAPSHOT_COUNT: '3',
      };
      const config = await configOfRun(variables, '--name=flag');
      expect([config.name, config.snapshotCount, config.maxTxnOps, config.heartbeatIntervalMs]).to.deep.equal([
        'flag',
        3,
        2,
        10,
      ]);
      expect(config.corruptCheckMs).to.equal(3_600_000);
      expect(await refusal({ ETCD_HEARTBEAT_INTERVAL: 'soon' })).to.match(/^raftkv: ETCD_HEARTBEAT_INTERVAL soon: /);
    });

    /** etcd's own sample has all of these forms; each was refused. */
    it('are read from a file with empty values, sections, lists and durations in nanoseconds', async () => {
      writeFileSync(
        file,
        `name: n1
data-dir:
wal-dir:
cors:
listen-client-urls: [http://127.0.0.1:1, http://127.0.0.1:2]
advertise-client-urls: http://127.0.0.1:1,http://127.0.0.1:2
log-outputs: [stderr, stdout]
logger: zap
log-level: panic
log-format: console
watch-progress-notify-interval: 600000000000
proxy: 'off'
discovery:
discovery-fallback: proxy
max-wals: 5
enable-pprof: true
strict-reconfig-check: False
client-transport-security:
  cert-file:
  client-cert-auth: false
peer-transport-security:
socket-options: {reuse-port: true}
cipher-suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
auto-compaction-retention: "1"
feature-gates: InitialCorruptCheck=true
`,
      );
      const config = await configOfRun({}, '--config-file', file);
      expect(config).to.deep.include({
        name: 'n1',
        dataDir: 'n1.raftkv',
        walDir: undefined,
        listenClientUrls: ['http://127.0.0.1:1', 'http://127.0.0.1:2'],
        logOutputs: ['stderr', 'stdout'],
        logLevel: 'panic',
        watchProgressIntervalMs: 600_000,
        strictReconfigCheck: false,
        socketReusePort: true,
        autoCompaction: { mode: 'periodic', retentionMs: 3_600_000 },
        initialCorruptCheck: true,
      });
      expect(config.withoutEffect.map(({ setting }) => setting)).to.deep.equal(['enable-pprof', 'cipher-suites']);
    });

    it('that would make the member less safe than expected are refused, and others have no effect', async () => {
      const withFile = (text: string): Promise<string> => {
        writeFileSync(file, text);
        return refusal({}, '--config-file', file);
      };
      expect(await withFile('client-transport-security: {cert-file: a.pem}')).to.equal(
        `raftkv: ${file}: cert-file needs --key-file\n`,
      );
      expect(await withFile('peer-transport-security: {allowed-cn: [a, b], allowed-hostname: [c]}')).to.equal(
        `raftkv: ${file}: peer-cert-allowed-cn protects https URLs alone, and no URL to listen on for members is one\n`,
      );
      const noHttps = 'protects https URLs alone, and no URL to listen on for clients or metrics is one\n';
      expect(await refusal({ ETCD_TRUSTED_CA_FILE: 'ca.pem' })).to.equal(`raftkv: ETCD_TRUSTED_CA_FILE ${noHttps}`);
      expect(await refusal({}, '--client-cert-auth')).to.equal(`raftkv: --client-cert-auth ${noHttps}`);
      expect(await refusal({}, '--discovery=http://d.example')).to.match(/name the members with --initial-cluster/);
      expect(await refusal({}, '--feature-gates=Nonsense=true')).to.match(/unknown feature gate Nonsense/);
      expect(await refusal({}, '--proxy', 'on')).to.match(/--proxy cannot be used/);
      const { withoutEffect } = await configOfRun(
        { ETCD_AUTH_TOKEN: 'simple', ETCD_MAX_WALS: '9' },
        '--client-cert-auth=false',
        '--enable-pprof',
        '--feature-gates=CompactHashCheck=true,LeaseCheckpoint=false',
      );
      expect(withoutEffect.map(({ setting }) => setting).sort()).to.deep.equal([
        'enable-pprof',
        'feature-gates',
        'max-wals',
      ]);
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

    /** The identity of the member in a directory. */
    const madeIn = async (dataDir: string, running: Promise<Finished>): Promise<string> => {
      const { code, stdout, stderr } = await running;
      expect([code, stderr]).to.deep.equal([0, '']);
      const beginning = `Restored 1 key at revision 2 to ${dataDir} for `;
      expect(stdout.startsWith(beginning), stdout).to.equal(true);
      expect(readdirSync(dataDir)).to.include('wal');
      return stdout.slice(beginning.length);
    };

    /**
     * Variables and file were not read. A member configured by its environment became one named "default" in
     * ./raftkv.data, of another cluster, without a warning.
     */
    it('are read from variables and from a file, as for serve', async () => {
      const dirs = ['a', 'b', 'c', 'd'].map((name) => join(folder, name));
      const [a = '', b = '', c = '', d = ''] = dirs;
      const wanted = await madeIn(a, restore({}, ...flagsOf({ ...MEMBER, 'data-dir': a })));
      expect(wanted).to.match(/^n1 \(/);
      expect(await madeIn(b, restore(variablesOf({ ...MEMBER, 'data-dir': b })))).to.equal(wanted);
      // A token is a text, even if YAML reads it as a number.
      const lines = Object.entries({ ...MEMBER, 'data-dir': c }).map(([flag, value]) => `${flag}: ${value}\n`);
      writeFileSync(file, lines.join(''));
      expect(await madeIn(c, restore({ RAFTKV_CONFIG_FILE: file }))).to.equal(wanted);
      // Members advertise the addresses on which they listen, unless configured otherwise.
      const { 'initial-advertise-peer-urls': url, ...others } = MEMBER;
      const listening = variablesOf({ ...others, 'data-dir': d, 'listen-peer-urls': url });
      expect(await madeIn(d, restore(listening))).to.equal(wanted);
    });

    it('are those of flags first, then of variables, then of a file', async () => {
      const dataDir = join(folder, 'data');
      writeFileSync(file, `name: file\ninitial-cluster-token: file\ndata-dir: ${dataDir}`);
      const variables = { RAFTKV_NAME: 'variable', RAFTKV_INITIAL_CLUSTER_TOKEN: 'variable' };
      const mixed = await madeIn(dataDir, restore(variables, '--name', 'flag', '--config-file', file));
      const plain = join(folder, 'plain');
      const flags = { name: 'flag', 'initial-cluster-token': 'variable', 'data-dir': plain };
      expect(await madeIn(plain, restore({}, ...flagsOf(flags)))).to.equal(mixed);
    });

    it('are named in errors as the user gave them', async () => {
      const said = await restore(variablesOf({ ...MEMBER, name: 'n3' }));
      expect(said).to.include({
        code: 1,
        stdout: '',
        stderr:
          'raftkv: RAFTKV_INITIAL_CLUSTER does not name this member: add n3=http://10.0.0.1:2380 or change RAFTKV_NAME\n',
      });
      writeFileSync(file, `data-dir: ${backup}`);
      expect((await restore({}, '--config-file', file)).stderr).to.equal(
        `raftkv: ${file}: data-dir ${backup} is a file: name a directory\n`,
      );
    });

    it('of unknown variables cause a warning', async () => {
      const { code, stderr } = await restore({ RAFTKV_DATADIR: 'x' }, '--data-dir', join(folder, 'data'));
      expect([code, stderr]).to.deep.equal([
        0,
        'raftkv: warning: unknown environment variable RAFTKV_DATADIR (did you mean RAFTKV_DATA_DIR?)\n',
      ]);
    });
  });
});
