import { expect } from 'chai';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { runCommand } from './run-command.js';

describe('raftkv txn', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
  });

  after(() => lone.dispose());

  const raftkv = async (lines: readonly string[], ...args: readonly string[]) =>
    await runCommand(['--endpoints', endpointOf(lone.member), 'txn', ...args], lines.join('\n'));
  const outputOf = async (...lines: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(lines);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  };
  const errorOf = async (...lines: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(lines);
    expect([code, stdout]).to.deep.equal([1, '']);
    return stderr;
  };

  it('runs one branch, and prints its results as etcdctl does', async () => {
    const lines = [
      'ver("a") = "0"',
      '',
      'put a 1',
      'get a',
      'del zz',
      'put b "x y" --prev-kv',
      '',
      'get b',
      'put c d',
      '',
    ];
    expect(await outputOf(...lines)).to.equal('SUCCESS\n\nOK\n\na\n1\n\n0\n\nOK\n');
    expect(await outputOf(...lines)).to.equal('FAILURE\n\nb\nx y\n\nOK\n');
  });

  it('supports every comparison, with and without quotes', async () => {
    await outputOf('', 'put "a key" "a \\"value\\""', '', '');
    const conditions = ['version("a key") = "1"', 'create("a key") > 1', 'mod(none) < "1"', 'lease("a key") = "0"'];
    const value = 'value("a key") != "another"';
    expect(await outputOf(...conditions, value, '', 'get --prefix "a k"', '', '')).to.equal(
      'SUCCESS\n\na key\na "value"\n',
    );
    expect(await outputOf('val("a key") = "a \\"value\\""', '', '', '')).to.equal('SUCCESS\n');
  });

  it('supports --ignore-value and --ignore-lease', async () => {
    await outputOf('', 'put kept 1', '', '');
    expect(await outputOf('', 'put kept --ignore-value', 'get kept', '', '')).to.equal('SUCCESS\n\nOK\n\nkept\n1\n');
    const put = (...args: readonly string[]) => runCommand(['--endpoints', endpointOf(lone.member), 'put', ...args]);
    expect(await put('kept', '--ignore-value', '--prev-kv')).to.include({ code: 0, stdout: 'OK\nkept\n1\n' });
    expect((await put('absent', '--ignore-value')).stderr).to.match(/: etcdserver: key not found\n$/);
    expect(await errorOf('', 'put kept 2 --ignore-value', '', '')).to.match(/^raftkv: --ignore-value takes no value: /);
  });

  it('accepts the end of the input instead of the last empty line', async () => {
    expect(await outputOf('', 'get none', '', 'get none')).to.equal('SUCCESS\n\n');
  });

  it('prints the JSON of etcdctl', async () => {
    await outputOf('', 'put j 1', '', '');
    const { stdout } = await raftkv(['', 'get j', 'put i 2', 'del j --prev-kv', '', '', ''], '-w', 'json');
    const answer = JSON.parse(stdout) as { succeeded: boolean; responses: { Response: object }[] };
    expect(answer.succeeded).to.equal(true);
    expect(answer.responses.map(({ Response }) => Object.keys(Response)[0])).to.deep.equal([
      'response_range',
      'response_put',
      'response_delete_range',
    ]);
    expect(stdout).to.include('"prev_kvs":[{"key":"ag=="');
  });

  it('prompts for each part with -i', async () => {
    const { stdout } = await raftkv(['', 'get none', '', '', ''], '-i');
    expect(stdout).to.equal(
      'compares:\n\nsuccess requests (get, put, del):\n\nfailure requests (get, put, del):\n\nSUCCESS\n\n',
    );
  });

  it('reports an invalid line, and changes nothing', async () => {
    expect(await errorOf('mod("a") ~ "1"', '', '', '')).to.equal(
      'raftkv: unknown operator ~, expected one of = != < >: mod("a") ~ "1"\n',
    );
    expect(await errorOf('foo("a") = "1"', '', '', '')).to.match(
      /^raftkv: unknown target foo, expected version, .*\n$/,
    );
    expect(await errorOf('mod("a") = "x"', '', '', '')).to.equal('raftkv: x is not a number: mod("a") = "x"\n');
    expect(await errorOf('mod a = 1', '', '', '')).to.match(/^raftkv: expected a condition such as .*: mod a = 1\n$/);
    expect(await errorOf('', 'put a', '', '')).to.match(/^raftkv: missing required argument 'value'.*: put a\n$/);
    expect(await errorOf('', 'put a b --nonsense', '', '')).to.match(/^raftkv: unknown option '--nonsense'.*\n$/);
    expect(await errorOf('', 'swap a b', '', '')).to.match(/^raftkv: .*swap a b\n$/);
    expect(await errorOf('mod("a") = "1"', '')).to.match(/^raftkv: the input ended before its third part/);
  });
});
