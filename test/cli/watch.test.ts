import { PassThrough, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { goQuoted } from '../../src/cli/output/go-quoted.js';
import { wordsOf } from '../../src/cli/parsing/words.js';
import { expectOk } from '../support/etcd-client.js';
import { poll } from '../support/poll.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { startCommand, type Started } from './run-command.js';

/** Accepts a number of bytes and then closes, like `head`. */
class Reader extends Writable {
  text = '';
  readonly #most: number;

  constructor(most = Number.POSITIVE_INFINITY) {
    super();
    this.#most = most;
    this.on('error', () => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.text += chunk.toString('latin1');
    done(this.text.length >= this.#most ? Object.assign(new Error('gone'), { code: 'EPIPE' }) : undefined);
  }
}

describe('raftkv watch', function () {
  this.timeout(300_000);
  let lone: LoneMember;

  beforeEach(async () => {
    lone = await LoneMember.start();
    expectOk(await lone.client.put('a', '1'));
    expectOk(await lone.client.put('a', 'two\0\xff'));
    expectOk(await lone.client.put('ab', '3'));
    expectOk(await lone.client.delete('a'));
  });
  afterEach(() => lone.dispose());

  async function run(
    args: readonly string[],
    {
      most,
      stdin = new PassThrough(),
      variables = {},
    }: {
      readonly most?: number;
      readonly stdin?: PassThrough;
      readonly variables?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const [stdout, stderr] = [new Reader(most), new Reader()];
    const cli = await import('../../src/cli/program/run.js');
    const PATH = process.env['PATH'];
    const streams = { stdin, stdout, stderr, variables: { PATH, ...variables }, onInterrupt: () => undefined };
    const code = await cli.run(['--endpoints', endpointOf(lone.member), ...args], streams);
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  /** The output until it has the expected length; then the reader closes, which is not an error. */
  async function expectLines(args: readonly string[], expected: string): Promise<void> {
    expect(await run(['watch', ...args], { most: expected.length })).to.deep.equal({
      code: 0,
      stdout: expected,
      stderr: '',
    });
  }

  it('prints the events of a key, a range and a prefix as etcdctl does, with previous values', async () => {
    const two = Buffer.from('two\0\xff').toString('latin1');
    await expectLines(['a', '--rev', '2'], `PUT\na\n1\nPUT\na\n${two}\nDELETE\na\n\n`);
    await expectLines(['--rev=4', '--prefix', 'a'], 'PUT\nab\n3\nDELETE\na\n\n');
    await expectLines(['a', 'ac', '--rev', '4'], 'PUT\nab\n3\nDELETE\na\n\n');
    await expectLines(['a', '--rev=3', '--prev-kv'], `PUT\na\n1\na\n${two}\nDELETE\na\n${two}\na\n\n`);
    await expectLines(
      ['--hex', '--hex-input', '61', '--rev', '5', '--prev-kv'],
      `DELETE\n\\x61\n\\x74\\x77\\x6f\\x00\\xc3\\xbf\n\\x61\n\n`,
    );
  });

  it('prints the JSON of etcdctl', async () => {
    const { stdout } = await run(['watch', 'a', '--rev', '4', '--prev-kv', '-w', 'json'], { most: 1 });
    const printed: unknown = JSON.parse(stdout.replaceAll(/"(cluster|member)_id":\d+,|,"raft_term":\d+/g, ''));
    expect(printed).to.deep.equal({
      Header: { revision: 5 },
      Events: [
        {
          type: 1,
          kv: { key: 'YQ==', mod_revision: 5 },
          prev_kv: { key: 'YQ==', create_revision: 2, mod_revision: 3, version: 2, value: 'dHdvAMO/' },
        },
      ],
      CompactRevision: 0,
      Canceled: false,
      Created: false,
    });
  });

  it('runs a command for each event in order, and ends when it fails', async () => {
    const script = 'env | grep -E "^(ETCD_WATCH|RAFTKV_EVENT)_" | sort; test "$RAFTKV_EVENT_TYPE" != DELETE';
    const { code, stdout, stderr } = await run(['watch', 'a', '--rev', '2', '--', 'sh', '-c', script]);
    expect(code).to.equal(1);
    expect(stderr).to.equal(`raftkv: command ${JSON.stringify(['sh', '-c', script])} error (exit status 1)\n`);
    const [, ...runs] = stdout.split('ETCD_WATCH_EVENT_TYPE=');
    expect(runs).to.deep.equal([
      `"PUT"
ETCD_WATCH_KEY="a"
ETCD_WATCH_REVISION=5
ETCD_WATCH_VALUE="1"
RAFTKV_EVENT_KEY=a
RAFTKV_EVENT_REVISION=2
RAFTKV_EVENT_TYPE=PUT
RAFTKV_EVENT_VALUE=1
`,
      `"PUT"
ETCD_WATCH_KEY="a"
ETCD_WATCH_REVISION=5
ETCD_WATCH_VALUE="two\\x00ÿ"
RAFTKV_EVENT_KEY=a
RAFTKV_EVENT_REVISION=3
RAFTKV_EVENT_TYPE=PUT
`.replace('ÿ', Buffer.from('ÿ').toString('latin1')),
      `"DELETE"
ETCD_WATCH_KEY="a"
ETCD_WATCH_REVISION=5
ETCD_WATCH_VALUE=""
RAFTKV_EVENT_KEY=a
RAFTKV_EVENT_REVISION=5
RAFTKV_EVENT_TYPE=DELETE
RAFTKV_EVENT_VALUE=
`,
    ]);
    const missing = await run(['watch', 'a', '--rev', '5', '--', '/no/such/program', '-x']);
    expect([missing.code, missing.stdout]).to.deep.equal([1, 'DELETE\na\n\n']);
    expect(missing.stderr).to.match(
      /^raftkv: command \["\/no\/such\/program","-x"\] error \(\/no\/such\/program: executable file not found\)\n$/,
    );
  });

  it('reads the key from the environment, as etcdctl does, if the command line has none', async () => {
    const variables = { ETCDCTL_WATCH_KEY: 'a', ETCDCTL_WATCH_RANGE_END: 'ac' };
    const expected = 'PUT\nab\n3\nDELETE\na\n\n';
    expect((await run(['watch', '--rev', '4'], { variables, most: expected.length })).stdout).to.equal(expected);
    const words = ['--', 'sh', '-c', 'echo "ran $0"; exit 1', 'a word'];
    expect((await run(['watch', '--rev', '5', ...words], { variables })).stdout).to.equal('DELETE\na\n\nran a word\n');
    expect((await run(['watch', 'a'], { variables })).stderr).to.match(/on the command line and in ETCDCTL_WATCH_KEY/);
  });

  it('reports every invalid command line in one line', async () => {
    const wrong: [readonly string[], RegExp][] = [
      [[], /the key to watch is missing/],
      // It watched as if `--` were absent.
      [['a', '--'], /^raftkv: the command after -- is missing\n$/],
      [['a', 'b', 'c'], /unexpected argument "c"/],
      [['a', 'b', '--prefix'], /a range end and --prefix cannot be combined/],
      [['a', '--rev', '-1'], /Expected a whole number from 0/],
      [['a', '-w', 'table'], /this command does not print tables/],
      [['-i', 'a'], /--interactive takes no arguments: watches are read from standard input/],
    ];
    for (const [args, message] of wrong) {
      const { code, stdout, stderr } = await run(['watch', ...args]);
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.match(message);
    }
    expectOk(await lone.client.compact(4));
    const { code, stderr } = await run(['watch', 'a', '--rev', '3']);
    expect([code, stderr.split('\n').length]).to.deep.equal([1, 2]);
    expect(stderr).to.match(/has been compacted; the first revision that can be watched is 4\n$/);
  });

  it('reads watches and progress requests from standard input until it ends', async () => {
    const stdin = new PassThrough();
    const [stdout, stderr] = [new Reader(), new Reader()];
    const cli = await import('../../src/cli/program/run.js');
    const variables = { PATH: process.env['PATH'] };
    const streams = { stdin, stdout, stderr, variables, onInterrupt: () => undefined };
    const done = cli.run(['--endpoints', endpointOf(lone.member), 'watch', '-i'], streams);
    const printed = (text: string): Promise<true> => poll(text, () => stdout.text.includes(text) || undefined);
    stdin.write('watch "ab" --rev 1\n');
    await printed('PUT\nab\n3\n');
    stdin.write("watch --prefix 'new ' --prev-kv -- sh -c 'echo ran for $RAFTKV_EVENT_KEY'\n");
    stdin.write('progress\n');
    await poll('both', () => stdout.text.match(/progress notify: 5\n/g)?.length === 2 || undefined);
    expectOk(await lone.client.put('new key', 'x'));
    await printed('PUT\nnew key\nx\nran for new key\n');
    for (const line of ['hello', '', 'watch', 'watch a b c', 'watch "a', 'watch a --no-such-flag', 'watch ""']) {
      stdin.write(`${line}\n`);
    }
    await poll('seven complaints', () => stderr.text.split('\n').length === 8 || undefined);
    expect(stderr.text.split('\n').slice(0, 3)).to.deep.equal([
      'invalid command "hello": expected watch or progress',
      'invalid command "": expected watch or progress',
      'invalid command "watch": the key to watch is missing',
    ]);
    stdin.end();
    expect(await done).to.equal(0);
  });

  it('ends its command on a signal, and exits as if killed by it', async () => {
    // `raftkv watch jobs -- ./run` ended at once on its supervisor's SIGTERM, and left the command running as an
    // orphan.
    const words = ['--', 'sh', '-c', 'echo runs; exec sleep 60'];
    const began = (running: Started): Promise<true> =>
      poll('the command', () => running.printed().includes('runs\n') || undefined);
    const one = startCommand(['--endpoints', endpointOf(lone.member), 'watch', 'ab', '--rev', '2', ...words]);
    await began(one);
    one.interrupt('SIGTERM');
    expect(await one.finished).to.include({ code: 128 + 15, stdout: 'PUT\nab\n3\nruns\n', stderr: '' });

    const stdin = new PassThrough();
    const many = startCommand(['--endpoints', endpointOf(lone.member), 'watch', '-i'], stdin);
    stdin.write(`watch ab --rev 2 ${words.map((word) => `'${word}'`).join(' ')}\n`);
    await began(many);
    many.interrupt();
    expect(await many.finished).to.include({ code: 128 + 2, stdout: 'PUT\nab\n3\nruns\n', stderr: '' });

    const idle = startCommand(['--endpoints', endpointOf(lone.member), 'watch', 'z', ...words]);
    await poll('the watch', () => lone.client.get('z').then(() => idle.printed() === '' || undefined));
    const other = startCommand(['--endpoints', endpointOf(lone.member), 'watch', '-i'], new PassThrough());
    for (const running of [idle, other]) {
      await poll('its end', async () => {
        running.interrupt('SIGTERM');
        return (await Promise.race([running.finished, setTimeout(50)])) ?? undefined;
      });
      expect(await running.finished).to.include({ code: 128 + 15, stdout: '', stderr: '' });
    }
  });

  it('awaits the running command when the input of the interactive mode ends', async () => {
    const stdin = new PassThrough();
    const running = startCommand(['--endpoints', endpointOf(lone.member), 'watch', '-i'], stdin);
    stdin.write(`watch ab --rev 2 -- sh -c 'echo begins; sleep 0.3; echo ends; exit 3'\n`);
    await poll('the command', () => running.printed().includes('begins') || undefined);
    stdin.end();
    expect(await running.finished).to.include({
      code: 1,
      stdout: 'PUT\nab\n3\nbegins\nends\n',
      stderr: 'raftkv: command ["sh","-c","echo begins; sleep 0.3; echo ends; exit 3"] error (exit status 3)\n',
    });
  });

  it('ends the interactive mode when a command fails', async () => {
    const stdin = new PassThrough();
    stdin.write('watch a --rev 5 -- false\n');
    expect(await run(['watch', '-i'], { stdin })).to.deep.equal({
      code: 1,
      stdout: 'DELETE\na\n\n',
      stderr: 'raftkv: command ["false"] error (exit status 1)\n',
    });
  });

  it('quotes strings as Go does', () => {
    const quoted: [Buffer, string][] = [
      [Buffer.from(''), '""'],
      [Buffer.from('a"b\\c'), '"a\\"b\\\\c"'],
      [Buffer.from('\x07\b\f\n\r\t\v\0\x1f\x7f'), '"\\a\\b\\f\\n\\r\\t\\v\\x00\\x1f\\x7f"'],
      [Buffer.from('é 😀\u200b\u00a0\ue000'), '"é 😀\\u200b\\u00a0\\ue000"'],
      [Buffer.from('\u{e0001}'), '"\\U000e0001"'],
      [Buffer.from([0xff, 0x61, 0xc3, 0xe2, 0x82]), '"\\xffa\\xc3\\xe2\\x82"'],
    ];
    for (const [bytes, text] of quoted) expect(goQuoted(bytes)).to.equal(text);
  });

  it('splits a line into words', () => {
    const lines: [string, readonly string[]][] = [
      ['  watch   a ', ['watch', 'a']],
      [`watch "a b" 'c "d' e'f'"g"`, ['watch', 'a b', 'c "d', `e'f'"g"`]],
      ['{"a":1} it\'s `x "a"b', ['{"a":1}', "it's", '`x', 'a', 'b']],
      [String.raw`"a\"b\\c\n\t"  'a\n'`, ['a"b\\c\n\t', String.raw`a\n`]],
      [`"" ''`, ['', '']],
      ['', []],
    ];
    for (const [line, words] of lines) expect(wordsOf(line)).to.deep.equal(words);
    expect(() => wordsOf(`a 'b`)).to.throw('unclosed quote');
  });
});
