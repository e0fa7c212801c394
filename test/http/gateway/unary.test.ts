import { expect } from 'chai';
import { Code } from '../../../src/rpc/status.js';
import { poll } from '../../support/poll.js';
import { ServedPort } from '../served-port.js';
import { encode, error, one } from './texts.js';

describe('unary calls of the gateway', () => {
  let served: ServedPort;
  afterEach(() => served.stop());

  it('map gRPC codes to HTTP status codes', async () => {
    served = await ServedPort.start(
      one((call, text) => call.fail({ code: Number(text) as Code, message: 'because <of>' })),
    );
    const statuses: Record<string, number> = {};
    for (const [name, code] of Object.entries(Code)) {
      const { status, body } = await served.post('/v3/call', `{"text":"${code}"}`);
      statuses[name] = status;
      expect(body).to.equal(`{"error":"because \\u003cof\\u003e","message":"because \\u003cof\\u003e","code":${code}}`);
    }
    expect(statuses).to.deep.equal({
      OK: 200,
      CANCELLED: 499,
      UNKNOWN: 500,
      INVALID_ARGUMENT: 400,
      DEADLINE_EXCEEDED: 504,
      NOT_FOUND: 404,
      ALREADY_EXISTS: 409,
      PERMISSION_DENIED: 403,
      RESOURCE_EXHAUSTED: 429,
      FAILED_PRECONDITION: 400,
      ABORTED: 409,
      OUT_OF_RANGE: 400,
      UNIMPLEMENTED: 501,
      INTERNAL: 500,
      UNAVAILABLE: 503,
      DATA_LOSS: 500,
      UNAUTHENTICATED: 401,
    });
  });

  it('read metadata from headers, and send trailers as headers', async () => {
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

  it('have the deadline of their Grpc-Timeout header', async () => {
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

  it('are cancelled when the client leaves; a later answer has no effect', async () => {
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

  it('answer 500 if the handler throws or its answer is not a message, and log the error', async () => {
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
});
