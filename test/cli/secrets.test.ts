import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { withoutUserInfo } from '../../src/util/user-info.js';
import { makeTemporaryFolder, removeFolder } from '../support/temporary-folder.js';
import { runCommandWith } from './run-command.js';

const SECRET = 'hunter2-correct-horse';
const GET = ['--endpoints', '127.0.0.1:1', '--command-timeout', '200ms', 'get', 'a'];
/** A start that fails before anything is opened. */
const BAD_START = ['serve', '--listen-client-urls', 'x'];

// Messages repeated what was given: `--pasword=VALUE`, and an endpoint with a password in front of its host.
describe('what the command prints', () => {
  let folder: string;
  before(() => (folder = makeTemporaryFolder('cli-secrets')));
  after(() => removeFolder(folder));

  async function expectSilent(
    args: readonly string[],
    variables: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const what = JSON.stringify([args, variables]);
    const { code, stdout, stderr } = await runCommandWith(variables, args);
    expect(code, what).to.equal(1);
    expect(stderr, what).not.to.equal('');
    expect(stdout + stderr, what).not.to.include(SECRET);
  }

  it('has no password of a flag, right or misspelt, before or behind the command', async () => {
    const flags = [
      [`--user=root:${SECRET}`],
      ['--user', `root:${SECRET}`],
      [`--usr=root:${SECRET}`],
      [`--User=root:${SECRET}`],
      [`-user=root:${SECRET}`],
      ['-user', `root:${SECRET}`],
      ['--user', `:${SECRET}`],
      ['--user', 'root', `--password=${SECRET}`],
      ['--user', 'root', '--password', SECRET],
      [`--password=${SECRET}`],
      [`--pasword=${SECRET}`],
      ['--pasword', SECRET],
      [`--PASSWORD=${SECRET}`],
      [`-p${SECRET}`],
      ['-p', SECRET],
    ];
    for (const words of flags) {
      await expectSilent([...words, ...GET]);
      await expectSilent([...GET, ...words]);
      await expectSilent([...words, '--debug', ...GET]);
    }
    for (const line of [
      ['user', 'add', `x:${SECRET}`],
      ['user', 'add', `x:${SECRET}`, 'y'],
      ['user', 'ad', `x:${SECRET}`],
      ['user', 'add', 'x', `--new-user-password=${SECRET}`],
      ['user', 'add', 'x', `--new-user-pasword=${SECRET}`],
      ['user', 'passwd', 'x', SECRET],
      ['make-mirror', '127.0.0.1:2', `--dest-password=${SECRET}`, '--dest-user', 'u'],
      ['make-mirror', '127.0.0.1:2', `--dest-pasword=${SECRET}`],
      ['make-mirror', `u:${SECRET}@127.0.0.1:2`],
    ]) {
      await expectSilent([...GET.slice(0, 4), ...line]);
    }
    for (const flag of ['password', 'pasword', 'user', 'auth-token-secret']) {
      await expectSilent([...BAD_START, `--${flag}=${SECRET}`]);
    }
  });

  it('has no password of an address', async () => {
    for (const endpoint of [`root:${SECRET}@127.0.0.1:1`, `http://root:${SECRET}@127.0.0.1:1`, `https://${SECRET}@h`]) {
      await expectSilent(['--endpoints', endpoint, 'get', 'a']);
      await expectSilent(['get', 'a'], { RAFTKV_ENDPOINTS: endpoint });
      await expectSilent(['get', 'a'], { ETCDCTL_ENDPOINTS: endpoint });
    }
    const url = `http://root:${SECRET}@127.0.0.1:1`;
    for (const setting of ['listen-client-urls', 'listen-peer-urls', 'advertise-client-urls', 'listen-metrics-urls']) {
      await expectSilent(['serve', `--${setting}=${url}`]);
      await expectSilent(['serve'], { [`ETCD_${setting.toUpperCase().replaceAll('-', '_')}`]: url });
    }
    await expectSilent(['serve', `--initial-cluster=n1=${url}`]);
    await expectSilent(['serve', `--initial-cluster=${url}`]);
  });

  it('has no password of a variable, right or misspelt', async () => {
    await expectSilent(GET, { RAFTKV_USER: `root:${SECRET}` });
    await expectSilent(GET, { RAFTKV_USER: 'root', RAFTKV_PASSWORD: SECRET });
    await expectSilent(GET, { RAFTKV_PASSWORD: SECRET });
    await expectSilent(GET, { RAFTKV_PASWORD: SECRET });
    await expectSilent(GET, { ETCDCTL_USER: `root:${SECRET}` });
    await expectSilent(['--debug', ...GET], { ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: SECRET });
    await expectSilent(BAD_START, { RAFTKV_PASWORD: SECRET, RAFTKV_AUTH_TOKEN_SECRET: SECRET });
    await expectSilent(['serve'], { RAFTKV_AUTH_TOKEN: SECRET });
    await expectSilent(['serve'], { ETCD_AUTH_TOKEN: `jwt,secret=${SECRET}` });
  });

  it('has nothing of a broken configuration file or key', async () => {
    const texts = [
      `pasword: ${SECRET}\n`,
      `auth-token: ${SECRET}\n`,
      `auth-token: "jwt,secret=${SECRET}"\n`,
      `name: [${SECRET}\n`,
      `${SECRET}\n`,
      `password: ${SECRET}\n: bad\n`,
      `{"auth-token": {"a": "${SECRET}"}}`,
      `listen-client-urls: http://root:${SECRET}@h:1\n`,
    ];
    for (const [at, text] of texts.entries()) {
      const file = join(folder, `${at}.yaml`);
      writeFileSync(file, text);
      await expectSilent(['serve', '--config-file', file]);
    }
    const key = join(folder, 'key.pem');
    writeFileSync(key, `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`);
    await expectSilent([
      'serve',
      '--data-dir',
      join(folder, 'd'),
      `--auth-token=jwt,sign-method=RS256,priv-key=${key}`,
    ]);
    await expectSilent(['--cert', key, '--key', key, ...GET]);
    const url = ['--listen-client-urls', 'https://127.0.0.1:0', '--listen-peer-urls', 'http://127.0.0.1:0'];
    await expectSilent(['serve', '--data-dir', join(folder, 'd'), ...url, '--cert-file', key, '--key-file', key]);
  });
});

describe('a URL without its user', () => {
  it('keeps its scheme and host, whatever the password', () => {
    for (const password of ['x', 'a@b', 'a:b/c?d#e', '://', '@@', 'ä\n']) {
      expect(withoutUserInfo(`http://root:${password}@h:1`), password).to.equal('http://***@h:1');
      expect(withoutUserInfo(`root:${password}@h:1`), password).to.equal('***@h:1');
    }
    for (const plain of ['http://h:1', 'h:1', '', 'unix:///run/x.sock']) expect(withoutUserInfo(plain)).to.equal(plain);
  });
});
