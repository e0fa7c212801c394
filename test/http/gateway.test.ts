import { expect } from 'chai';
import { stream, unary, type Method, type StreamCall, type UnaryCall } from '../../src/rpc/service.js';
import { Code } from '../../src/rpc/status.js';
import { defined } from '../../src/util/assert.js';
import { poll } from '../support/poll.js';
import { answerTo, MESSAGE_BYTES_MAX, ServedPort, untilClosed } from './served-port.js';

/** Field 1, a string. */
function encode(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([10, ...length]), bytes]);
}

/** Whatever stands in front of the text. */
function decode(body: Uint8Array): string {
  const bytes = Buffer.from(body);
  let at = 1;
  while ((bytes[at] ?? 0) >= 128) at += 1;
  return bytes.toString('utf8', at + 1);
}

const one = (handle: (call: UnaryCall, text: string) => void): Method[] => [
  unary({ path: '/test.Service/Call', decode, handle }),
];
const download = (handle: (call: StreamCall<string>) => void): Method[] => [
  stream('server-stream', { path: '/test.Service/Read', decode, handle }),
];
const talk = (handle: (call: StreamCall<string>) => void): Method[] => [
  stream('bidi', { path: '/test.Service/Talk', decode, handle }),
];

const error = (code: number, message: string): string => JSON.stringify({ error: message, message, code });

describe('the gateway', () => {
  let served: ServedPort;
  afterEach(() => served.stop());

  describe('unary calls', () => {
    const echo = one((call, text) => call.respond(encode(text)));

    it('are served at each of their paths, and at the older prefix', async () => {
      served = await ServedPort.start(echo);
      for (const path of ['/v3/call', '/v3/again', '/v3beta/call', '/v3/call?x=y', 'http://anywhere:1/v3/call']) {
        const answer = await served.post(path, '{"text":"hi"}');
        expect(answer, path).to.deep.include({ status: 200, body: '{"text":"hi"}' });
        expect(answer.headers['content-type']).to.equal('application/json');
      }
    });

    it('answer 404 and 405 elsewhere', async () => {
      served = await ServedPort.start(echo);
      const missing: [string, string][] = [
        ['/v3/nothing', 'Not Found\n'],
        ['/v3/call/', 'Not Found\n'],
        ['/v3beta/x', 'Not Found\n'],
        ['/nothing', '404 page not found\n'],
        ['//v3/call', '404 page not found\n'],
        ['/v3/%00', 'Not Found\n'],
      ];
      for (const [path, body] of missing) {
        expect(await served.post(path, ''), path).to.deep.include({ status: 404, body });
      }
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
        const { status, headers, body } = await served.post('/v3/call', '', { method });
        expect({ status, allow: headers.allow, body }).to.deep.equal({
          status: 405,
          allow: 'POST',
          body: 'Method Not Allowed\n',
        });
      }
    });

    it('take an empty body for an empty message, and nothing of what is behind the first value', async () => {
      served = await ServedPort.start(echo);
      for (const body of ['', '  \n', 'null', '{}', '{} {"text":"x"}', '{}garbage']) {
        expect(await served.post('/v3/call', body), body).to.include({ status: 200, body: '{}' });
      }
    });

    it('do not care what the type of the content is called', async () => {
      served = await ServedPort.start(echo);
      for (const type of ['text/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
        const answer = await served.post('/v3/call', '{"text":"hi"}', { headers: { 'content-type': type } });
        expect(answer, type).to.include({ status: 200, body: '{"text":"hi"}' });
      }
    });

    it('answer 400 to what is no JSON, in the words of etcd', async () => {
      served = await ServedPort.start(echo);
      for (const [body, message] of [
        ['x', `invalid character 'x' looking for beginning of value`],
        ['{"text":', 'unexpected EOF'],
        ['text=hi', `invalid character 'e' in literal true (expecting 'r')`],
        ['{"text":1}', 'json: cannot unmarshal number into Go value of type string'],
        [Buffer.from([0x1f, 0x8b]), `invalid character '\\x1f' looking for beginning of value`],
      ] as const) {
        expect(await served.post('/v3/call', body)).to.include({ status: 400, body: error(3, message) });
      }
      expect(served.logger.lines).to.deep.equal([]);
    });

    it('turn codes of gRPC into those of HTTP', async () => {
      served = await ServedPort.start(
        one((call, text) => call.fail({ code: Number(text) as Code, message: 'because <of>' })),
      );
      const statuses: Record<string, number> = {};
      for (const [name, code] of Object.entries(Code)) {
        const { status, body } = await served.post('/v3/call', `{"text":"${code}"}`);
        statuses[name] = status;
        expect(body).to.equal(
          `{"error":"because \\u003cof\\u003e","message":"because \\u003cof\\u003e","code":${code}}`,
        );
      }
      expect(statuses).to.deep.equal({
        OK: 200,
        CANCELLED: 408,
        UNKNOWN: 500,
        INVALID_ARGUMENT: 400,
        DEADLINE_EXCEEDED: 504,
        NOT_FOUND: 404,
        ALREADY_EXISTS: 409,
        PERMISSION_DENIED: 403,
        RESOURCE_EXHAUSTED: 429,
        FAILED_PRECONDITION: 412,
        ABORTED: 409,
        OUT_OF_RANGE: 400,
        UNIMPLEMENTED: 501,
        INTERNAL: 500,
        UNAVAILABLE: 503,
        DATA_LOSS: 500,
        UNAUTHENTICATED: 401,
      });
    });

    it('find metadata in headers, and answer trailers as headers', async () => {
      const names = ['token', 'authorization', 'hasleader', 'raftkv-read-level', 'user-agent', 'absent'];
      served = await ServedPort.start(
        one((call) => {
          const found = names.map((name) => call.metadata(name) ?? null);
          call.respond(encode(JSON.stringify(found)), { 'raftkv-applied-index': '7', 'x-bad': 'a\nb' });
        }),
      );
      const ask = async (headers: Record<string, string | string[]>): Promise<unknown> => {
        const answer = await served.post('/v3/call', '', { headers });
        expect(answer.headers['raftkv-applied-index']).to.equal('7');
        return JSON.parse((JSON.parse(answer.body) as { text: string }).text);
      };
      expect(
        await ask({
          Authorization: 'abc.7',
          'Grpc-Metadata-HasLeader': 'true',
          'Raftkv-Read-Level': ['stale', 'default'],
          'User-Agent': 'x',
        }),
      ).to.deep.equal(['abc.7', 'abc.7', 'true', 'stale', null, null]);
      expect(await ask({ Authorization: 'old', 'Grpc-Metadata-Token': 'new' })).to.deep.equal([
        'new',
        'old',
        null,
        null,
        null,
        null,
      ]);
      expect(served.logger.messages('error')).to.deep.equal(['trailers left out', 'trailers left out']);
    });

    it('have the deadline of the header Grpc-Timeout', async () => {
      const left: (number | undefined)[] = [];
      let cancelled = 0;
      served = await ServedPort.start(
        one((call, text) => {
          left.push(call.remainingMs());
          call.onCancel(() => (cancelled += 1));
          if (text === 'answer') call.respond(encode('ok'));
        }),
      );
      const ask = (timeout: string, text: string) =>
        served.post('/v3/call', `{"text":"${text}"}`, { headers: { 'Grpc-Timeout': timeout } });
      expect(await ask('5S', 'answer')).to.include({ status: 200 });
      expect(await ask('99999999H', 'answer')).to.include({ status: 200 });
      const late = { status: 504, body: error(4, 'context deadline exceeded') };
      expect(await ask('30m', 'wait')).to.include(late);
      expect(await ask('1n', 'answer')).to.include(late);
      expect(await ask('-3S', 'answer')).to.include(late);
      for (const bad of ['x', '3z', '5', 'S', '1.5S', '5 S']) {
        expect(await ask(bad, 'answer')).to.include({ status: 400, body: error(3, `invalid grpc-timeout: ${bad}`) });
      }
      expect(left.length).to.equal(3);
      expect(left[0]).to.be.within(4_000, 5_000);
      expect(cancelled).to.equal(1);
    });

    it('are cancelled when the client goes; an answer after that does nothing', async () => {
      const events: string[] = [];
      served = await ServedPort.start(
        one((call) => {
          events.push('begun');
          call.onCancel(() => {
            events.push(`cancelled ${call.cancelled}`);
            call.respond(encode('too late'));
            call.fail({ code: Code.INTERNAL, message: 'too late' });
            call.onCancel(() => events.push('told at once'));
          });
        }),
      );
      const sent = served.open('/v3/call');
      sent.end('{}');
      await poll('the call', () => events.length === 1 || undefined);
      sent.destroy();
      await poll('the cancellation', () => events.length === 3 || undefined);
      expect(events).to.deep.equal(['begun', 'cancelled true', 'told at once']);
    });

    it('answer 500 for a handler that throws, or whose answer is no message; the log has the rest', async () => {
      served = await ServedPort.start(
        one((call, text) => {
          if (text === 'throw') throw new Error('secret');
          call.respond(Buffer.from([10, 200]));
        }),
      );
      for (const text of ['throw', 'broken']) {
        const answer = await served.post('/v3/call', `{"text":"${text}"}`);
        expect(answer, text).to.include({ status: 500, body: error(13, 'internal error') });
      }
      expect(served.logger.messages('error')).to.deep.equal(['a handler threw', 'a handler threw']);
    });

    it('refuse what is larger than gRPC would take, and bodies far beyond it without reading them', async () => {
      served = await ServedPort.start(echo);
      const text = 'x'.repeat(MESSAGE_BYTES_MAX - 4);
      expect(await served.post('/v3/call', `{"text":"${text}"}`)).to.include({ status: 200 });
      const [got, max] = [MESSAGE_BYTES_MAX + 1, MESSAGE_BYTES_MAX];
      expect(await served.post('/v3/call', `{"text":"${text}x"}`)).to.include({
        status: 429,
        body: error(8, `grpc: received message larger than max (${got} vs. ${max})`),
      });
      const declared = await served.rawSocket();
      declared.write(`POST /v3/call HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n`);
      expect(await untilClosed(declared)).to.match(/^HTTP\/1.1 413 .*\{"error":"request body larger than max/s);
      const chunked = await served.rawSocket();
      chunked.write('POST /v3/call HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n');
      for (let i = 0; i < 64; i++) chunked.write(`1000\r\n${' '.repeat(4096)}\r\n`);
      expect(await untilClosed(chunked)).to.match(/^HTTP\/1.1 413 /);
    });

    it('take a body that comes byte by byte', async () => {
      served = await ServedPort.start(echo);
      const sent = served.open('/v3/call', { headers: { 'transfer-encoding': 'chunked' } });
      const answered = answerTo(sent);
      for (const byte of Buffer.from('{"text":"häppchen"}')) sent.write(Buffer.from([byte]));
      sent.end();
      expect(await answered).to.include({ status: 200, body: '{"text":"häppchen"}' });
    });
  });

  describe('streams', () => {
    it('are a line a message', async () => {
      served = await ServedPort.start(
        download((call) => {
          const got: string[] = [];
          call.onMessage((text) => got.push(text));
          call.onEnd(() => {
            for (const part of [...got, 'a', 'b']) call.send(encode(part));
            call.end();
          });
        }),
      );
      const answer = await served.post('/v3/read', '{"text":"ask"}');
      expect(answer).to.include({
        status: 200,
        body: '{"result":{"text":"ask"}}\n{"result":{"text":"a"}}\n{"result":{"text":"b"}}\n',
      });
      expect(answer.headers['content-type']).to.equal('application/json');
    });

    it('tell an error by the status before the first message, and by a line behind it', async () => {
      served = await ServedPort.start(
        download((call) => {
          call.onMessage((text) => {
            if (text === 'late') call.send(encode('first'));
            call.fail({ code: Code.FAILED_PRECONDITION, message: 'no' });
          });
        }),
      );
      const line = '{"error":{"grpc_code":9,"http_code":412,"message":"no","http_status":"Precondition Failed"}}';
      expect(await served.post('/v3/read', '{}')).to.include({ status: 412, body: line });
      expect(await served.post('/v3/read', '{"text":"late"}')).to.include({
        status: 200,
        body: `{"result":{"text":"first"}}\n${line}`,
      });
      expect(await served.post('/v3/read', 'x')).to.include({
        status: 400,
        body: error(3, `invalid character 'x' looking for beginning of value`),
      });
    });

    it('do not grow for a client that does not read, and are cancelled when it goes', async () => {
      let sentBytes = 0;
      let full = false;
      let cancelled = false;
      const chunk = encode('x'.repeat(32 * 1024));
      served = await ServedPort.start(
        download((call) => {
          const more = (): void => {
            full = false;
            while (!full && !call.cancelled) {
              full = !call.send(chunk);
              sentBytes += chunk.length;
            }
          };
          call.onDrain(more);
          call.onCancel(() => (cancelled = true));
          call.onMessage(more);
        }),
      );
      const socket = await served.rawSocket();
      socket.pause();
      socket.write('POST /v3/read HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}');
      await poll('the buffer to be full', () => full || undefined);
      const before = await settled(() => sentBytes);
      // What the sockets of both sides hold, and nothing beyond.
      expect(before).to.be.below(16 * 1024 * 1024);
      expect(full).to.equal(true);
      socket.on('data', () => undefined);
      socket.resume();
      await poll('more to be sent', () => sentBytes > 2 * before || undefined);
      socket.destroy();
      await poll('the cancellation', () => cancelled || undefined);
    });

    it('keep the message of a paused server stream until it resumes', async () => {
      const order: string[] = [];
      served = await ServedPort.start(
        download((call) => {
          call.pause();
          call.onMessage((text) => {
            order.push(text);
            call.end();
          });
          setImmediate(() => {
            order.push('resume');
            call.resume();
          });
        }),
      );
      expect(await served.post('/v3/read', '{"text":"ask"}')).to.include({ status: 200, body: '' });
      expect(order).to.deep.equal(['resume', 'ask']);
    });

    it('fail with their handler, at the start, at a message, or at the end', async () => {
      for (const place of ['start', 'message', 'end']) {
        const throwAt = (here: string): void => {
          if (here === place) throw new Error(here);
        };
        served = await ServedPort.start(
          talk((call) => {
            call.onMessage(() => throwAt('message'));
            call.onEnd(() => throwAt('end'));
            throwAt('start');
          }),
        );
        const { status, body } = await served.post('/v3/talk', '{}');
        expect({ place, status, body }).to.deep.equal({
          place,
          status: 500,
          body: '{"error":{"grpc_code":13,"http_code":500,"message":"internal error","http_status":"Internal Server Error"}}',
        });
        expect(served.logger.messages('error'), place).to.deep.equal(['a handler threw']);
        await served.stop();
      }
    });
  });

  describe('streams both ways', () => {
    const shout = talk((call) => {
      call.onMessage((text) => call.send(encode(text.toUpperCase())));
      call.onEnd(() => call.end());
    });
    const lines = (...texts: string[]): string => texts.map((text) => `{"result":{"text":"${text}"}}\n`).join('');

    it('take a sequence of values, with or without space between, in whatever pieces it comes', async () => {
      served = await ServedPort.start(shout);
      const body = '{"text":"a"}{"text":"b"}\n\n {"text":"}\\"{"} {}\n';
      const expected = lines('A', 'B', '}\\"{').concat('{"result":{}}\n');
      expect(await served.post('/v3/talk', body)).to.include({ status: 200, body: expected });
      for (const size of [1, 2, 5]) {
        const sent = served.open('/v3/talk', { headers: { 'transfer-encoding': 'chunked' } });
        const answered = answerTo(sent);
        for (let at = 0; at < body.length; at += size) sent.write(body.slice(at, at + size));
        sent.end();
        expect(await answered, `pieces of ${size}`).to.include({ status: 200, body: expected });
      }
      expect(await served.post('/v3/talk', ''), 'nothing at all').to.include({ status: 200, body: '' });
    });

    it('answer while the body goes on', async () => {
      served = await ServedPort.start(shout);
      const sent = served.open('/v3/talk');
      let heard = '';
      sent.on('response', (response) => response.on('data', (chunk: Buffer) => (heard += chunk.toString())));
      for (const [text, expected] of [
        ['one', lines('ONE')],
        ['two', lines('ONE', 'TWO')],
      ] as const) {
        sent.write(`{"text":"${text}"}`);
        await poll(`the answer to ${text}`, () => heard === expected || undefined);
      }
      sent.end();
    });

    it('say what is wrong with the first value as etcd does, and with a later one by a line', async () => {
      served = await ServedPort.start(shout);
      const message = `invalid character 'x' looking for beginning of value`;
      expect(await served.post('/v3/talk', 'x')).to.include({ status: 500, body: error(2, message) });
      expect(await served.post('/v3/talk', '{"text":1}')).to.include({
        status: 500,
        body: error(2, 'json: cannot unmarshal number into Go value of type string'),
      });
      expect(await served.post('/v3/talk', '{"te')).to.include({ status: 500, body: error(2, 'unexpected EOF') });
      const { status, body } = await served.post('/v3/talk', '{"text":"a"} x {"text":"b"}');
      expect({ status, body }).to.deep.equal({
        status: 200,
        body: `${lines('A')}{"error":{"grpc_code":3,"http_code":400,"message":"${message}","http_status":"Bad Request"}}`,
      });
    });

    it('bound the size of a value, not of the body', async () => {
      served = await ServedPort.start(shout);
      const many = await served.post('/v3/talk', `{"text":"${'a'.repeat(60_000)}"}`.repeat(10));
      expect(many.body.length).to.be.greaterThan(600_000);
      const { status, body } = await served.post('/v3/talk', `{"text":"${'a'.repeat(3 * MESSAGE_BYTES_MAX)}"}`);
      expect(status).to.equal(500);
      expect(body)
        .to.match(/"code":2\}$/)
        .and.match(/received message larger than max/);
    });

    it('hold the caller back while the handler wants no more', async () => {
      let received = 0;
      let handler: StreamCall<string> | undefined;
      served = await ServedPort.start(
        talk((call) => {
          handler = call;
          call.onMessage(() => {
            received += 1;
            if (received === 1) call.pause();
          });
          call.onEnd(() => call.end());
        }),
      );
      const sent = served.open('/v3/talk');
      const answered = answerTo(sent);
      const value = `{"text":"${'x'.repeat(32 * 1024)}"}`;
      for (let i = 0; i < 1024; i++) sent.write(value);
      await poll('the first message', () => received > 0 || undefined);
      // A head that was put back into the socket upset the order of pause and resume: the whole body went into memory.
      const socket = defined(served.sockets[0], 'the connection');
      expect(await settled(() => socket.bytesRead)).to.be.below(1024 * 1024);
      expect(received).to.equal(1);
      handler?.resume();
      sent.end();
      expect(await answered).to.include({ status: 200, body: '' });
      expect(received).to.equal(1024);
    });

    it('deliver one message at a time to a handler that pauses at each', async () => {
      const order: string[] = [];
      served = await ServedPort.start(
        talk((call) => {
          call.onMessage((text) => {
            order.push(text);
            call.pause();
            setImmediate(() => {
              order.push('resume');
              call.resume();
            });
          });
          call.onEnd(() => {
            order.push('end');
            call.end();
          });
        }),
      );
      await served.post('/v3/talk', '{"text":"a"}{"text":"b"}');
      expect(order).to.deep.equal(['a', 'resume', 'b', 'resume', 'end']);
    });

    it('tell the handler that its client went, and of a deadline', async () => {
      const events: string[] = [];
      served = await ServedPort.start(
        talk((call) => {
          call.onMessage((text) => {
            events.push(text);
            call.send(encode(text));
          });
          call.onCancel(() => events.push('gone'));
        }),
      );
      const sent = served.open('/v3/talk');
      sent.write('{"text":"a"}');
      await poll('the message', () => events.length === 1 || undefined);
      sent.destroy();
      await poll('the end', () => events.length === 2 || undefined);
      expect(events).to.deep.equal(['a', 'gone']);
      const answer = await served.post('/v3/talk', '{"text":"b"}', { headers: { 'grpc-timeout': '50m' } });
      expect(answer.body).to.equal(
        `${lines('b')}{"error":{"grpc_code":4,"http_code":504,"message":"context deadline exceeded","http_status":"Gateway Timeout"}}`,
      );
      expect(events).to.deep.equal(['a', 'gone', 'b', 'gone']);
    });
  });
});

/** The value, once it has stayed the same for a while. */
async function settled(value: () => number): Promise<number> {
  let last = value();
  let sinceMs = performance.now();
  return await poll('a value to settle', () => {
    const now = value();
    if (now !== last) sinceMs = performance.now();
    last = now;
    return performance.now() - sinceMs > 300 ? now : undefined;
  });
}
