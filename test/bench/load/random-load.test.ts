import { status as Code } from '@grpc/grpc-js';
import { expect } from 'chai';
import { unary } from '../../../src/rpc/service.js';
import { NativeHost } from '../../../src/rpc/native/native-host.js';
import { ServedHost } from '../../rpc/served-host.js';
import { keyOf, randomPut, type RandomCall } from './random-call.js';
import { runRandomLoad, type RandomLoadResult } from './random-load.js';

const CALL = '/test.Service/Call';

for (const name of ['NativeHost', 'GrpcJsHost'] as const) {
  describe(`A random load on ${name}`, () => {
    let served: ServedHost;
    let received: Uint8Array[];
    let failing: number | undefined;

    beforeEach(async () => {
      received = [];
      failing = undefined;
      const echo = unary<Uint8Array>({
        path: CALL,
        decode: (body) => Uint8Array.from(body),
        handle: (call, body) => {
          received.push(body);
          if (received.length === failing) call.fail({ code: Code.UNAVAILABLE, message: 'no leader' });
          else call.respond(body);
        },
      });
      served = await ServedHost.start([echo], name === 'NativeHost' ? { create: (o) => new NativeHost(o) } : {});
    });

    afterEach(async () => {
      await served.stop();
    });

    const run = (call: Partial<RandomCall> = {}, callsMax = 5_000): Promise<RandomLoadResult> =>
      runRandomLoad({
        host: '127.0.0.1',
        port: served.port,
        connections: 3,
        streams: 7,
        seconds: 60,
        callsMax,
        seed: 1,
        calls: [{ ...randomPut({ keys: 1000, valueBytes: 32 }), path: CALL, ...call }],
      });

    it('sends requests with random keys, and counts the answers', async () => {
      const result = await run();
      expect(result.answered).to.deep.equal([5_000]);
      expect(received).to.have.length(5_000);
      const keys = new Set(received.map((body) => /bench\/\d{9}/.exec(Buffer.from(body).toString())?.[0]));
      expect(keys.size).to.be.within(950, 1000);
      expect([...keys].every((key) => key !== undefined && key < keyOf(1000))).to.equal(true);
      expect(result.p99Ms).to.be.at.least(result.p50Ms);
    });

    it('ends after its time', async () => {
      const result = await runRandomLoad({
        host: '127.0.0.1',
        port: served.port,
        connections: 1,
        streams: 1,
        seconds: 0.2,
        seed: 1,
        calls: [{ ...randomPut({ keys: 10, valueBytes: 32 }), path: CALL }],
      });
      expect(result.answered).to.deep.equal([received.length]);
    });

    it('fails if one call fails', async () => {
      failing = 1234;
      expect(await rejection(run())).to.match(/gRPC status 14: no leader/);
    });

    it('fails if one answer is too short', async () => {
      expect(await rejection(run({ answerBytesMin: 1000 }))).to.match(/at least 1000 are expected/);
    });

    it('fails if the server ends a connection', async () => {
      const running = run({}, 1_000_000);
      setTimeout(() => served.sockets[0]?.destroy(), 100);
      expect(await rejection(running)).to.match(/closed a connection|ECONNRESET/);
    });
  });
}

async function rejection(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return String(error);
  }
  throw new Error('the load succeeded');
}
