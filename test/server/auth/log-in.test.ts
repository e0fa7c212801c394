import { expect } from 'chai';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { etcdserverpb } from '../../../src/gen/proto.js';
import { PASSWORD, SecuredMember } from './secured-member.js';

const p = etcdserverpb;
const FAILED = 'etcdserver: authentication failed, invalid user ID or password';

describe('Auth.Authenticate', () => {
  let secured: SecuredMember;

  beforeEach(async () => {
    secured = await SecuredMember.start();
  });

  afterEach(() => secured.dispose());

  async function outcome(name: string, password: string): Promise<string> {
    const { code, details } = await secured.call('Auth/Authenticate', p.AuthenticateRequest, { name, password });
    return `${code} ${details}`;
  }

  it('answers as etcd does', async () => {
    expect(await outcome('root', PASSWORD)).to.equal('9 etcdserver: authentication is not enabled');
    const cn = { name: 'cn', options: { noPassword: true } };
    await secured.do('Auth/UserAdd', p.AuthUserAddRequest, cn);
    await secured.enable();
    expect(await outcome('root', PASSWORD)).to.equal('0 ');
    expect(await outcome('root', 'x')).to.equal(`3 ${FAILED}`);
    expect(await outcome('', 'x')).to.equal(`3 ${FAILED}`);
    expect(await outcome('nobody', PASSWORD)).to.equal(`3 ${FAILED}`);
    expect(await outcome('cn', '')).to.equal('2 auth: authentication failed, password was given for no password user');
  });

  it('takes another password from the moment on at which it was changed', async () => {
    await secured.enable();
    await secured.logIn('root');
    const change = { name: 'root', password: 'new' };
    await secured.do('Auth/UserChangePassword', p.AuthUserChangePasswordRequest, change, 'root');
    expect((await secured.call('Auth/UserList', p.AuthUserListRequest, {}, 'root')).code).to.equal(16);
    expect(await outcome('root', PASSWORD)).to.equal(`3 ${FAILED}`);
    await secured.logIn('root', 'new');
    // Without a password the old one stays.
    await secured.do('Auth/UserChangePassword', p.AuthUserChangePasswordRequest, { name: 'root' }, 'root');
    expect(await outcome('root', 'new')).to.equal('0 ');
  });

  // GHSA-4993-m7g5-r9hh: etcd takes passwords of any length, also none.
  it('GHSA-4993-m7g5-r9hh: has no user with an empty password, and none that bcrypt would cut', async () => {
    const add = async (request: object): Promise<string> => {
      const { code, details } = await secured.call('Auth/UserAdd', p.AuthUserAddRequest, request);
      return `${code} ${details}`;
    };
    expect(await add({ name: 'a' })).to.match(/^3 raftkv: the password is empty/);
    expect(await add({ name: 'a', password: 'x'.repeat(73) })).to.equal('2 bcrypt: password length exceeds 72 bytes');
    expect(await add({ name: 'a', password: 'x'.repeat(72) })).to.equal('0 ');
  });

  it('GHSA-4993-m7g5-r9hh: has no user with a password shorter than --password-min-length', async () => {
    await secured.dispose();
    secured = await SecuredMember.start({ settings: { 'password-min-length': '12' } });
    const set = async (
      path: string,
      codec: Parameters<SecuredMember['call']>[1],
      password: string,
    ): Promise<string> => {
      const { code, details } = await secured.call(path, codec, { name: 'ann', password });
      return `${code} ${details}`;
    };
    const short = '3 raftkv: the password has fewer than 12 characters (--password-min-length)';
    // Eleven characters of 22 units of UTF-16 and 44 bytes.
    for (const password of ['x', 'x'.repeat(11), '\u{1f511}'.repeat(11)]) {
      expect(await set('Auth/UserAdd', p.AuthUserAddRequest, password), password).to.equal(short);
    }
    expect(await set('Auth/UserAdd', p.AuthUserAddRequest, '\u{1f511}'.repeat(12))).to.equal('0 ');
    const change = p.AuthUserChangePasswordRequest;
    expect(await set('Auth/UserChangePassword', change, 'x'.repeat(11))).to.equal(short);
    expect(await set('Auth/UserChangePassword', change, 'x'.repeat(12))).to.equal('0 ');
    expect(await set('Auth/UserChangePassword', change, ''), 'keeps the old one').to.equal('0 ');
    await secured.enable();
    await secured.logIn('ann', 'x'.repeat(12));
  });

  it('takes hashed passwords, of a cost that it can bear', async () => {
    const hash = '$2b$04$EGdrhbKUv8Oc9vGiXX0HQOxSg445d458Muh7DAHskb6QbtCvdxcie';
    const add = async (name: string, hashed: string): Promise<number> => {
      const hashedPassword = Buffer.from(hashed).toString('base64');
      return (await secured.call('Auth/UserAdd', p.AuthUserAddRequest, { name, hashedPassword })).code;
    };
    expect(await add('hashed', hash)).to.equal(0);
    expect(await add('costly', hash.replace('$04$', '$31$'))).to.equal(3);
    expect(await add('no-hash', 'secret')).to.equal(3);
    await secured.enable();
    expect(await outcome('hashed', 'correctbatteryhorsestapler')).to.equal('0 ');
  });

  // GHSA-528j-9r78-wffx, CVE-2021-28235: passwords and tokens were in the log and in debug output.
  it('GHSA-528j-9r78-wffx, CVE-2021-28235: leaves neither passwords nor tokens in the log, the files and the metrics', async () => {
    await secured.enable();
    const token = await secured.logIn('root');
    await outcome('root', `${PASSWORD} wrong`);
    await secured.do(
      'Auth/UserChangePassword',
      p.AuthUserChangePasswordRequest,
      { name: 'root', password: PASSWORD },
      'root',
    );
    await secured.logIn('root');
    const { member, folder, logger } = secured.member;
    const metrics = await (await fetch(`${member.clientUrls[0] ?? ''}/metrics`)).text();
    const texts = [
      metrics,
      JSON.stringify(logger.lines),
      process.title,
      ...filesIn(folder).map((file) => readFileSync(file, 'latin1')),
    ];
    const [secret = ''] = token.split('.');
    expect(secret).to.have.length(16);
    for (const text of texts) {
      expect(text).not.to.include(PASSWORD);
      expect(text).not.to.include(secret);
    }
    // The files are those that have the users: a hash is in base64 in the log.
    const beginning = Buffer.from('$2b$04$').toString('base64').slice(0, 9);
    expect(texts.some((text) => text.includes(beginning))).to.equal(true);
  });

  it('voids all tokens of earlier starts and of a time before authentication was disabled', async () => {
    await secured.enable();
    await secured.logIn('root');
    await secured.do('Auth/AuthDisable', p.AuthDisableRequest, {}, 'root');
    // While authentication is off, tokens are not looked at.
    await secured.do('KV/Put', p.PutRequest, { key: Buffer.from('k') }, 'root');
    await secured.do('Auth/AuthEnable', p.AuthEnableRequest, {});
    expect((await secured.call('Auth/UserList', p.AuthUserListRequest, {}, 'root')).code).to.equal(16);
  });

  it('refuses a tampered, an empty and a foreign token, wherever it is', async () => {
    await secured.enable();
    const token = await secured.logIn('root');
    const list = async (metadata: Record<string, string>): Promise<number> => {
      const body = p.AuthUserListRequest.encode({}).finish();
      return (await secured.member.raw('/etcdserverpb.Auth/UserList', body, { metadata })).code;
    };
    expect(await list({ token })).to.equal(0);
    expect(await list({ authorization: token })).to.equal(0);
    expect(await list({ authorization: `Bearer ${token}` })).to.equal(0);
    expect(await list({ token: `${token}0` })).to.equal(16);
    expect(await list({ token: '' })).to.equal(16);
    expect(await list({ token: 'x', authorization: token })).to.equal(16);
    expect(await list({ token: `${token.split('.')[0] ?? ''}.100000` })).to.equal(16);
  });
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path);
    if (stat.isDirectory()) return filesIn(path);
    return stat.isFile() ? [path] : [];
  });
}
