import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { copyFileSync } from 'node:fs';
import { expect } from 'chai';
import { Dialler, type DiallerOptions } from '../../src/tls/dialler.js';
import { TestAuthority, testAuthority, type CertificateFiles } from '../support/certificates.js';
import { RecordingLogger } from '../support/recording-logger.js';

type Port = { readonly number: number; readonly close: () => void };

describe('dialling with TLS', function () {
  this.timeout(60_000);
  let authority: TestAuthority;
  let port: Port;

  before(async () => (authority = await testAuthority()));
  afterEach(() => port.close());

  /** A server that answers with the common name of its client, and the protocol agreed on. */
  async function open({ cert, key }: CertificateFiles): Promise<void> {
    const options = {
      cert,
      key,
      ca: authority.ca,
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
    };
    const server = createTlsServer(options, (socket) => {
      socket.on('error', () => undefined);
      socket.end(`${socket.getPeerX509Certificate()?.subject ?? 'nobody'} ${String(socket.alpnProtocol)}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = { number: (server.address() as AddressInfo).port, close: () => server.close() };
  }

  function load(options: Partial<DiallerOptions> = {}): Promise<Dialler> {
    return Dialler.load({
      identity: undefined,
      ca: { setting: '--peer-trusted-ca-file', path: authority.caFile },
      verify: true,
      check: () => undefined,
      protocol: {},
      logger: new RecordingLogger(),
      ...options,
    });
  }

  async function heard(socket: TLSSocket): Promise<string> {
    try {
      return String((await once(socket, 'data'))[0]);
    } catch (error) {
      return (error as Error).message;
    } finally {
      socket.destroy();
    }
  }

  async function dialled(options: Partial<DiallerOptions> = {}, host = '127.0.0.1'): Promise<string> {
    return heard((await load(options)).connect({ host, port: port.number }));
  }

  function identityOf({ certFile, keyFile }: CertificateFiles): DiallerOptions['identity'] {
    return {
      cert: { setting: '--peer-cert-file', path: certFile },
      key: { setting: '--peer-key-file', path: keyFile },
    };
  }

  it('reaches a server by an address or a name of its certificate', async () => {
    await open(await authority.issue());
    expect(await dialled()).to.equal('nobody false');
    expect(await dialled({}, 'localhost')).to.equal('nobody false');
  });

  it('presents a certificate, and offers protocols', async () => {
    await open(await authority.issue());
    const identity = identityOf(await authority.issue({ commonName: 'me' }));
    const dialler = await load({ identity });
    expect(await heard(dialler.connect({ host: '127.0.0.1', port: port.number, alpn: ['h2'] }))).to.equal('CN=me h2');
  });

  it('refuses a server whose certificate is for another host, whatever its common name', async () => {
    await open(await authority.issue({ commonName: '127.0.0.1', hosts: ['10.9.8.7'] }));
    expect(await dialled()).to.equal('the certificate is not valid for 127.0.0.1');
  });

  it('refuses a server of another authority, and one that it should not accept for another reason', async () => {
    await open(await authority.issue());
    expect(await dialled({ check: () => 'not this one' })).to.equal('not this one');
    const other = await TestAuthority.create('another CA');
    expect(await dialled({ ca: { setting: '--peer-trusted-ca-file', path: other.caFile } })).to.match(
      /self-signed|unable to/,
    );
    expect(await dialled({ ca: undefined }), 'no public authority').to.match(/self-signed|unable to/);
  });

  it('accepts any server where it does not verify', async () => {
    const other = await TestAuthority.create('another CA');
    await open(await other.issue({ hosts: [] }));
    expect(await dialled({ verify: false })).to.equal('nobody false');
  });

  it('presents what is in its files now', async () => {
    await open(await authority.issue());
    const [first, second] = [
      await authority.issue({ commonName: 'first' }),
      await authority.issue({ commonName: 'second' }),
    ];
    const dialler = await load({ identity: identityOf(first) });
    const own = (): Promise<string> => heard(dialler.connect({ host: '127.0.0.1', port: port.number }));
    expect(await own()).to.equal('CN=first false');
    copyFileSync(second.certFile, first.certFile);
    expect(await own(), 'without its key').to.equal('CN=first false');
    copyFileSync(second.keyFile, first.keyFile);
    expect(await own()).to.equal('CN=second false');
  });

  it('names the reason in a few words if the other side does not speak TLS', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = { number: (server.address() as AddressInfo).port, close: () => server.close() };
    expect(await dialled()).to.equal('TLS: wrong version number');
  });
});
