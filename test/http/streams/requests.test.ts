import { once } from 'node:events';
import { expect } from 'chai';
import { healthRoutes } from '../../../src/http/health-routes.js';
import type { Route } from '../../../src/http/router.js';
import { MemberAnswers } from '../../../src/rpc/answer-room.js';
import { stream, unary, type StreamCall, type UnaryCall } from '../../../src/rpc/service.js';
import { Http2Requests, streamAnswer } from '../../support/http2-requests.js';
import { poll } from '../../support/poll.js';
import { HEALTHY, ServedPort, type ServedPortOptions } from '../served-port.js';

const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;
const MIB = 1024 * 1024;

const identity = (body: Uint8Array): Uint8Array => body;
const echo = unary<Uint8Array>({
  path: '/test.Service/Call',
  decode: identity,
  handle: (call, body) => call.respond(body),
});

describe('requests of HTTP/2 that are not gRPC', () => {
  let served: ServedPort;
  const clients: Http2Requests[] = [];

  async function start(
    methods: Parameters<typeof ServedPort.start>[0] = [echo],
    options: ServedPortOptions = {},
    extra: [string, Route][] = [...healthRoutes(HEALTHY)],
  ): Promise<Http2Requests> {
    served = await ServedPort.start(methods, options, extra);
    return connect();
  }

  async function connect(): Promise<Http2Requests> {
    const client = await Http2Requests.connect(`http://127.0.0.1:${served.number}`);
    clients.push(client);
    return client;
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await served.stop();
    expect(served.logger.lines).to.deep.equal([]);
  });

  it('are answered as over HTTP/1.1, but for the fields of its connections', async () => {
    const client = await start();
    const without = (headers: object): object => {
      const {
        connection: _1,
        'keep-alive': _2,
        date: _3,
        ':status': _4,
        ...rest
      } = { ...headers } as Record<string, unknown>;
      return Object.fromEntries(Object.entries(rest));
    };
    for (const [method, path, body] of [
      ['GET', '/health', ''],
      ['GET', '/livez?verbose', ''],
      ['GET', '/readyz', ''],
      ['GET', '/version', ''],
      ['POST', '/health', ''],
      ['HEAD', '/version', ''],
      ['GET', '/nowhere', ''],
      ['GET', '/v3/call', ''],
      ['POST', '/v3/none', '{}'],
      ['POST', '/v3/call', '{"text":"hi"}'],
      ['POST', '/v3/call', '{"text":'],
      ['POST', '/v3/call', `{"text":"${'x'.repeat(60_000)}"}`],
      ['OPTIONS', '*', ''],
    ] as const) {
      const old = await served.post(path, body, { method });
      const answers = [
        await client.post(path, body, { ':method': method }),
        await client.post(path, body, { ':method': method, 'content-length': body.length }),
        ...(body === '' ? [await client.get(path, { ':method': method })] : []),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.body], `${method} ${path}`).to.deep.equal([old.status, old.body]);
        expect(answer.headers).not.to.have.any.keys('connection', 'keep-alive', 'transfer-encoding');
        expect(without(answer.headers)).to.deep.equal(without(old.headers));
      }
    }
  });

  it('reach handlers with the fields that HTTP/1.1 has', async () => {
    const client = await start();
    await client.get('/nowhere?a=b%20c', {
      ':authority': 'localhost:1',
      host: 'elsewhere',
      cookie: ['a=1', 'b=2'],
      expect: '100-continue',
      te: 'trailers',
      trailer: 'x-end',
      'x-list': ['1', '2'],
      'x-latin': 'caf\xe9',
    });
    const [request] = served.requests;
    expect(request?.url).to.equal('/nowhere?a=b%20c');
    expect(request?.headers).to.deep.equal({
      host: 'localhost:1',
      cookie: 'a=1; b=2',
      'x-list': '1, 2',
      'x-latin': 'caf\xe9',
      connection: 'close',
    });
    expect(request?.socket.remoteAddress).to.equal('127.0.0.1');
    expect(request?.socket.remotePort).to.equal(client.session.socket.localPort);
    expect(request?.socket.localAddress).to.equal('127.0.0.1');
  });

  it('that HTTP/1.1 cannot express are answered 400, and CONNECT 405', async () => {
    const client = await start();
    for (const [path, headers] of [
      ['no-slash', {}],
      ['http://127.0.0.1/health', {}],
      ['/a b', {}],
      ['/a\x7f', {}],
      ['/\xe9', {}],
      ['*', {}],
      ['/health', { ':method': 'get' }],
      ['/health', { ':method': 'BREW' }],
    ] as const) {
      expect(await client.get(path, headers), JSON.stringify([path, headers])).to.include({ status: 400, body: '' });
    }
    expect(served.requests).to.deep.equal([]);
    const connected = client.session.request({ ':method': 'CONNECT', ':authority': 'a:1' }).end();
    expect(await streamAnswer(connected)).to.include({ status: 405 });
    expect((await client.get('/health', { 'x-large': 'x'.repeat(20_000) })).status).to.equal(431);
    expect((await client.get('/health')).status).to.equal(200);
  });

  it('are left to gRPC if their content type is its own', async () => {
    const client = await start();
    expect((await client.post('/v3/call', '', { 'content-type': 'application/grpc' })).headers).to.include({
      'grpc-status': '12',
    });
    expect((await client.post('/v3/call', '', { 'content-type': 'application/grpc-web' })).status).to.equal(415);
    expect((await client.get('/health', { 'content-type': 'application/grpc' })).status).to.equal(405);
    expect(served.requests).to.deep.equal([]);
  });

  describe('with large bodies', () => {
    const big = '/big';

    it('take no more of a request than its handler reads, and all of it in the end', async () => {
      let read = (): void => undefined;
      let bytes = 0;
      const route: Route = {
        allow: 'POST',
        handle: (request, response) => {
          read = () =>
            void request.on('data', ({ length }: Buffer) => (bytes += length)).on('end', () => response.end('all'));
        },
      };
      const client = await start([], {}, [[big, route]]);
      let count = 0;
      for (const headers of [{}, { 'content-length': 20 * MIB }]) {
        count += 1;
        bytes = 0;
        const sent = client.open(big, headers);
        sent.end(Buffer.alloc(20 * MIB, 'x'));
        const answered = streamAnswer(sent);
        // What a stream's window of 256 KiB and the parser's buffers hold.
        await poll('the window to be used up', () => (sent.state.localWindowSize ?? Infinity) < 1024 || undefined);
        await poll('the request', () => (served.requests.length === count ? true : undefined));
        expect(served.requests.at(-1)?.complete).to.equal(false);
        read();
        expect(await answered).to.include({ status: 200, body: 'all' });
        expect(bytes).to.equal(20 * MIB);
      }
    });

    it('send no more of an answer than the client reads, count it, and send the rest later', async () => {
      let made = 0;
      const route: Route = {
        allow: 'GET',
        handle: (_request, response) => {
          const more = (): void => {
            for (; made < 400; made += 1) if (!response.write(Buffer.alloc(64 * 1024, made))) break;
            if (made < 400) return void response.once('drain', () => ((made += 1), more()));
            response.end();
          };
          more();
        },
      };
      const answers = new MemberAnswers();
      const client = await start([], { answers }, [[big, route]]);
      const sent = client.session.request({ ':path': big }, { endStream: true }).on('error', () => undefined);
      await once(sent, 'response');
      await poll('unsent bytes', () => (answers.bytes > 64 * 1024 ? true : undefined));
      expect(made).to.be.lessThan(40);
      expect(answers.bytes).to.be.lessThan(256 * 1024);
      let bytes = 0;
      sent.on('data', ({ length }: Buffer) => (bytes += length));
      await once(sent, 'end');
      expect(bytes).to.be.greaterThan(20 * MIB);
      expect(answers.bytes).to.equal(0);
    });

    it('hold nothing once the client has reset them or left', async () => {
      let closed = 0;
      const route: Route = {
        allow: 'GET',
        handle: (_request, response) => {
          response.once('close', () => (closed += 1));
          response.end(Buffer.alloc(8 * MIB));
        },
      };
      const answers = new MemberAnswers();
      const client = await start([], { answers }, [[big, route]]);
      for (const leave of ['reset', 'close'] as const) {
        const stream = client.session.request({ ':path': big }, { endStream: true }).on('error', () => undefined);
        await poll('unsent bytes', () => (answers.bytes > 64 * 1024 ? true : undefined));
        if (leave === 'reset') stream.close(8);
        else client.close();
        await poll('its memory to be freed', () => (answers.bytes === 0 ? true : undefined));
      }
      await poll('the end of both', () => (closed === 2 ? true : undefined));
    });

    // RST_STREAM with NO_ERROR came in one segment with the answer, and clients with nghttp2 dropped the answer.
    it('are refused before they are sent, with an answer that arrives', async () => {
      const client = await start();
      for (const headers of [{}, { 'content-length': 20 * MIB }]) {
        const refused = client.open('/v3/call', headers);
        refused.end('{"text":"'.padEnd(20 * MIB, 'x'));
        expect((await streamAnswer(refused)).status).to.equal(413);
      }
      const endless = client.open('/v3/call');
      endless.write('{"text":"'.padEnd(300_000, 'x'));
      expect((await streamAnswer(endless)).status, 'a body that never ends').to.equal(413);
    });

    it('that are cut short are no requests', async () => {
      const client = await start();
      const cut = client.open('/v3/call');
      cut.write('{"text":"never');
      await poll('the request', () => (served.requests.length === 1 ? true : undefined));
      cut.close(8);
      await poll('its end', () => served.requests[0]?.destroyed || undefined);
      expect((await client.post('/v3/call', '{"text":"on"}')).body).to.equal('{"text":"on"}');
    });
  });

  describe('with streams', () => {
    let call: StreamCall<unknown> | undefined;
    const events: string[] = [];
    const talk = stream<Uint8Array>('bidi', {
      path: '/test.Service/Talk',
      decode: identity,
      handle: (begun) => {
        call = begun;
        begun.onMessage((message) => {
          events.push('message');
          begun.send(message);
        });
        begun.onEnd(() => events.push('end'));
        begun.onCancel(() => events.push('cancelled'));
      },
    });

    beforeEach(() => {
      call = undefined;
      events.length = 0;
    });

    it('pass messages both ways as they come', async () => {
      const client = await start([talk]);
      const sent = client.open('/v3/talk');
      const lines: string[] = [];
      sent.setEncoding('utf8').on('data', (text: string) => lines.push(text));
      for (let count = 1; count <= 3; count += 1) {
        sent.write(`{"text":"${count}"}`);
        await poll('the answer', () => (lines.length === count ? true : undefined));
      }
      expect(lines.join('')).to.equal('{"result":{"text":"1"}}\n{"result":{"text":"2"}}\n{"result":{"text":"3"}}\n');
      sent.end();
      await poll('the end', () => events.includes('end') || undefined);
      call?.end();
      await new Promise((resolve) => sent.once('close', resolve));
      expect(sent.rstCode).to.equal(0);
    });

    it('cancel the call if the client resets one, or leaves', async () => {
      const client = await start([talk]);
      for (const leave of ['reset', 'close'] as const) {
        const sent = client.open('/v3/talk');
        sent.write('{"text":"a"}');
        await poll('the message', () => events.includes('message') || undefined);
        if (leave === 'reset') sent.close(8);
        else client.close();
        await poll('the cancellation', () => events.includes('cancelled') || undefined);
        events.length = 0;
      }
    });

    it('end with a reset if the answer breaks off', async () => {
      const broken: Route = {
        allow: 'GET',
        handle: (_request, response) => {
          response.write('a part');
          setImmediate(() => response.destroy());
        },
      };
      const client = await start([], {}, [
        ['/broken', broken],
        ['/silent', { allow: 'GET', handle: (_request, response) => void response.destroy() }],
      ]);
      for (const path of ['/broken', '/silent']) {
        const failure = await client.get(path).catch((error: Error) => error.message);
        expect(failure).to.equal(`reset with ${INTERNAL_ERROR}`);
      }
    });
  });

  describe('on a port that closes', () => {
    let running: UnaryCall[] = [];
    const hold = unary<Uint8Array>({
      path: '/test.Service/Call',
      decode: identity,
      handle: (call) => void running.push(call),
    });

    beforeEach(() => (running = []));

    it('are answered if they run, and refused so that the client may send them elsewhere', async () => {
      const client = await start([hold]);
      const answered = client.post('/v3/call', '{}');
      const call = await poll('the call', () => running[0]);
      const closed = served.port.close({ graceMs: 10_000 });
      expect(await client.get('/health').catch((error: Error) => error.message)).to.equal(
        `reset with ${REFUSED_STREAM}`,
      );
      call.respond(Buffer.alloc(0));
      expect(await answered).to.include({ status: 200, body: '{}' });
      await closed;
    });

    it('are cut after the grace period', async () => {
      const client = await start([hold]);
      const failed = client.post('/v3/call', '{}').catch((error: Error) => error.message);
      const call = await poll('the call', () => running[0]);
      await served.port.close({ graceMs: 50 });
      expect(await failed).to.match(/^reset with/);
      await poll('the cancellation', () => call.cancelled || undefined);
    });
  });
});
