import { expect } from 'chai';
import { Code } from '../../../src/rpc/status.js';
import { poll } from '../../support/poll.js';
import { ServedPort } from '../served-port.js';
import { download, encode, error, settled, talk } from './texts.js';

describe('streams of the gateway', () => {
  let served: ServedPort;
  afterEach(() => served.stop());

  it('are one line for each message', async () => {
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

  it('report an error by the HTTP status before the first message, and by a line after it', async () => {
    served = await ServedPort.start(
      download((call) => {
        call.onMessage((text) => {
          if (text === 'late') call.send(encode('first'));
          call.fail({ code: Code.FAILED_PRECONDITION, message: 'no' });
        });
      }),
    );
    const line = '{"error":{"grpc_code":9,"http_code":400,"message":"no","http_status":"Bad Request"}}';
    expect(await served.post('/v3/read', '{}')).to.include({ status: 400, body: line });
    expect(await served.post('/v3/read', '{"text":"late"}')).to.include({
      status: 200,
      body: `{"result":{"text":"first"}}\n${line}`,
    });
    expect(await served.post('/v3/read', 'x')).to.include({
      status: 400,
      body: error(3, `invalid character 'x' looking for beginning of value`),
    });
  });

  it('report a malformed or passed deadline like an error of a unary call', async () => {
    served = await ServedPort.start([
      ...download((call) => call.onMessage(() => call.end())),
      ...talk((call) => call.onMessage(() => call.end())),
    ]);
    for (const path of ['/v3/read', '/v3/talk']) {
      const ask = (timeout: string) => served.post(path, '{}', { headers: { 'grpc-timeout': timeout } });
      expect(await ask('x'), path).to.include({ status: 400, body: error(3, 'invalid grpc-timeout: x') });
      expect(await ask('1n'), path).to.include({ status: 504, body: error(4, 'context deadline exceeded') });
    }
  });

  it('take no memory for a client that does not read, and are cancelled when it leaves', async () => {
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
    // The contents of the socket buffers of both sides, and nothing beyond.
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
