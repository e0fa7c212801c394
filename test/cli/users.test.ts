import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { withoutPasswords } from '../../src/cli/process/hidden-arguments.js';
import { FakeAuth } from '../support/fake-auth.js';
import { poll } from '../support/poll.js';
import { runCommand, runCommandWith } from './run-command.js';

const HEADER = '{"cluster_id":1,"member_id":2,"revision":5,"raft_term":3}';
const FIELDS = '"ClusterID" : 1\n"MemberID" : 2\n"Revision" : 5\n"RaftTerm" : 3\n';

/** A terminal on which a test types. */
class Typist extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];

  setRawMode(isRaw: boolean): this {
    this.modes.push(isRaw);
    return this;
  }
}

describe('raftkv auth, user and role', () => {
  let fake: FakeAuth;
  beforeEach(async () => {
    fake = await FakeAuth.start();
  });
  afterEach(() => fake.stop());

  const raftkv = async (line: string | readonly string[], input?: string | PassThrough) =>
    await runCommand(['--endpoints', fake.endpoint, ...(typeof line === 'string' ? line.split(' ') : line)], input);
  const outputOf = async (line: string | readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(line, input);
    expect([code, stderr], String(line)).to.deep.equal([0, '']);
    return stdout;
  };
  const errorOf = async (line: string | readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await raftkv(line, input);
    expect([code, stdout], String(line)).to.deep.equal([1, '']);
    return stderr.replace(`${fake.endpoint}: `, '');
  };

  // The outputs of etcdctl 3.5.30.
  it('print what etcdctl prints', async () => {
    expect(await outputOf('user add alice:pw')).to.equal('User alice created\n');
    expect(await outputOf('role add readers')).to.equal('Role readers created\n');
    expect(await outputOf('role add r -w json')).to.equal(`{"header":${HEADER}}\n`);
    expect(await outputOf('role add s -w fields')).to.equal(FIELDS);
    expect(await outputOf('user grant-role alice readers')).to.equal('Role readers is granted to user alice\n');
    expect(await outputOf('role grant-permission readers read foo')).to.equal('Role readers updated\n');
    await outputOf('role grant-permission readers WRITE a b');
    await outputOf('role grant-permission readers readwrite pre/ --prefix=true');
    await outputOf('role grant-permission readers readwrite fk --from-key');
    await outputOf(['role', 'grant-permission', 'readers', 'read', '', '--prefix']);
    await outputOf(['role', 'grant-permission', 'readers', 'read', '']);
    const simple =
      'Role readers\nKV Read:\n\tfoo\n\t[pre/, pre0) (prefix pre/)\n\t[fk, <open ended>\n\t[\0, <open ended>\n\t\0\n' +
      'KV Write:\n\t[a, b) (prefix a)\n\t[pre/, pre0) (prefix pre/)\n\t[fk, <open ended>\n';
    expect(await outputOf('role get readers')).to.equal(simple);
    expect(await outputOf('user get alice --detail')).to.equal(`User: alice\n\n${simple}`);
    const json =
      `{"header":${HEADER},"perm":[{"key":"Zm9v"},{"permType":1,"key":"YQ==","range_end":"Yg=="},` +
      '{"permType":2,"key":"cHJlLw==","range_end":"cHJlMA=="},{"permType":2,"key":"Zms=","range_end":"AA=="},' +
      '{"key":"AA==","range_end":"AA=="},{"key":"AA=="}]}\n';
    expect(await outputOf('role get readers -w json')).to.equal(json);
    expect(await outputOf('user get alice --detail -w json')).to.equal(`User: alice\n\n${json}`);
    expect(await outputOf('role get r -w json')).to.equal(`{"header":${HEADER}}\n`);
    expect((await outputOf('role get readers -w fields')).slice(FIELDS.length)).to.match(
      /^"PermType" : {2}READ\n"Key" : "foo"\n"RangeEnd" : ""\n"PermType" : {2}WRITE\n/,
    );
    expect(await outputOf('role list')).to.equal('r\nreaders\ns\n');
    expect(await outputOf('role list -w json')).to.equal(`{"header":${HEADER},"roles":["r","readers","s"]}\n`);
    expect(await outputOf('role list -w fields')).to.equal(`${FIELDS}"Roles" : "r" "readers" "s"\n`);
    expect(await outputOf('user get alice')).to.equal('User: alice\nRoles: readers\n');
    expect(await outputOf('user get alice -w json')).to.equal(`{"header":${HEADER},"roles":["readers"]}\n`);
    expect(await outputOf('user list')).to.equal('alice\n');
    expect(await outputOf('user list -w json')).to.equal(`{"header":${HEADER},"users":["alice"]}\n`);
    const revoke = 'role revoke-permission readers';
    const revoked = (name: string): string => `Permission of ${name} is revoked from role readers\n`;
    expect(await outputOf(`${revoke} foo`)).to.equal(revoked('key foo'));
    expect(await outputOf(`${revoke} a b`)).to.equal(revoked('range [a, b)'));
    expect(await outputOf(`${revoke} pre/ --prefix`)).to.equal(revoked('range [pre/, pre0)'));
    expect(await outputOf(`${revoke} fk --from-key`)).to.equal(revoked('range [fk, <open ended>'));
    expect(await outputOf([...revoke.split(' '), '', '--prefix'])).to.equal(revoked('range [, <open ended>'));
    expect(await outputOf('user revoke-role alice readers')).to.equal('Role readers is revoked from user alice\n');
    expect(await outputOf('role delete readers')).to.equal('Role readers deleted\n');
    expect(await outputOf('user delete alice')).to.equal('User alice deleted\n');
    expect(await outputOf('auth status')).to.equal('Authentication Status: false\nAuthRevision: 20\n');
    expect(await outputOf('auth status -w json')).to.equal(`{"header":${HEADER},"authRevision":20}\n`);
  });

  it('print tables of what they read, and refuse them before a change', async () => {
    await outputOf('user add alice:pw');
    await outputOf('role add readers');
    await outputOf('role grant-permission readers read pre/ --prefix');
    const cellsOf = async (line: string): Promise<readonly string[]> =>
      (await outputOf(line)).split('\n').filter((each) => each.includes('│'));
    expect(
      (await cellsOf('role get readers -w table')).map((line) => line.split('│').map((cell) => cell.trim())),
    ).to.deep.equal([
      ['', 'ROLE', 'ACCESS', 'KEY', 'RANGE END', ''],
      ['', 'readers', 'read', 'pre/', 'pre0', ''],
    ]);
    for (const line of ['user list', 'role list', 'user get alice', 'auth status']) {
      expect(await cellsOf(`${line} -w table`), line).to.have.lengthOf(2);
    }
    // etcdctl adds the user, and then refuses to print.
    expect(await errorOf('user add bob:pw -w table')).to.include('does not print tables');
    expect([...fake.users.keys()]).to.deep.equal(['alice']);
  });

  it('enable authentication, and give root its role as etcdctl does', async () => {
    expect(await errorOf('auth enable')).to.equal('raftkv: etcdserver: root user does not exist\n');
    await outputOf('user add root:pw');
    expect(await outputOf('auth enable -w json')).to.equal('Authentication Enabled\n');
    expect(await errorOf('auth status')).to.equal(
      'raftkv: etcdserver: user name is empty (authentication is enabled: name a user with --user)\n',
    );
    const login = ['--user', 'root:pw'];
    expect(await outputOf([...login, 'auth', 'status', '-w', 'json'])).to.include('"enabled":true,"authRevision":');
    expect(await outputOf(['--user=root', '--password=pw', 'role', 'list'])).to.equal('root\n');
    const wrong = 'raftkv: etcdserver: authentication failed, invalid user ID or password\n';
    expect(await errorOf(['--user', 'root:no', 'role', 'list'])).to.equal(wrong);
    // With a password of its own, a name may hold a colon.
    expect(await errorOf([...login, '--password', 'pw', 'role', 'list'])).to.equal(wrong);
    for (const prefix of ['RAFTKV', 'ETCDCTL']) {
      const all = { [`${prefix}_ENDPOINTS`]: fake.endpoint, [`${prefix}_USER`]: 'root', [`${prefix}_PASSWORD`]: 'pw' };
      expect(await runCommandWith(all, ['role', 'list'])).to.include({ stdout: 'root\n', stderr: '' });
      const { [`${prefix}_PASSWORD`]: _, ...rest } = { ...all, [`${prefix}_USER`]: 'root:pw' };
      expect(await runCommandWith(rest, ['get', 'a'])).to.include({ stdout: 'a\nv\n', stderr: '' });
    }
    expect(await outputOf([...login, 'auth', 'disable'])).to.equal('Authentication Disabled\n');
  });

  it('take the password of a new user from the name, a flag, or a line of input', async () => {
    await outputOf('user add a:p:w');
    await outputOf('user add b:c --new-user-password=x');
    await outputOf('user add d:e --no-password');
    await outputOf('user add f --interactive=false', 'two words\nrest');
    await outputOf('user passwd a --interactive=false', 'next\r\n');
    const passwords = [...fake.users].map(([name, { password }]) => [name, password]);
    expect(passwords).to.deep.equal([
      ['a', 'next'],
      ['b:c', 'x'],
      ['d:e', ''],
      ['f', 'two words'],
    ]);
    expect(await errorOf('user add :p')).to.equal('raftkv: empty user name is not allowed\n');
    expect(await errorOf('user add g:')).to.equal('raftkv: empty password\n');
    expect(await errorOf('user add g --interactive=false')).to.equal('raftkv: empty password\n');
    // One line, as `echo PASSWORD |` gives, was compared with an empty second one: "given passwords are different".
    expect(await errorOf('user add g', 'one\n')).to.equal(
      'raftkv: standard input has the password once: give it twice, or --interactive=false\n',
    );
    expect(await errorOf('user add g', 'one\ntwo\n')).to.equal('raftkv: given passwords are different\n');
  });

  it('refuse what contradicts itself in one line', async () => {
    const both = 'raftkv: --from-key and --prefix flags are mutually exclusive\n';
    expect(await errorOf('role grant-permission r read a --prefix --from-key')).to.equal(both);
    expect(await errorOf('role revoke-permission r a --prefix --from-key')).to.equal(both);
    const end = 'raftkv: unexpected range_end argument with --prefix flag\n';
    expect(await errorOf('role grant-permission r read a b --prefix')).to.equal(end);
    expect(await errorOf('role grant-permission r rw a')).to.include("value 'rw' is invalid");
    expect(await errorOf('user get absent')).to.equal('raftkv: etcdserver: user name not found\n');
  });

  describe('on a terminal', () => {
    /** Types the lines, each after its prompt. */
    async function type(line: string, ...lines: readonly string[]) {
      const terminal = new Typist();
      const running = raftkv(line, terminal);
      for (const [at, text] of lines.entries()) {
        await poll('the prompt', () => (terminal.modes.length === 2 * at + 1 ? true : undefined));
        terminal.write(text);
      }
      return { ...(await running), modes: terminal.modes };
    }

    it('ask for a new password twice, without showing it', async () => {
      const { code, stdout, stderr, modes } = await type('user add alice', 'pässwörd\r', 'pässwörd\r');
      expect([code, stdout]).to.deep.equal([0, 'User alice created\n']);
      expect(stderr).to.equal('Password of alice: \nType password of alice again for confirmation: \n');
      expect(modes, 'the mode in which the terminal does not echo').to.deep.equal([true, false, true, false]);
      expect(fake.users.get('alice')?.password).to.equal('pässwörd');
    });

    it('take the keys that edit a line', async () => {
      await type('user add alice', 'wrong\x15abx\x7f\r', 'ab\n');
      expect(fake.users.get('alice')?.password).to.equal('ab');
    });

    it('end at Ctrl-C, with the terminal as it was', async () => {
      const { code, stdout, modes } = await type('user add alice', 'abc\x03');
      expect([code, stdout, modes]).to.deep.equal([130, '', [true, false]]);
      expect(fake.users.size).to.equal(0);
    });

    it('ask for the password of --user', async () => {
      fake.secure('root', 'pw');
      const { code, stdout, stderr } = await type('--user root user list', 'pw\r');
      expect([code, stdout, stderr]).to.deep.equal([0, 'root\n', 'Password: \n']);
    });
  });

  it('read one line of input for each password', async () => {
    fake.secure('root', 'pw');
    const { code, stderr } = await raftkv('--user root user add alice --interactive=false', 'secret\npw\n');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect([...fake.users].map(([name, { password }]) => [name, password])).to.deep.include(['alice', 'secret']);
  });

  it('never print a password, even with --debug', async () => {
    fake.secure('root', 'sesame');
    const { stdout, stderr } = await raftkv('--user root:sesame --debug user add alice:opened');
    expect(stderr).to.include('debug: /etcdserverpb.Auth/Authenticate');
    expect(stdout + stderr).not.to.match(/sesame|opened|token-/);
  });
});

describe('passwords on the command line', () => {
  it('are replaced in the title of the process', () => {
    const shown = (line: string): string | undefined => withoutPasswords(line.split(' '))?.join(' ');
    expect(shown('--user root:a:b get k')).to.equal('--user root:*** get k');
    expect(shown('--user=root:a get k --password=b')).to.equal('--user=root:*** get k --password=***');
    expect(shown('get k --user root --password b')).to.equal('get k --user root --password ***');
    expect(shown('user add bob:c --new-user-password d')).to.equal('user add bob:*** --new-user-password ***');
    expect(shown('--user r:x user --debug add --no-password bob:c')).to.equal(
      '--user r:*** user --debug add --no-password bob:***',
    );
    expect(shown('make-mirror a:1 --dest-user r:x --dest-password=y')).to.equal(
      'make-mirror a:1 --dest-user r:*** --dest-password=***',
    );
    expect(shown('put a:b c:d --endpoints 127.0.0.1:1 --user root')).to.equal(undefined);
  });

  it('do not stay in the list of processes', async function () {
    if (process.platform !== 'linux') this.skip();
    const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
    const words = ['--user', 'root:sesame', 'user', 'add', 'bob', '--interactive=false', '--password', 'opened'];
    const child = spawn(process.execPath, [main, ...words], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      const title = await poll('the title', () => {
        const text = readFileSync(`/proc/${child.pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
        return text.startsWith('raftkv ') ? text : undefined;
      });
      expect(title).to.equal('raftkv --user root:*** user add bob --interactive=false --password ***');
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  });
});
