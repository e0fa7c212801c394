import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { Client } from '../../../src/client/index.js';
import type { TlsOptions } from '../../../src/client/index.js';
import {
  CA,
  CLIENT,
  EXPIRED,
  NAMED,
  OTHER_CA,
  SERVER,
  STRANGER,
  writtenFiles,
  type Identity,
} from '../../support/client-certificates.js';
import { FakeEtcd } from '../../support/fake-etcd.js';
import { poll } from '../../support/poll.js';
import { clientErrorOf } from '../../support/rejections.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { runCommand, runCommandWith } from '../../cli/run-command.js';
import { openedServers } from '../opened-servers.js';

/** A server with a certificate; with an authority, one that requires client certificates. */
function credentialsOf({ cert, key }: Identity, clientCa?: string): ServerCredentials {
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  return ServerCredentials.createSsl(
    clientCa === undefined ? null : Buffer.from(clientCa),
    [pair],
    clientCa !== undefined,
  );
}

describe('a client with TLS', () => {
  const { start, connect } = openedServers((identity?: Identity, clientCa?: string) =>
    identity === undefined ? FakeEtcd.start() : FakeEtcd.start(undefined, 0, credentialsOf(identity, clientCa)),
  );
  const secure = (fake: FakeEtcd): string => `https://${fake.endpoint}`;
  const folders: string[] = [];
  const files = <Name extends string>(texts: Readonly<Record<Name, string>>): Readonly<Record<Name, string>> => {
    const { folder, paths } = writtenFiles(texts);
    folders.push(folder);
    return paths;
  };
  after(() => {
    for (const folder of folders) removeFolder(folder);
  });

  it('trusts a server whose certificate the given CA has signed, by any form of the CA', async () => {
    const fake = await start(SERVER);
    const { ca } = files({ ca: CA });
    for (const given of [ca, CA, Buffer.from(CA)]) {
      const client = connect([secure(fake)], { tls: { ca: given } });
      await client.put('a', '1');
      await using watch = client.watch({ key: 'a' });
      void watch;
    }
    const byName = connect([`localhost:${fake.port}`], { tls: { ca } });
    expect((await byName.get('a')).kv?.version, 'no scheme, but TLS options').to.equal(3);
    expect(byName.endpoints).to.deep.equal([`localhost:${fake.port}`]);
    expect((await byName.status(secure(fake))).version, 'the same member by another name').to.equal('3.6.0');
  });

  it('takes the options of Node', async () => {
    const fake = await start(NAMED, CA);
    const names: string[] = [];
    const node = {
      ...{ ca: CA, ...CLIENT, minVersion: 'TLSv1.3' as const },
      checkServerIdentity: (name: string) => void names.push(name),
    };
    await connect([secure(fake)], { tls: { node } }).get('a');
    expect(names).to.deep.equal(['127.0.0.1']);
  });

  const REFUSED: readonly {
    readonly title: string;
    readonly server: readonly [identity?: Identity, clientCa?: string];
    readonly scheme?: 'http';
    readonly tls?: TlsOptions;
    readonly reason: string;
  }[] = [
    {
      title: 'no CA',
      server: [SERVER],
      reason: "the server's certificate is not accepted: no trusted CA has signed it",
    },
    {
      title: 'another CA',
      server: [SERVER],
      tls: { ca: OTHER_CA },
      reason: "the server's certificate is not accepted: no trusted CA has signed it",
    },
    {
      title: 'a certificate of another name',
      server: [NAMED],
      tls: { ca: CA },
      reason: "the server's certificate is not accepted: it is not for 127.0.0.1",
    },
    {
      title: 'an expired certificate',
      server: [EXPIRED],
      tls: { ca: CA },
      reason: "the server's certificate is not accepted: it has expired",
    },
    {
      title: 'no client certificate where one is required',
      server: [SERVER, CA],
      tls: { ca: CA },
      reason: 'the server requires a client certificate',
    },
    {
      title: 'TLS against a plain server',
      server: [],
      tls: { ca: CA },
      reason: 'the server does not use TLS: use http://',
    },
    {
      title: 'a plain connection against TLS',
      server: [SERVER],
      scheme: 'http',
      reason: 'the server uses TLS: use https://',
    },
  ];
  for (const { title, server, scheme, tls, reason } of REFUSED) {
    it(`fails at once and says why with ${title}`, async () => {
      const fake = await start(...server);
      const endpoint = scheme === 'http' ? fake.endpoint : secure(fake);
      const client = connect([endpoint], { timeoutMs: 60_000, ...(tls === undefined ? {} : { tls }) });
      const calls = [client.put('a', '1'), client.watch({ key: 'a' }).started, client.leaseKeepAliveOnce(7n)];
      for (const error of await Promise.all(calls.map(clientErrorOf))) {
        expect(error).to.include({ code: 'tls-failed', fate: 'not-applied', retryable: false });
        expect(error.message).to.equal(`${endpoint}: ${reason}`);
      }
      expect(fake.calls).to.deep.equal([]);
    });
  }

  it('says that the server does not accept its certificate', async () => {
    const fake = await start(SERVER, CA);
    const client = connect([secure(fake)], { tls: { ca: CA, ...STRANGER }, timeoutMs: 2000 });
    const { message } = await clientErrorOf(client.get('a'));
    // Node's server closes the connection without a reason; others send an alert.
    expect(message).to.match(
      /closed the connection right after the TLS handshake|refuses the client|does not trust the CA/,
    );
    const known = connect([secure(fake)], { tls: { ca: CA, ...CLIENT } });
    expect((await known.put('a', '1')).header.revision).to.equal(2);
  });

  it('accepts any certificate with insecureSkipVerify', async () => {
    const fake = await start(EXPIRED);
    await connect([secure(fake)], { tls: { insecureSkipVerify: true } }).put('a', '1');
  });

  it('checks the name that it is given', async () => {
    const fake = await start(NAMED);
    await connect([secure(fake)], { tls: { ca: CA, serverName: 'elsewhere' } }).put('a', '1');
    const wrong = connect([secure(fake)], { tls: { ca: CA, serverName: 'nowhere' } });
    expect((await clientErrorOf(wrong.get('a'))).message).to.include('it is not for nowhere');
  });

  it('uses other members while one fails in the handshake, and fails if all do', async () => {
    const [bad, plain, good] = [await start(EXPIRED), await start(), await start(SERVER)];
    const mixed = [secure(bad), `http://${plain.endpoint}`];
    const client = connect(mixed, { tls: { ca: CA } });
    await client.put('a', '1');
    await using watch = client.watch({ key: 'a' });
    void watch;
    expect(plain.countOf('Put')).to.equal(1);
    await connect([secure(bad), good.endpoint], { tls: { ca: CA } }).put('a', '1');
    const none = connect([secure(bad), secure(good)], { tls: { ca: OTHER_CA }, timeoutMs: 60_000 });
    const error = await clientErrorOf(none.get('a'));
    expect(error).to.include({ code: 'tls-failed', retryable: false });
    expect(error.message).to.include(`no member can be reached at ${secure(bad)}, ${secure(good)} (last tried `);
  });

  it('reads files again when they have changed, and keeps the last good ones', async () => {
    const fake = await start(SERVER, CA);
    const paths = files({ ca: OTHER_CA, cert: CLIENT.cert, key: CLIENT.key });
    const client = connect([secure(fake)], { tls: paths });
    expect((await clientErrorOf(client.get('a'))).code).to.equal('tls-failed');
    const replace = (path: string, text: string): void => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    };
    replace(paths.ca, CA);
    // The next connection uses it, after a pause.
    await poll('the next connection', () => client.get('a').catch(() => undefined));
    replace(paths.ca, 'half writ');
    const again = connect([secure(fake)], { tls: { ...paths, ca: CA } });
    await again.get('a');
    await client.get('a');
  });

  it('refuses unusable files when it is made, and names them', () => {
    const { ca, cert, key, otherKey, text } = files({
      ca: CA,
      cert: CLIENT.cert,
      key: CLIENT.key,
      otherKey: SERVER.key,
      text: 'no PEM',
    });
    const make = (tls: TlsOptions) => () => new Client({ endpoints: ['a:1'], tls });
    expect(make({ ca: '/does/not/exist' })).to.throw('the CA certificate /does/not/exist cannot be read: it does not');
    expect(make({ ca: key })).to.throw(`the CA certificate ${key} is not PEM that can be used: no certificate in it`);
    expect(make({ ca: text })).to.throw(`the CA certificate ${text} is not PEM`);
    expect(make({ ca, cert })).to.throw('a client certificate needs its key');
    expect(make({ ca, key })).to.throw('a client key needs its certificate');
    expect(make({ cert: key, key })).to.throw(`the client certificate ${key} is not PEM`);
    expect(make({ cert, key: cert })).to.throw(`the client key ${cert} is not PEM`);
    expect(make({ cert, key: otherKey })).to.throw(
      `the client key ${otherKey} does not fit the client certificate ${cert}`,
    );
    expect(make({ cert: CLIENT.cert, key: SERVER.key })).to.throw('the client key does not fit the client certificate');
  });

  it('distinguishes a server that only closes connections from one that fails the handshake', async () => {
    const listener = createServer((socket) => socket.on('error', () => undefined).destroy()).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const endpoint = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
    const limits = { timeoutMs: 2000, unreachableMs: 1 };
    try {
      const plain = await clientErrorOf(connect([endpoint], limits).get('a'));
      expect(plain).to.include({ code: 'unavailable', retryable: true });
      const tls = await clientErrorOf(connect([`https://${endpoint}`], { ...limits, tls: { ca: CA } }).get('a'));
      expect(tls).to.include({ code: 'unavailable', retryable: true });
      expect(tls.message).to.include('the server closed the connection in the TLS handshake');
    } finally {
      listener.close();
    }
  });

  // Node prints a warning when an IP address is given as the name of the server, as the gRPC library does.
  it('prints no warning for a server at an IP address', async () => {
    const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli', 'main.js');
    const fake = await start(SERVER);
    const { ca } = files({ ca: CA });
    const child = spawn(process.execPath, [main, 'put', 'a', '1', '--endpoints', secure(fake), '--cacert', ca], {
      env: {},
    });
    const seen = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
    await once(child, 'close');
    expect(seen).to.deep.equal({ out: 'OK\n', err: '' });
  });

  describe('on the command line', () => {
    it('takes the flags and variables of etcdctl', async () => {
      const fake = await start(SERVER, CA);
      const { ca, cert, key } = files({ ca: CA, cert: CLIENT.cert, key: CLIENT.key });
      const flags = ['--cacert', ca, '--cert', cert, '--key', key];
      const put = ['put', 'a', '1'];
      const ok = { code: 0, stdout: 'OK\n', stderr: '' };
      expect(await runCommand(['--endpoints', secure(fake), ...flags, ...put])).to.include(ok);
      expect(await runCommand([...put, '--endpoints', fake.endpoint, ...flags]), 'no scheme').to.include(ok);
      for (const prefix of ['RAFTKV', 'ETCDCTL']) {
        const variables = {
          [`${prefix}_ENDPOINTS`]: fake.endpoint,
          [`${prefix}_CACERT`]: ca,
          [`${prefix}_CERT`]: cert,
          [`${prefix}_KEY`]: key,
        };
        expect(await runCommandWith(variables, put), prefix).to.include(ok);
      }
    });

    it('skips the verification of certificates, and uses TLS without a scheme, when told to', async () => {
      const fake = await start(EXPIRED);
      const run = async (...args: readonly string[]) => await runCommand([...args, 'get', 'none']);
      const skip = '--insecure-skip-tls-verify';
      expect((await run('--endpoints', secure(fake), skip)).code).to.equal(0);
      expect((await run('--endpoints', fake.endpoint, skip, '--insecure-transport=false')).code).to.equal(0);
      const plain = await run('--endpoints', fake.endpoint, skip);
      expect(plain.stderr, 'as in etcdctl').to.equal(
        `raftkv: http://${fake.endpoint}: the server uses TLS: use https://\n`,
      );
      const unknown = await run('--endpoints', secure(fake));
      expect(unknown.stderr).to.match(/^raftkv: https:\/\/.*: the server's certificate is not accepted: .*\n$/);
    });
  });
});
