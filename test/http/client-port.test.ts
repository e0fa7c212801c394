import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { unary, type UnaryCall } from '../../src/rpc/service.js';
import { poll } from '../support/poll.js';
import { unaryOn } from '../rpc/served-host.js';
import { answerTo, ServedPort, untilClosed } from './served-port.js';

const CALL = '/test.Service/Call';
const echo = unary<Uint8Array>({ path: CALL, decode: (body) => body, handle: (call, body) => call.respond(body) });
const GET = 'GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n';

describe('the client port', () => {
  let served: ServedPort;
  const clients: Client[] = [];

  const grpc = async (): Promise<unknown> => {
    const client = new Client(`127.0.0.1:${served.number}`, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    clients.push(client);
    return await unaryOn(client, CALL, Buffer.from('hi'));
  };

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await served.stop();
  });

  it('serves gRPC and HTTP/1.1 side by side', async () => {
    served = await ServedPort.start([echo]);
    for (let round = 0; round < 3; round++) {
      expect(await grpc()).to.deep.equal({ body: 'hi', trailers: {} });
      expect(await served.post('/v3/call', '{"text":"hi"}')).to.include({ status: 200, body: '{"text":"hi"}' });
    }
    expect(served.sockets.length, 'HTTP keeps its connection').to.equal(4);
    expect(served.logger.lines).to.deep.equal([]);
  });

  it('waits for the bytes that determine the protocol', async () => {
    served = await ServedPort.start([echo]);
    for (const [text, answer] of [
      ['POST /v3/call HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}', /^HTTP\/1.1 200 OK/],
      ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', undefined],
    ] as const) {
      const socket = await served.rawSocket();
      socket.setNoDelay(true);
      let heard = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => (heard = Buffer.concat([heard, chunk])));
      for (const byte of Buffer.from(text, 'latin1')) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await poll('an answer', () => heard.length > 9 || undefined);
      // SETTINGS is the first frame of an HTTP/2 server.
      if (answer === undefined) expect(heard[3]).to.equal(4);
      else expect(heard.toString()).to.match(answer);
      socket.destroy();
    }
  });

  it('answers 400 or 431 to bytes of neither protocol, and continues to serve', async () => {
    served = await ServedPort.start([echo]);
    for (const text of ['garbage\r\n\r\n', 'PRX', '\0\0\0\0', 'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n']) {
      const socket = await served.rawSocket();
      socket.write(text);
      if (text === 'PRX') socket.end();
      expect(await untilClosed(socket), text).to.match(/^HTTP\/1.1 400 Bad Request\r\n/);
    }
    const socket = await served.rawSocket();
    socket.write(`GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await untilClosed(socket)).to.match(/^HTTP\/1.1 431 /);
    expect(await grpc()).to.deep.equal({ body: 'hi', trailers: {} });
  });

  it('survives connections that end or break before they have sent anything', async () => {
    served = await ServedPort.start([echo]);
    for (const text of ['', 'P', 'PRI', 'G']) {
      const ending = await served.rawSocket();
      ending.end(text);
      await untilClosed(ending);
      const breaking = await served.rawSocket();
      if (text !== '') breaking.write(text);
      breaking.resetAndDestroy();
    }
    await poll('all of them to be given up', () => served.sockets.every(({ destroyed }) => destroyed) || undefined);
    expect(await grpc()).to.deep.equal({ body: 'hi', trailers: {} });
  });

  it('closes connections that send nothing, and those that never complete a head', async () => {
    served = await ServedPort.start([echo], { silenceMs: 50, headMs: 100 });
    const silent = await served.rawSocket();
    await once(silent, 'close');
    const slow = await served.rawSocket();
    slow.write('GET /nowhere HTTP/1.1\r\n');
    const trickle = setInterval(() => slow.write('X: y\r\n'), 20);
    await untilClosed(slow);
    clearInterval(trickle);
    // A keep-alive connection has the same time for its next request.
    const kept = await served.rawSocket();
    kept.write(GET);
    await once(kept, 'data');
    await once(kept, 'close');
  });

  it('does not close a connection whose request takes longer than a head may', async () => {
    const later = unary<Uint8Array>({
      path: CALL,
      decode: (body) => body,
      handle: (call, body) => void sleep(300).then(() => call.respond(body)),
    });
    served = await ServedPort.start([later], { headMs: 50, silenceMs: 50 });
    expect(await served.post('/v3/call', '{"text":"late"}')).to.include({ status: 200, body: '{"text":"late"}' });
  });

  it('answers requests of one packet in order', async () => {
    served = await ServedPort.start([echo]);
    const socket = await served.rawSocket();
    const post = (text: string): string =>
      `POST /v3/call HTTP/1.1\r\nHost: h\r\nContent-Length: ${text.length + 11}\r\n\r\n{"text":"${text}"}`;
    socket.write(post('one') + post('two') + GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    const heard = await untilClosed(socket);
    expect(heard.match(/HTTP\/1.1 \d+|\{"text":"\w+"\}/g)).to.deep.equal([
      'HTTP/1.1 200',
      '{"text":"one"}',
      'HTTP/1.1 200',
      '{"text":"two"}',
      'HTTP/1.1 404',
    ]);
  });

  // The timer for reading an answer kept running after the answer, and closed the connection during the next call.
  it('does not apply the time limit of an unread answer to the next call', async () => {
    let waits = false;
    const some = unary<Uint8Array>({
      path: CALL,
      decode: (body) => body,
      handle: (call, body) => (body.length > 0 ? call.respond(body) : void (waits = true)),
    });
    served = await ServedPort.start([some]);
    const socket = await served.rawSocket();
    const head = 'POST /v3/call HTTP/1.1\r\nHost: h\r\nContent-Length:';
    socket.write(`${head} 13\r\n\r\n{"text":"hi"}${head} 2\r\n\r\n{}`);
    await once(socket, 'data');
    await poll('the second call', () => waits || undefined);
    await poll('the end of the limit', () => served.sockets[0]?.timeout === 0 || undefined);
    socket.destroy();
  });

  describe('that closes', () => {
    it('closes idle connections at once', async () => {
      served = await ServedPort.start([echo]);
      await served.post('/v3/call', '{}');
      const silent = await served.rawSocket();
      const half = await served.rawSocket();
      half.write('POST /v3/call HTTP/1.1\r\n');
      await poll('the connections to come', () => served.sockets.length === 3 || undefined);
      await served.port.close({ graceMs: 600_000 });
      // A connection that has sent nothing is not assigned to a protocol yet: the listener closes it.
      silent.destroy();
    });

    it('lets a running call end, and takes no other', async () => {
      let running: UnaryCall | undefined;
      const hold = unary<Uint8Array>({ path: CALL, decode: (body) => body, handle: (call) => void (running = call) });
      served = await ServedPort.start([hold]);
      const sent = served.open('/v3/call');
      sent.end('{}');
      const answered = answerTo(sent);
      const call = await poll('the call', () => running);
      const closed = served.port.close({ graceMs: 5_000 });
      const late = await served.rawSocket();
      late.write(GET);
      expect(await untilClosed(late), 'a connection that comes late').to.equal('');
      call.respond(Buffer.alloc(0));
      expect(await answered).to.include({ status: 200, body: '{}' });
      await closed;
    });

    it('cancels calls that have not ended within the grace period', async () => {
      const events: string[] = [];
      const hold = unary<Uint8Array>({
        path: CALL,
        decode: (body) => body,
        handle: (call) => {
          events.push('begun');
          call.onCancel(() => events.push('cancelled'));
        },
      });
      served = await ServedPort.start([hold]);
      const sent = served.open('/v3/call');
      sent.end('{}');
      await poll('the call', () => events.length === 1 || undefined);
      await served.port.close({ graceMs: 50 });
      await poll('the cancellation', () => events.length === 2 || undefined);
      expect(events).to.deep.equal(['begun', 'cancelled']);
    });
  });
});
