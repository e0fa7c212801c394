import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Client } from '../../src/client/index.js';
import { etcdserverpb } from '../../src/gen/proto.js';
import { CA, CLIENT, SERVER, writtenFiles } from '../support/client-certificates.js';
import { poll } from '../support/poll.js';
import { rawCall, rawClient } from '../support/raw-client.js';
import { freePorts, RAFTKV, ServerProcess } from '../support/server-process.js';
import { removeFolder } from '../support/temporary-folder.js';

const p = etcdserverpb;
const SECRETS = {
  'password of root': 'root-pass-9f2c41',
  'password of a user': 'ann-pass-77aa10',
  'changed password': 'changed-pass-c0ffee',
  'wrong password': 'wrong-pass-deadbe',
  'password in a broken request': 'broken-pass-b16b00',
  'secret of tokens': 'hmac-secret-0123456789abcdef0123456789',
};
/** bcrypt, of a password of no one. */
const HASH = '$2b$04$EGdrhbKUv8Oc9vGiXX0HQOxSg445d458Muh7DAHskb6QbtCvdxcie';

// GHSA-528j-9r78-wffx, CVE-2021-28235: etcd logged passwords and tokens, and its debug output showed them.
describe('a server at the log level debug', function () {
  this.timeout(120_000);

  it('GHSA-528j-9r78-wffx, CVE-2021-28235: shows no password, hash, token or key to anyone', async () => {
    const { folder, paths } = writtenFiles({
      ca: CA,
      cert: SERVER.cert,
      key: SERVER.key,
      secret: SECRETS['secret of tokens'],
    });
    const [clientPort = 0, plainPort = 0, peerPort = 0] = await freePorts(3);
    const data = join(folder, 'data');
    const flags = {
      'data-dir': data,
      'listen-client-urls': `https://127.0.0.1:${clientPort},http://127.0.0.1:${plainPort}`,
      'advertise-client-urls': `https://127.0.0.1:${clientPort}`,
      'listen-peer-urls': `http://127.0.0.1:${peerPort}`,
      'initial-advertise-peer-urls': `http://127.0.0.1:${peerPort}`,
      'initial-cluster': `default=http://127.0.0.1:${peerPort}`,
      'cert-file': paths.cert,
      'key-file': paths.key,
      'trusted-ca-file': paths.ca,
      'auth-token': `jwt,sign-method=HS256,priv-key=${paths.secret}`,
      'bcrypt-cost': '4',
      'log-level': 'debug',
      metrics: 'extensive',
      'warning-unary-request-duration': '1ms',
      'warning-apply-duration': '1ms',
    };
    const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const server = new ServerProcess([...RAFTKV, 'serve', ...words], folder);
    const raw = rawClient(`127.0.0.1:${plainPort}`);
    const answers: string[] = [];
    try {
      const tls = { ca: paths.ca, cert: CLIENT.cert, key: CLIENT.key };
      const endpoints = [`https://127.0.0.1:${clientPort}`];
      await using root = new Client({ endpoints, tls, user: 'root', password: SECRETS['password of root'] });
      await poll('the member', () => root.get('none').catch(() => undefined));
      await root.auth.userAdd('root', { password: SECRETS['password of root'] });
      await root.auth.userAdd('ann', { password: SECRETS['password of a user'] });
      await root.auth.userAdd('hashed', { hashedPassword: Buffer.from(HASH).toString('base64') });
      await root.auth.userGrantRole('root', 'root');
      await root.auth.enable();
      await root.put('k', 'v');
      await root.auth.userChangePassword('ann', { password: SECRETS['changed password'] });
      const { token } = await root.auth.authenticate({ user: 'ann', password: SECRETS['changed password'] });

      const failing: readonly (readonly [path: string, body: Uint8Array, metadata: Record<string, string>])[] = [
        [
          'Auth/Authenticate',
          p.AuthenticateRequest.encode({ name: 'ann', password: SECRETS['wrong password'] }).finish(),
          {},
        ],
        [
          'Auth/UserAdd',
          p.AuthUserAddRequest.encode({ name: 'x', password: SECRETS['wrong password'] }).finish(),
          { token },
        ],
        [
          'Auth/UserAdd',
          p.AuthUserAddRequest.encode({ name: 'x', password: SECRETS['wrong password'].repeat(9) }).finish(),
          {},
        ],
        ['Auth/UserAdd', p.AuthUserAddRequest.encode({ name: 'x', hashedPassword: HASH }).finish(), {}],
        // The bytes of a password where others are expected.
        ['Auth/UserAdd', Buffer.from(`\x0a\xff${SECRETS['password in a broken request']}`, 'latin1'), {}],
        ['KV/Range', p.RangeRequest.encode({ key: Buffer.from('k') }).finish(), { token: `${token}x` }],
        [
          'KV/Range',
          p.RangeRequest.encode({ key: Buffer.from('k') }).finish(),
          { authorization: `Basic ${SECRETS['wrong password']}` },
        ],
      ];
      for (const [path, body, metadata] of failing) {
        const { code, details } = await rawCall(raw, `/etcdserverpb.${path}`, body, { metadata });
        expect(code, path).not.to.equal(0);
        answers.push(details);
      }
      const bodies = [
        `{"name":"ann","password":"${SECRETS['wrong password']}"}`,
        `{"name":"ann","password":"${SECRETS['password in a broken request']}",,}`,
        `{"name":"ann","password":${SECRETS['password in a broken request']}}`,
        `{"name":"ann","password":["${SECRETS['password in a broken request']}"]}`,
        `{"name":"ann","pasword":"${SECRETS['password in a broken request']}"}`,
        SECRETS['password in a broken request'],
      ];
      for (const body of bodies) {
        for (const path of [
          '/v3/auth/authenticate',
          '/v3/auth/user/add',
          `/v3/none?password=${SECRETS['wrong password']}`,
        ]) {
          const response = await fetch(`http://127.0.0.1:${plainPort}${path}`, { method: 'POST', body });
          expect(response.status, body).to.be.at.least(400);
          answers.push(await response.text());
        }
      }
      const metrics = await (await fetch(`http://127.0.0.1:${plainPort}/metrics`)).text();
      expect(metrics).to.include('raftkv_info');
      const shown = readFileSync(`/proc/${server.pid}/cmdline`, 'latin1');
      server.signal('SIGTERM');
      expect((await server.exited).code).to.equal(0);

      const log = [...server.stdout, ...server.stderr].join('\n');
      expect(log).to.match(/DEBUG|debug/);
      const [, , signature = ''] = token.split('.');
      expect(signature).to.have.length.above(20);
      const keyLine = SERVER.key.split('\n')[1] ?? '';
      const hidden = { ...SECRETS, token: signature, 'private key': keyLine };
      const hash = { 'bcrypt hash': '$2b$04$', 'bcrypt hash in base64': Buffer.from('$2b$04').toString('base64') };
      for (const [where, text] of Object.entries({ log, metrics, title: shown })) {
        for (const [what, secret] of Object.entries({ ...hidden, ...hash })) {
          expect(text.includes(secret), `${what} in the ${where}`).to.equal(false);
        }
      }
      // An answer to a broken request may repeat a part of it, to its own sender; nothing of others.
      const others = { ...hidden, ...hash, 'password in a broken request': undefined };
      for (const [what, secret] of Object.entries(others)) {
        if (secret !== undefined)
          expect(
            answers.some((answer) => answer.includes(secret)),
            what,
          ).to.equal(false);
      }
      // The data has the hashes of passwords, and neither passwords nor tokens.
      const files = filesIn(data).map((file) => readFileSync(file, 'latin1'));
      expect(files.some((text) => text.includes(hash['bcrypt hash in base64']))).to.equal(true);
      for (const [what, secret] of Object.entries(hidden)) {
        expect(
          files.some((text) => text.includes(secret)),
          `${what} in the data`,
        ).to.equal(false);
      }
    } finally {
      raw.close();
      await server.kill();
      removeFolder(folder);
    }
  });

  it('does not show a secret of tokens that it refuses', async () => {
    const { folder, paths } = writtenFiles({ ca: CA });
    const secret = join(folder, 'short');
    writeFileSync(secret, 'short-hmac');
    try {
      for (const value of [`jwt,sign-method=HS256,priv-key=${secret}`, `jwt,sign-method=RS256,priv-key=${paths.ca}`]) {
        const server = new ServerProcess([...RAFTKV, 'serve', '--log-level=debug', `--auth-token=${value}`], folder);
        expect((await server.exited).code).to.equal(1);
        expect(server.log()).not.to.include('short-hmac').and.not.to.include(CA.split('\n')[1]);
      }
    } finally {
      removeFolder(folder);
    }
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
