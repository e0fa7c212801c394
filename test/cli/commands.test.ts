import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { parseEndpoint } from '../../src/client/calls/endpoint.js';
import { ETCD_API_VERSION } from '../../src/server/settings/version.js';
import { defined } from '../../src/util/assert.js';
import { FakeEtcd } from '../support/fake-etcd.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommand, runCommandWith } from './run-command.js';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

describe('raftkv', () => {
  let fake: FakeEtcd;
  beforeEach(async () => {
    fake = await FakeEtcd.start();
  });
  afterEach(() => fake.stop());

  const raftkv = async (args: readonly string[], input?: string | Buffer) =>
    await runCommand(['--endpoints', fake.endpoint, ...args], input);
  const outputOf = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };

  it('put, get and del print what etcdctl prints', async () => {
    expect(await outputOf('put', 'a', '1')).to.equal('OK\n');
    expect(await outputOf('put', 'a', '2', '--prev-kv')).to.equal('OK\na\n1\n');
    await outputOf('put', 'b', '3');
    expect(await outputOf('get', 'a')).to.equal('a\n2\n');
    expect(await outputOf('get', 'absent')).to.equal('');
    expect(await outputOf('get', '', '--prefix', '--print-value-only')).to.equal('2\n3\n');
    expect(await outputOf('get', 'a', 'b', '--keys-only')).to.equal('a\n');
    expect(await outputOf('get', 'a', '--from-key', '--limit', '1')).to.equal('a\n2\n');
    expect(await outputOf('get', '', '--prefix', '--count-only')).to.equal('2\n');
    expect(await outputOf('get', 'a', '--rev', '2')).to.equal('a\n1\n');
    expect(await outputOf('del', '', '--prefix', '--prev-kv')).to.equal('2\na\n2\nb\n3\n');
  });

  it('put reads the value from standard input, byte for byte', async () => {
    const value = Buffer.from([0x00, 0xff, 0x0a]);
    expect((await raftkv(['put', 'a'], value)).stdout).to.equal('OK\n');
    expect((await raftkv(['get', 'a', '--print-value-only'])).stdoutBytes).to.deep.equal(
      Buffer.concat([value, Buffer.from('\n')]),
    );
    await raftkv(['put', 'a', '-'], 'dash');
    expect(await outputOf('get', 'a')).to.equal('a\ndash\n');
  });

  /** --hex read the key as hex too: `get --hex 61` found the key `a`, where etcdctl finds the key `61`. */
  it('prints hex with --hex, and reads hex only with --hex-input', async () => {
    await outputOf('put', '--hex-input', 'ff00', '\\x0a');
    expect(await outputOf('get', '--hex', '--hex-input', '\\xff\\x00')).to.equal('\\xff\\x00\n\\x0a\n');
    await outputOf('put', '--hex', '61', 'text');
    expect(await outputOf('get', '61', '--hex')).to.equal('\\x36\\x31\n\\x74\\x65\\x78\\x74\n');
    const { code, stderr } = await raftkv(['get', '--hex-input', 'xyz']);
    expect([code, stderr.includes('"xyz" is not hex')]).to.deep.equal([1, true]);
  });

  it('get -w json prints what etcdctl prints, with all 64 bits of an id', async () => {
    fake.store.header = () => ({
      clusterId: 1,
      memberId: { low: -1, high: -1, unsigned: true } as never,
      revision: fake.store.revision,
      raftTerm: 3,
    });
    await outputOf('put', 'a', '1');
    const header = '"header":{"cluster_id":1,"member_id":18446744073709551615,"revision":2,"raft_term":3';
    const fresh = ',"applied_index":7,"known_leader":true}';
    const kv = '{"key":"YQ==","create_revision":2,"mod_revision":2,"version":1,"value":"MQ=="}';
    expect(await outputOf('get', 'a', '-w', 'json')).to.equal(`{${header}${fresh},"kvs":[${kv}],"count":1}\n`);
    expect(await outputOf('del', 'b', '-w', 'json')).to.match(/^\{"header":\{[^}]*\}\}\n$/);
  });

  it('get -w table escapes characters that would break the frame', async () => {
    await outputOf('put', 'a\nb', '1\u009b2');
    const table = await outputOf('get', '', '--prefix', '-w', 'table');
    expect(table).to.contain('a\\nb').and.to.contain('1\\xc2\\x9b2').and.to.contain('MOD REVISION');
  });

  it('status prints a line for each endpoint, and fails if one does not answer', async () => {
    expect(await outputOf('status')).to.equal(
      `${fake.endpoint}, 0000000000000002, 3.6.0, 0 B, true, false, 0, 0, 0, \n`,
    );
    const { code, stdout, stderr } = await raftkv(['status', '--endpoints', `${fake.endpoint},127.0.0.1:1`]);
    expect(code).to.equal(1);
    expect(stdout).to.contain('127.0.0.1:1, , , , , , , , , connection refused\n');
    expect(stderr).to.equal('raftkv: 1 member of 2 did not answer\n');
  });

  it('version prints the versions of raftkv and of the API', async () => {
    const path = join(import.meta.dirname, '..', '..', 'package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    for (const flag of ['--version', '-V']) {
      expect(await runCommand([flag])).to.include({ code: 0, stdout: `${version}\n`, stderr: '' });
    }
    const both = `raftkv version: ${version}\nAPI version: ${ETCD_API_VERSION}\n`;
    expect(await runCommand(['version'])).to.include({ code: 0, stdout: both, stderr: '' });
  });

  it('--help shows defaults in the syntax of the flags', async () => {
    const help = await outputOf('import', '--help');
    expect(help).to.contain('(default: 30s)').and.to.contain('(default: 5s)').and.not.to.contain('default: false');
    expect(await outputOf('check', 'perf', '--help')).to.contain('(default: 1m)');
  });

  it("accepts etcdctl's --insecure-transport, which asks for a connection without TLS", async () => {
    await outputOf('put', 'a', '1');
    expect(await outputOf('--insecure-transport', 'get', 'a')).to.equal('a\n1\n');
    expect(await outputOf('get', '--insecure-transport=true', 'a')).to.equal('a\n1\n');
    expect(await outputOf('get', '--insecure-transport=T', 'a')).to.equal('a\n1\n');
  });

  // Only the flag alone was taken, and scripts for etcdctl failed: too many arguments, or an unknown option.
  it('takes a value of a boolean option behind "=", as Go does', async () => {
    await outputOf('put', 'a', '1');
    await outputOf('put', 'ab', '2');
    const both = 'a\n1\nab\n2\n';
    for (const value of ['true', 'TRUE', 'True', 't', 'T', '1']) {
      expect(await outputOf('get', `--prefix=${value}`, 'a'), value).to.equal(both);
    }
    for (const value of ['false', 'FALSE', 'False', 'f', 'F', '0']) {
      expect(await outputOf('get', 'a', `--prefix=${value}`), value).to.equal('a\n1\n');
    }
    expect(await outputOf('get', '--prefix=false', '--prefix', 'a'), 'the last counts').to.equal(both);
    expect(await outputOf('get', '--prefix', '--prefix=false', 'a'), 'the last counts').to.equal('a\n1\n');
    expect(await outputOf('--hex=true', 'get', '--prefix=1', '--hex=false', 'a'), 'global options').to.equal(both);
    expect(await outputOf('put', '--', '--prefix=true', 'v')).to.equal('OK\n');
    expect(await outputOf('get', '--', '--prefix=true'), 'no options behind --').to.equal('--prefix=true\nv\n');
    for (const value of ['maybe', '', 'tRUE']) {
      const { code, stderr } = await runCommand(['get', `--prefix=${value}`, 'a']);
      const message = `raftkv: invalid argument "${value}" for "--prefix" flag: must be true or false\n`;
      expect([code, stderr]).to.deep.equal([1, message]);
    }
  });

  // ETCDCTL_USER and ETCDCTL_CACERT were ignored, although --user and --cacert were refused.
  it('takes or refuses the variables of options as it does the options', async () => {
    const run = async (variable: string, value: string) => {
      const { code, stderr } = await runCommandWith({ [variable]: value }, [
        ...['--endpoints', fake.endpoint],
        ...['get', 'none'],
      ]);
      return [code, stderr];
    };
    const noDiscovery = 'the addresses of the members are given with --endpoints\n';
    expect(await run('ETCDCTL_DISCOVERY_SRV', 'a.example')).to.deep.equal([
      1,
      `raftkv: ETCDCTL_DISCOVERY_SRV is not supported: ${noDiscovery}`,
    ]);
    const noFile = [1, 'raftkv: tls: the CA certificate ca.crt cannot be read: it does not exist\n'];
    expect(await run('ETCDCTL_CACERT', 'ca.crt')).to.deep.equal(noFile);
    expect(await run('RAFTKV_CACERT', 'ca.crt')).to.deep.equal(noFile);
    expect(await run('ETCDCTL_INSECURE_TRANSPORT', 'false')).to.deep.equal([
      1,
      `raftkv: ${fake.endpoint}: the server does not use TLS: use http://\n`,
    ]);
    for (const [variable = '', value = ''] of [
      ['ETCDCTL_INSECURE_TRANSPORT', 'true'],
      ['ETCDCTL_INSECURE_SKIP_TLS_VERIFY', 'false'],
      ['ETCDCTL_INSECURE_SKIP_TLS_VERIFY', 'true'],
      ['ETCDCTL_CACERT', ''],
      ['ETCDCTL_PASSWORD', 'without a user'],
      ['ETCDCTL_API', '3'],
    ]) {
      expect(await run(variable, value), variable).to.deep.equal([0, '']);
    }
  });

  // etcdctl takes a scheme in capitals; this was "not an endpoint", as a flag, in a variable, and in programs.
  it('takes an endpoint whose scheme is in capitals', async () => {
    for (const scheme of ['HTTP', 'Http']) {
      const endpoint = `${scheme}://${fake.endpoint}`;
      expect((await runCommand(['get', 'none', '--endpoints', endpoint])).stderr, endpoint).to.equal('');
      for (const name of ['RAFTKV_ENDPOINTS', 'ETCDCTL_ENDPOINTS']) {
        const { code, stderr } = await runCommandWith({ [name]: endpoint }, ['get', 'none']);
        expect([code, stderr], name).to.deep.equal([0, '']);
      }
      expect(parseEndpoint(endpoint).name).to.equal(fake.endpoint);
    }
    expect(parseEndpoint('HTTPS://a:1')).to.include({ name: 'https://a:1', target: 'a:1', secure: true });
  });

  // etcdctl connects to localhost; this was "not an endpoint".
  it('connects to this machine for an endpoint without a host', async () => {
    const port = fake.endpoint.replace(/^.*:/, ':');
    for (const endpoint of [port, `http://${port}`]) {
      const { code, stderr } = await runCommand(['get', 'none', '--endpoints', endpoint]);
      expect([code, stderr]).to.deep.equal([0, '']);
    }
    expect((await runCommand(['get', 'none', '--endpoints', ':'])).stderr).to.match(/^raftkv: ":" is not an endpoint/);
  });

  // The parser found no name similar to --config.
  it('suggests the flag that an unknown one abbreviates or misspells', async () => {
    for (const flag of ['--config', '--config=f.yaml', '--confg-file']) {
      const { code, stderr } = await runCommand(['serve', flag, 'f.yaml']);
      // Without the value, which may be a password.
      const name = flag.replace(/=.*$/, '');
      expect([code, stderr]).to.deep.equal([1, `raftkv: unknown option '${name}' (did you mean --config-file?)\n`]);
    }
  });

  it('every invalid command line ends with one line on stderr and exit code 1', async () => {
    const cases = [
      [['get', 'a', '--bogus'], "raftkv: unknown option '--bogus'"],
      [['get', 'a', '--key-only'], "raftkv: unknown option '--key-only' (did you mean --keys-only?)\n"],
      [
        ['lock', 'jobs', 'sh', '-c', 'date'],
        `raftkv: unknown option '-c'; flags of the command go after --, as in "raftkv lock NAME -- COMMAND"\n`,
      ],
      [['gett', 'a'], "raftkv: unknown command 'gett' (did you mean get?)\n"],
      [['get'], "raftkv: missing required argument 'key'\n"],
      [['get', 'a', '--max-staleness', '1s'], 'raftkv: --max-staleness needs --consistency stale\n'],
      [['frobnicate'], "raftkv: unknown command 'frobnicate'"],
      [['get', 'a', '--pasword=secret'], "raftkv: unknown option '--pasword' (did you mean --password?)\n"],
      [
        ['get', 'a', '--cacert', 'ca.crt'],
        'raftkv: tls: the CA certificate ca.crt cannot be read: it does not exist\n',
      ],
      [['get', 'a', '--cacert', ''], 'raftkv: --cacert is empty: it takes the path of a file\n'],
      [['--user', 'root:', 'get', 'a'], 'raftkv: the password of root is empty\n'],
      [['--user', ':x', 'get', 'a'], 'raftkv: --user has no name\n'],
      [['make-mirror', 'a:1', '--dest-key', ''], 'raftkv: --dest-key is empty: it takes the path of a file\n'],
      // Options of etcdctl were answered with "unknown option '--discovery-srv'".
      [['get', 'a', '--discovery-srv', 'a.example'], 'raftkv: --discovery-srv is not supported: the addresses of'],
      [['--auth-jwt-token=x', 'get', 'a'], 'raftkv: --auth-jwt-token is not supported: a client logs in with --user\n'],
      [['downgrade', 'cancel'], 'raftkv: downgrade is not supported: raftkv has only one version'],
      [['get', 'a', '--limit', '-1'], "raftkv: option '--limit <count>' argument '-1' is invalid."],
      [['get', 'a', '--consistency', 'often'], 'raftkv: option'],
      [['get', 'a', '--timeout', '5'], "raftkv: option '--timeout <duration>' argument '5' is invalid."],
      [
        ['import', '-', '--batch', '129'],
        "raftkv: option '--batch <lines>' argument '129' is invalid. Expected a whole number from 1 to 128.",
      ],
      [['get', 'a', '--prefix', '--from-key'], 'raftkv: --prefix and --from-key cannot be combined'],
      [['get', ''], 'raftkv: the key is empty'],
      [['put', 'a', 'b', '--ignore-value'], 'raftkv: --ignore-value takes no value'],
      // Node decodes its arguments, so a key of the bytes 01 ff was written as 01 ef bf bd.
      [
        ['put', '\x01\uFFFD', 'b'],
        'raftkv: arguments must be valid UTF-8: give other bytes with --hex-input, such as 01ff\n',
      ],
      [['import', '/does/not/exist'], 'raftkv: /does/not/exist cannot be read: it does not exist\n'],
      [['import', '/dev'], 'raftkv: /dev is a directory\n'],
      [
        ['export', '-o', '/does/not/exist'],
        'raftkv: /does/not/exist cannot be written: the directory /does/not does not',
      ],
      [['export', '-o', '/dev'], 'raftkv: /dev is a directory: choose a file\n'],
      [['export', '-o', '/dev/null'], 'raftkv: /dev/null is not a regular file: choose another'],
    ] as const;
    for (const [args, beginning] of cases) {
      const { code, stdout, stderr } = await raftkv(args);
      expect([code, stdout], args.join(' ')).to.deep.equal([1, '']);
      expect(stderr.startsWith(beginning), stderr).to.equal(true);
      expect(stderr.trimEnd().split('\n').length, stderr).to.equal(1);
    }
  });

  it('put reports an unknown outcome', async () => {
    fake.script = () => ({ kind: 'lose-answer' });
    const { code, stderr } = await raftkv(['put', 'a', '1']);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^raftkv: .*request timed out.*; the write may or may not have been applied\n$/);
  });

  describe('export', () => {
    const keys = [Buffer.from('tab\there'), Buffer.from([0xff, 0x0a]), Buffer.from('ä\r'), Buffer.from('back\\slash')];
    let folder: string;
    beforeEach(() => {
      folder = makeTemporaryFolder('export');
      for (const [index, key] of keys.entries()) {
        fake.store.apply([{ requestPut: { key, value: Buffer.from([index, 0x0a, 0x09, 0x80]) } }]);
      }
    });
    afterEach(() => removeFolder(folder));

    for (const format of ['tsv', 'jsonl']) {
      it(`export, import and export again give the same bytes (${format})`, async () => {
        const first = join(folder, `first.${format}`);
        expect(await outputOf('export', '--output', first)).to.match(/^exported 4 keys in .* at revision 5 to /);
        const target = await FakeEtcd.start();
        try {
          const imported = await runCommand(['import', first, '--endpoints', target.endpoint]);
          expect([imported.code, imported.stderr]).to.deep.equal([0, '']);
          const again = await runCommand(['export', '--format', format, '--endpoints', target.endpoint]);
          expect(again.stdoutBytes).to.deep.equal(readFileSync(first));
        } finally {
          target.stop();
        }
        expect(readdirSync(folder)).to.deep.equal([`first.${format}`]);
      });
    }

    it('export leaves the old file unchanged if it fails', async () => {
      for (let number = 0; number < 100; number++) {
        fake.store.apply([{ requestPut: { key: Buffer.from(`k${number}`), value: Buffer.alloc(0) } }]);
      }
      fake.script = ({ method, number }) =>
        method === 'Range' && number > 1
          ? {
              kind: 'refuse',
              code: status.OUT_OF_RANGE,
              text: 'etcdserver: mvcc: required revision has been compacted',
            }
          : undefined;
      const file = join(folder, 'keys.tsv');
      writeFileSync(file, 'old');
      const { code, stderr } = await raftkv(['export', '-o', file]);
      expect([code, stderr.includes('has been compacted')]).to.deep.equal([1, true]);
      expect([readdirSync(folder), readFileSync(file, 'utf8')]).to.deep.equal([['keys.tsv'], 'old']);
    });

    it('export leaves no temporary file if it is interrupted', async () => {
      const file = join(folder, 'keys.tsv');
      let interrupt: () => void = () => undefined;
      fake.script = () => {
        interrupt();
        return { kind: 'hang' };
      };
      const args = ['export', '-o', file, '--endpoints', fake.endpoint];
      const { code, stderr } = await runCommand(args, '', (callback) => (interrupt = callback));
      expect([code, stderr]).to.deep.equal([1, `raftkv: interrupted: ${file} is unchanged\n`]);
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it('export selects keys by name, by prefix and by range', async () => {
      expect(await outputOf('export', 'tab\there', '--format', 'jsonl')).to.contain('"key":"tab\\there"');
      expect((await outputOf('export', 'b', 'c')).startsWith('back\\\\slash\t')).to.equal(true);
      expect((await outputOf('export', 't', '--prefix')).startsWith('tab\\there\t')).to.equal(true);
    });
  });

  describe('as a process', function () {
    this.timeout(300_000);

    it('raftkv as a process exits with its code and prints only the answer', async () => {
      fake.store.apply([{ requestPut: { key: Buffer.from('a'), value: Buffer.from('1') } }]);
      const found = start(['get', 'a']);
      expect([await text(found.stdout), await text(found.stderr), await exitOf(found)]).to.deep.equal([
        'a\n1\n',
        '',
        0,
      ]);
      const failed = start(['get', '']);
      expect([await text(failed.stderr), await exitOf(failed)]).to.deep.equal(['raftkv: the key is empty\n', 1]);
    });

    it('export ends quietly if the reader of its output is gone', async () => {
      for (let number = 0; number < 500; number++) {
        fake.store.apply([{ requestPut: { key: Buffer.from(`k${number}`), value: Buffer.alloc(4000, 'x') } }]);
      }
      const exporting = start(['export']);
      exporting.stdout.once('data', () => exporting.stdout.destroy());
      expect([await text(exporting.stderr), await exitOf(exporting)]).to.deep.equal(['', 0]);
    });

    // The error of the broken pipe ended the process in the middle of the file.
    it('import continues if stderr is closed', async () => {
      const folder = makeTemporaryFolder('unheard');
      try {
        const file = join(folder, 'lines.tsv');
        writeFileSync(file, `\\q is no escape\n${Array.from({ length: 1000 }, (_, at) => `k${at}\n`).join('')}`);
        const importing = start(['import', file, '--skip-bad']);
        importing.stderr.destroy();
        expect(await text(importing.stdout)).to.match(/^loaded 1,000 lines in .*, 1 line could not be parsed\n$/);
        expect(await exitOf(importing)).to.equal(1);
        expect(fake.store.keys()).to.have.length(1000);
      } finally {
        removeFolder(folder);
      }
    });

    const start = (args: readonly string[]) => {
      const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
        // Without variables of the tests themselves, of which a command would warn.
        env: { PATH: process.env['PATH'], RAFTKV_ENDPOINTS: fake.endpoint },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      return { stdout: child.stdout, stderr: child.stderr, exit: once(child, 'exit') };
    };
    const exitOf = async (child: ReturnType<typeof start>): Promise<unknown> => defined((await child.exit)[0], 'code');
  });
});
