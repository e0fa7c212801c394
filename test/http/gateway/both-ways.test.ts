import { expect } from 'chai';
import type { StreamCall } from '../../../src/rpc/service.js';
import { defined } from '../../../src/util/assert.js';
import { poll } from '../../support/poll.js';
import { answerTo, MESSAGE_BYTES_MAX, ServedPort, untilClosed } from '../served-port.js';
import { encode, error, one, settled, talk } from './texts.js';

describe('streams both ways of the gateway', () => {
  let served: ServedPort;
  afterEach(() => served.stop());

  const shout = talk((call) => {
    call.onMessage((text) => call.send(encode(text.toUpperCase())));
    call.onEnd(() => call.end());
  });
  const lines = (...texts: string[]): string => texts.map((text) => `{"result":{"text":"${text}"}}\n`).join('');

  it('take a sequence of values, with or without space between, in any pieces', async () => {
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

  it('answer while the body is still being sent', async () => {
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

  it('report an error of the first value as etcd does, and of a later one as a line', async () => {
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

  it('hold the caller back while the handler has paused', async () => {
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
    // Putting a header back into the socket upset the order of pause and resume: the whole body was read into memory.
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

  it('cancel the handler when its client leaves or its deadline passes', async () => {
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

  // Its bytes were kept as long as the connection lived, and copied again with each further piece.
  it('drop the rest of the body when the call has ended', async () => {
    served = await ServedPort.start(shout);
    const sent = served.open('/v3/talk');
    const answered = answerTo(sent);
    sent.write('x');
    expect(await answered).to.include({ status: 500 });
    const request = defined(served.requests[0], 'the request');
    expect(request.listenerCount('data')).to.equal(0);
    sent.end(' '.repeat(1024 * 1024));
    await poll('the end of the body', () => request.readableEnded || undefined);
  });

  // The rest of its body was never read, so the next request on the connection got no answer.
  it('leave the connection to the next request, also if the handler had paused when it ended the call', async () => {
    const handlers = [
      (call: StreamCall<string>) => call.onMessage(() => (call.pause(), call.end())),
      (call: StreamCall<string>) => call.onMessage(() => (call.end(), call.pause())),
    ];
    for (const handle of handlers) {
      served = await ServedPort.start([...talk(handle), ...one((call, text) => call.respond(encode(text)))]);
      const socket = await served.rawSocket();
      const body = `{"text":"${'x'.repeat(1024)}"}`.repeat(256);
      socket.write(`POST /v3/talk HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      socket.write(
        'POST /v3/call HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 15\r\n\r\n{"text":"next"}',
      );
      expect(await untilClosed(socket)).to.match(/\{"text":"next"\}$/);
      await served.stop();
    }
  });
});
