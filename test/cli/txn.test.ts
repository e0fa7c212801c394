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
    await runCommand(
      ['--endpoints', endpointOf(lone.member), 'txn', ...args],
      lines.map((line) => `${line}\n`).join(''),
    );
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

  // The last part, or even the last two, could end with the input: half of a transaction ran when its producer failed.
  it('rejects input that ends before the third empty line, as etcdctl does', async () => {
    const last = 'raftkv: the input ended before the empty line after the failure requests\n';
    expect(await errorOf('', 'get none', '', 'get none')).to.equal(last);
    expect(await errorOf('', 'put cut off', '')).to.equal(last);
    expect(await errorOf('', 'put cut off')).to.match(/ after the success requests\n$/);
    expect(await errorOf('mod("a") = "1"', '')).to.match(/ after the success requests\n$/);
    expect(await errorOf('mod("a") = "1"')).to.match(/ after the compares\n$/);
    expect(await errorOf()).to.match(/ after the compares\n$/);
    expect(await outputOf('', 'get cut', '', '', 'after the third empty line, nothing is read')).to.equal(
      'SUCCESS\n\n',
    );
  });

  // A put of {"a":1} wrote {a:1}, "\x41" was read as x41, and `backquotes` were part of the key.
  it('reads quotes and escape sequences as etcdctl does', async () => {
    const lines = ['put json {"a":1}', String.raw`put "k\x41\u00e9" "\061\t\U0001F600"`, `put it's 'a "b"\\n'`];
    await outputOf('', ...lines, '', '', '');
    const reads = ['get json', 'get kAé', `get it's`];
    const values = 'SUCCESS\n\njson\n{"a":1}\n\nkAé\n1\t😀\n\nit\'s\na "b"\\n\n';
    const conditions = ['mod(`json`) > "0"', String.raw`value("k\101é") = "\x31\x09😀"`, 'ver("json") > "-1"'];
    expect(await outputOf(...conditions, '', ...reads, '', '', '')).to.equal(values);
    expect(await outputOf('value("json") = "\\xff"', '', '', 'get json --consistency=l', '', '')).to.equal(
      'FAILURE\n\njson\n{"a":1}\n',
    );
    expect(await errorOf('', String.raw`put a "\q"`)).to.equal('raftkv: invalid escape sequence in "\\q"\n');
    expect(await errorOf(String.raw`value("\ud800") = ""`)).to.match(/^raftkv: invalid escape sequence in /);
    expect(await errorOf('', String.raw`put a "\xff"`)).to.match(
      /^raftkv: "\\xff" is not UTF-8: give such bytes with /,
    );
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

  // Every result had the revision of the whole answer, also a read before the first write.
  it('prints the revision as of each operation', async () => {
    const lines = ['', 'get r', 'put r 2', 'get r', 'del none', '', '', ''];
    const json = JSON.parse((await raftkv(lines, '-w', 'json')).stdout) as {
      header: { revision: number };
      responses: { Response: Record<string, { header: { revision: number } }> }[];
    };
    const { revision } = json.header;
    const revisions = json.responses.flatMap(({ Response }) => Object.values(Response).map(({ header }) => header));
    const [before, own] = [{ revision: revision - 1 }, { revision }];
    expect(revisions).to.deep.equal([before, own, own, own]);
    const { stdout } = await raftkv(lines, '-w', 'fields');
    const printed = [...stdout.matchAll(/^"Revision" : (\d+)$/gm)].map(([, text]) => Number(text) - revision);
    expect(printed).to.deep.equal([1, 0, 1, 1, 1]);
  });

  it('prompts for each part with -i', async () => {
    const prompts = 'compares:\nsuccess requests (get, put, del):\nfailure requests (get, put, del):\n';
    for (const flag of ['-i', '--interactive']) {
      const { stdout } = await raftkv(['', 'get none', '', '', ''], flag);
      expect(stdout).to.equal(`${prompts}SUCCESS\n\n`);
    }
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
    expect(await errorOf('mod("a") >= "1"', '', '', '')).to.match(/^raftkv: unknown operator >=, expected one of /);
    expect(await errorOf('mod("a") > "1" and more', '', '', '')).to.match(/^raftkv: expected a condition such as /);
    expect(await errorOf('mod("a") > "0x1"', '', '', '')).to.match(/^raftkv: 0x1 is not a number: /);
  });
});
