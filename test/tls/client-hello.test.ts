import { once } from 'node:events';
import { connect as connectSocket, createServer } from 'node:net';
import { connect } from 'node:tls';
import { expect } from 'chai';
import { assert, property, uint8Array } from 'fast-check';
import { HELLO_BYTES_MAX, helloState } from '../../src/tls/client-hello.js';
import { defined } from '../../src/util/assert.js';

/** The ClientHello that Node sends. */
async function nodesHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = defined(server.address(), 'an address') as { readonly port: number };
  const client = connect({ socket: connectSocket(address.port, '127.0.0.1'), servername: 'localhost' });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [ReturnType<typeof connectSocket>];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  server.close();
  return hello;
}

/** A handshake message in records of a size. */
function records(message: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const body = message.subarray(at, at + size);
    pieces.push(Buffer.from([22, 3, 1, body.length >> 8, body.length & 255]), body);
  }
  return Buffer.concat(pieces);
}

function hello(bytes: number): Buffer {
  const message = Buffer.alloc(4 + bytes);
  message[0] = 1;
  message.writeUIntBE(bytes, 1, 3);
  return message;
}

describe('the beginning of a TLS handshake', () => {
  it('is whole with the last byte of the ClientHello', async () => {
    const bytes = await nodesHello();
    const states = Array.from({ length: bytes.length + 1 }, (_, length) => helloState(bytes.subarray(0, length)));
    expect([...new Set(states.slice(0, -1))]).to.deep.equal(['more']);
    expect(states.at(-1)).to.equal('whole');
  });

  it('may be spread over records', () => {
    const bytes = records(hello(1000), 100);
    expect(helloState(bytes.subarray(0, bytes.length - 1))).to.equal('more');
    expect(helloState(bytes)).to.equal('whole');
  });

  it('is not that of another protocol', () => {
    const texts = ['G', 'GET / HTTP/1.1\r\n', 'PRI * HTTP/2.0\r\n\r\n', '\x16\x03\x01\0\0', '\x16\x03\x01\0\x04\x02'];
    const states = texts.map((text) => helloState(Buffer.from(text, 'latin1')));
    expect(states).to.deep.equal(texts.map(() => 'not-tls'));
  });

  it('is bounded', () => {
    expect(helloState(records(hello(HELLO_BYTES_MAX), 16_384).subarray(0, 100))).to.equal('too-large');
    const many = records(hello(HELLO_BYTES_MAX - 4), 4);
    const states = [16_384, HELLO_BYTES_MAX + 9, many.length].map((length) => helloState(many.subarray(0, length)));
    expect(states).to.deep.equal(['more', 'too-large', 'too-large']);
  });

  it('is recognised without an error in any bytes', () => {
    assert(
      property(uint8Array({ maxLength: 64 }), (bytes) => {
        expect(helloState(Buffer.from([22, 3, 1, ...bytes]))).to.be.oneOf(['more', 'whole', 'not-tls', 'too-large']);
      }),
    );
  });
});
