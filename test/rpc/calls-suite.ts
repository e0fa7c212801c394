import { once } from 'node:events';
import { Metadata, status, type StatusObject, type ServiceError } from '@grpc/grpc-js';
import { expect } from 'chai';
import {
  stream,
  unary,
  type CallerCertificate,
  type Method,
  type StreamCall,
  type UnaryCall,
} from '../../src/rpc/service.js';
import { Code } from '../../src/rpc/status.js';
import { silentLogger } from '../../src/util/logger.js';
import { poll } from '../support/poll.js';
import type { HostUnderTest } from './host-under-test.js';
import { bidiOn, ServedHost, type StartOptions, serverStreamOn, trailersOf, unaryOn } from './served-host.js';

const decode = (body: Uint8Array): string => {
  const text = Buffer.from(body).toString();
  if (text === 'garbage') throw new Error('index out of range');
  return text;
};

const one = (handle: (call: UnaryCall, request: string) => void): Method[] => [
  unary({ path: '/test.Service/Call', decode, handle }),
];

const bidi = (handle: (call: StreamCall<string>) => void): Method[] => [
  stream('bidi', { path: '/test.Service/Talk', decode, handle }),
];

const download = (handle: (call: StreamCall<string>) => void): Method[] => [
  stream('server-stream', { path: '/test.Service/Read', decode, handle }),
];

const CALL = '/test.Service/Call';
const TALK = '/test.Service/Talk';
const READ = '/test.Service/Read';

/** Calls that follow the protocol. */
export function callsSuite(host: HostUnderTest): void {
  let served: ServedHost | undefined;
  const start = async (methods: readonly Method[], options: StartOptions = {}): Promise<ServedHost> =>
    (served = await ServedHost.start(methods, { ...options, create: host.create }));

  afterEach(async () => {
    await served?.stop();
    served = undefined;
  });

  describe('unary calls', () => {
    it('sends an answer that its handler gives at once, byte for byte', async () => {
      const { unary: ask } = bound(await start(one((call, request) => call.respond(Buffer.from(`<${request}>`)))));
      expect(await ask(CALL, 'hello')).to.deep.equal({ body: '<hello>', trailers: {} });
      expect(await ask(CALL, '')).to.deep.equal({ body: '<>', trailers: {} });
    });

    it('sends an answer that its handler gives later, with trailers', async () => {
      const { unary: ask } = bound(
        await start(one((call) => setImmediate(() => call.respond(Buffer.from('late'), { 'x-index': '7' })))),
      );
      expect(await ask(CALL, '')).to.deep.equal({ body: 'late', trailers: { 'x-index': '7' } });
    });

    it('sends a Uint8Array that is a view of a larger buffer', async () => {
      const large = new Uint8Array([1, 104, 105, 2]);
      const { unary: ask } = bound(await start(one((call) => call.respond(large.subarray(1, 3)))));
      expect(await ask(CALL, '')).to.deep.equal({ body: 'hi', trailers: {} });
    });

    it('sends code, text and trailers of a failure', async () => {
      const { unary: ask } = bound(
        await start(
          one((call) => call.fail({ code: Code.OUT_OF_RANGE, message: 'mvcc: 50% löst' }, { 'x-why': 'because' })),
        ),
      );
      expect(await ask(CALL, '')).to.deep.equal({
        code: 11,
        details: 'mvcc: 50% löst',
        trailers: { 'x-why': 'because' },
      });
    });

    it('ignores all but the first of respond and fail', async () => {
      const { unary: ask } = bound(
        await start(
          one((call) => {
            call.respond(Buffer.from('first'));
            call.fail({ code: Code.INTERNAL, message: 'second' });
            call.respond(Buffer.from('third'));
          }),
        ),
      );
      expect(await ask(CALL, '')).to.deep.equal({ body: 'first', trailers: {} });
    });

    it('answers INTERNAL if a handler throws, logs the error, and serves further calls', async () => {
      const host = await start(
        one((call, request) => {
          if (request === 'bad') throw new Error('secret detail');
          call.respond(Buffer.from('fine'));
        }),
      );
      expect(await host.unary(CALL, 'bad')).to.deep.equal({ code: 13, details: 'internal error', trailers: {} });
      expect(host.logger.messages('error')).to.deep.equal(['a handler threw']);
      expect(await host.unary(CALL, 'good')).to.deep.equal({ body: 'fine', trailers: {} });
    });

    it('answers INTERNAL to bytes that cannot be decoded, as gRPC does, and logs no error', async () => {
      const host = await start(one((call) => call.respond(Buffer.from('never'))));
      expect(await host.unary(CALL, 'garbage')).to.deep.equal({
        code: 13,
        details: 'grpc: error unmarshalling request: index out of range',
        trailers: {},
      });
      expect(host.logger.messages('error')).to.deep.equal([]);
    });

    it('answers UNIMPLEMENTED to a method that is not in the table', async () => {
      const host = await start(one((call) => call.respond(Buffer.from('never'))));
      expect(await host.unary('/test.Service/Nothing', '')).to.include({ code: status.UNIMPLEMENTED });
    });

    it('refuses a message over the limit with the text of etcd', async () => {
      const host = await start(
        one((call) => call.respond(Buffer.from('ok'))),
        { maxReceiveMessageBytes: 100 },
      );
      expect(await host.unary(CALL, 'x'.repeat(100))).to.deep.equal({ body: 'ok', trailers: {} });
      expect(await host.unary(CALL, 'x'.repeat(101))).to.deep.equal({
        code: 8,
        details: 'grpc: received message larger than max (101 vs. 100)',
        trailers: {},
      });
    });

    it('sends a status text that is not well-formed Unicode', async () => {
      // An error text may quote a client's bytes. grpc-js encodes texts with encodeURI, which throws on a lone
      // surrogate; thrown from a stream's event, that ended the process.
      const host = await start(one((call) => call.fail({ code: Code.NOT_FOUND, message: 'no role \ud800!' })));
      expect(await host.unary(CALL, '')).to.deep.equal({ code: 5, details: 'no role \ufffd!', trailers: {} });
    });

    it('leaves out trailers that no header can hold', async () => {
      const host = await start(one((call) => call.respond(Buffer.from('ok'), { 'x-bad': 'line\nbreak' })));
      expect(await host.unary(CALL, '')).to.deep.equal({ body: 'ok', trailers: {} });
      expect(host.logger.messages('error')).to.deep.equal(['trailers left out']);
    });

    it('refuses a table that holds a path twice', () => {
      const twice = [...one(() => undefined), ...one(() => undefined)];
      expect(() => host.create({ methods: twice, logger: silentLogger })).to.throw('/test.Service/Call');
    });
  });

  describe('metadata and deadlines', () => {
    it('finds the first text under a name, and ignores binary values', async () => {
      const { unary: ask } = bound(
        await start(
          one((call) => {
            const found = ['token', 'repeated', 'data-bin', 'absent'].map((name) => call.metadata(name) ?? null);
            call.respond(Buffer.from(JSON.stringify(found)));
          }),
        ),
      );
      const metadata = new Metadata();
      metadata.set('Token', 'abc.7');
      metadata.add('repeated', 'first');
      metadata.add('repeated', 'second');
      metadata.set('data-bin', Buffer.from([0, 255]));
      expect(await ask(CALL, '', { metadata })).to.deep.equal({ body: '["abc.7","first",null,null]', trailers: {} });
    });

    it('reports the milliseconds until the deadline', async () => {
      const { unary: ask } = bound(await start(one((call) => call.respond(Buffer.from(String(call.remainingMs()))))));
      const outcome = await ask(CALL, '', { options: { deadline: Date.now() + 60_000 } });
      if (!('body' in outcome)) throw new Error(outcome.details);
      expect(Number(outcome.body)).to.be.within(1, 60_000);
      expect(await ask(CALL, '')).to.deep.equal({ body: 'undefined', trailers: {} });
    });

    it('cancels a call when its deadline passes, and ignores later answers', async () => {
      const events: string[] = [];
      const host = await start(
        one((call) => {
          events.push(`cancelled ${call.cancelled}`);
          call.onCancel(() => {
            events.push(`cancelled ${call.cancelled}`);
            call.respond(Buffer.from('too late'));
            call.fail({ code: Code.INTERNAL, message: 'too late' });
            call.onCancel(() => events.push('told at once'));
          });
        }),
      );
      const outcome = await host.unary(CALL, '', { options: { deadline: Date.now() + 500 } });
      expect(outcome).to.include({ code: status.DEADLINE_EXCEEDED });
      await poll('the cancellation', () => (events.length === 3 ? true : undefined));
      expect(events).to.deep.equal(['cancelled false', 'cancelled true', 'told at once']);
    });

    it('does not report a call that ended well as cancelled', async () => {
      let cancelled = false;
      let seen: UnaryCall | undefined;
      const host = await start(
        one((call) => {
          seen = call;
          call.onCancel(() => (cancelled = true));
          call.respond(Buffer.from('ok'));
        }),
      );
      await host.unary(CALL, '');
      await host.unary(CALL, '');
      expect([cancelled, seen?.cancelled]).to.deep.equal([false, false]);
    });
  });

  describe('certificates', () => {
    // It takes a fifth of a millisecond to read one.
    it('are asked for once for each connection, and are the same object in all of its calls', async () => {
      const given: CallerCertificate[] = [];
      const seen: (CallerCertificate | undefined)[] = [];
      const methods = [
        ...one((call) => {
          seen.push(call.certificate);
          call.respond(Buffer.from('done'));
        }),
        ...bidi((call) => {
          seen.push(call.certificate);
          call.onMessage(() => call.end());
        }),
        ...download((call) => {
          seen.push(call.certificate);
          call.onMessage(() => call.end());
        }),
      ];
      const certificateOf = (): CallerCertificate => {
        const certificate = { commonName: `caller ${given.length}` };
        given.push(certificate);
        return certificate;
      };
      const host = await start(methods, { certificateOf });
      for (const client of [host.client(), host.client()]) {
        await unaryOn(client, CALL, Buffer.from('a'));
        await unaryOn(client, CALL, Buffer.from('b'));
        const talk = bidiOn(client, TALK);
        talk.write(Buffer.from('c'));
        await collect(talk);
        await collect(serverStreamOn(client, READ, 'd'));
      }
      expect(given).to.have.length(2);
      expect(seen).to.have.length(8);
      expect(seen.every((certificate, at) => certificate === given[at < 4 ? 0 : 1])).to.equal(true);
    });

    it('are absent from calls if the host is given none', async () => {
      const seen: unknown[] = [];
      const host = await start(
        one((call) => {
          seen.push(call.certificate);
          call.respond(Buffer.from('done'));
        }),
      );
      await host.unary(CALL, '');
      expect(seen).to.deep.equal([undefined]);
    });
  });

  describe('streams', () => {
    it('delivers the single message of a server stream and its end, then sends', async () => {
      const host = await start(
        download((call) => {
          const got: string[] = [];
          call.onMessage((request) => got.push(request));
          call.onEnd(() => {
            for (const part of [...got, 'a', 'b']) call.send(Buffer.from(part));
            call.end({ 'x-count': '3' });
          });
        }),
      );
      const call = serverStreamOn(host.client(), READ, 'ask');
      expect(await collect(call)).to.deep.equal({ messages: ['ask', 'a', 'b'], code: 0, trailers: { 'x-count': '3' } });
    });

    it('keeps the message of a paused server stream until the stream resumes', async () => {
      const order: string[] = [];
      const host = await start(
        download((call) => {
          call.pause();
          call.onMessage((request) => {
            order.push(request);
            call.end();
          });
          setImmediate(() => {
            order.push('resume');
            call.resume();
          });
        }),
      );
      await collect(serverStreamOn(host.client(), READ, 'ask'));
      expect(order).to.deep.equal(['resume', 'ask']);
    });

    it('carries messages both ways, in order', async () => {
      const host = await start(
        bidi((call) => {
          call.onMessage((request) => call.send(Buffer.from(request.toUpperCase())));
          call.onEnd(() => call.end());
        }),
      );
      const call = bidiOn(host.client(), TALK);
      for (let i = 0; i < 100; i++) call.write(Buffer.from(`m${i}`));
      call.end();
      const { messages, code } = await collect(call);
      expect(messages).to.deep.equal(Array.from({ length: 100 }, (_, i) => `M${i}`));
      expect(code).to.equal(0);
    });

    it('reports when the buffer of a stream is full, and when it has drained', async () => {
      let refusals = 0;
      let drains = 0;
      const chunk = Buffer.alloc(64 * 1024);
      const host = await start(
        download((call) => {
          let left = 64;
          const more = (): void => {
            while (left > 0) {
              left--;
              if (!call.send(chunk)) {
                refusals++;
                return;
              }
            }
            call.end();
          };
          call.onDrain(() => {
            drains++;
            more();
          });
          call.onMessage(more);
        }),
      );
      const { messages } = await collect(serverStreamOn(host.client(), READ, ''));
      expect(messages.length).to.equal(64);
      expect(refusals).to.be.greaterThan(0);
      expect(drains).to.equal(refusals);
    });

    it('bounds what a stream holds for a slow caller in bytes, not in messages', async () => {
      // Sixteen messages of a megabyte, one copy each, were held in memory for every stream with a slow client.
      let sent = 0;
      const host = await start(
        bidi((call) => {
          const more = (): void => {
            do sent++;
            while (call.send(Buffer.alloc(1024 * 1024)));
          };
          call.onDrain(more);
          call.onMessage(more);
        }),
      );
      const call = bidiOn(host.client(), TALK);
      call.on('error', () => undefined);
      // Without the bound the client would buffer without limit; so it accepts sixteen, and then waits for its reader.
      const look = (): void => undefined;
      call.on('readable', look);
      call.write(Buffer.from('go'));
      await poll('the client to have sixteen', () => (sent >= 16 ? true : undefined));
      const held = await settled(() => sent);
      expect(held).to.be.at.most(16 + 4);
      call.off('readable', look);
      call.resume();
      await poll('room again', () => (sent > held + 16 ? true : undefined));
      call.cancel();
    });

    it('holds the caller back while paused', async () => {
      let received = 0;
      let handler: StreamCall<string> | undefined;
      const host = await start(
        bidi((call) => {
          call.onMessage(() => {
            received++;
            if (received === 1) call.pause();
          });
          call.onEnd(() => call.end());
          handler = call;
        }),
      );
      const call = bidiOn(host.client(), TALK);
      let accepted = 0;
      // 16 messages and the window may be in flight; 64 MiB must not be.
      for (let i = 0; i < 1024; i++) call.write(Buffer.alloc(64 * 1024, 'x'), () => accepted++);
      await poll('the first message', () => (received > 0 ? true : undefined));
      const before = await settled(() => accepted);
      expect(before).to.be.lessThan(200);
      expect(received).to.equal(1);
      handler?.resume();
      call.end();
      await collect(call);
      expect(received).to.equal(1024);
    });

    it('notifies a handler whose caller has gone', async () => {
      const events: string[] = [];
      const host = await start(
        bidi((call) => {
          call.onCancel(() => events.push('gone'));
          call.onMessage(() => {
            call.send(Buffer.from('x'));
            events.push('message');
          });
        }),
      );
      const call = bidiOn(host.client(), TALK);
      call.write(Buffer.from('hi'));
      await once(call, 'data');
      call.cancel();
      await poll('the cancellation', () => (events.includes('gone') ? true : undefined));
      expect(events).to.deep.equal(['message', 'gone']);
    });

    it('ends a stream whose message cannot be decoded, and notifies its handler', async () => {
      const events: string[] = [];
      const host = await start(
        bidi((call) => {
          call.onMessage((request) => events.push(request));
          call.onCancel(() => events.push(`over ${call.cancelled}`));
        }),
      );
      const call = bidiOn(host.client(), TALK);
      // gRPC's text for a stream differs from that for a unary call.
      const words = new Promise((resolve) => call.once('error', ({ details }: ServiceError) => resolve(details)));
      for (const text of ['one', 'garbage', 'two']) call.write(Buffer.from(text));
      expect(await collect(call)).to.include({ code: 13 });
      expect(await words).to.equal('grpc: failed to unmarshal the received message index out of range');
      expect(events).to.deep.equal(['one', 'over true']);
    });

    it('answers INTERNAL if a handler throws at a message, at the end, or at the start of a stream', async () => {
      for (const place of ['start', 'message', 'end']) {
        const throwAt = (here: string): void => {
          if (here === place) throw new Error(here);
        };
        const host = await start(
          bidi((call) => {
            call.onMessage(() => throwAt('message'));
            call.onEnd(() => throwAt('end'));
            throwAt('start');
          }),
        );
        const call = bidiOn(host.client(), TALK);
        call.write(Buffer.from('x'));
        call.end();
        expect(await collect(call), place).to.include({ code: 13 });
        expect(host.logger.messages('error'), place).to.deep.equal(['a handler threw']);
        await host.stop();
      }
    });

    it('fails a stream with code and text', async () => {
      const host = await start(
        bidi((call) => {
          call.onMessage(() => call.fail({ code: Code.FAILED_PRECONDITION, message: 'no' }, { 'x-why': 'z' }));
        }),
      );
      const call = bidiOn(host.client(), TALK);
      call.write(Buffer.from('x'));
      expect(await collect(call)).to.deep.equal({ messages: [], code: 9, trailers: { 'x-why': 'z' } });
    });
  });

  describe('closing', () => {
    it('lets running calls end, begins no others, and closes every connection', async () => {
      const running: UnaryCall[] = [];
      const host = await start(one((call) => running.push(call)));
      const client = host.client();
      const first = unaryOn(client, CALL, Buffer.from('first'));
      await poll('the call', () => running[0]);
      const closed = host.host.close({ graceMs: 60_000 });
      const second = unaryOn(client, CALL, Buffer.from('second'), { options: { deadline: Date.now() + 200 } });
      expect(await second).to.not.have.property('body');
      running[0]?.respond(Buffer.from('done'));
      expect(await first).to.deep.equal({ body: 'done', trailers: {} });
      await closed;
      expect(running.length).to.equal(1);
      expect(host.sockets.every((socket) => socket.destroyed)).to.equal(true);
    });

    it('cancels calls that do not end in time, and notifies their handlers', async () => {
      let cancelled = false;
      const host = await start(one((call) => call.onCancel(() => (cancelled = true))));
      const outcome = host.unary(CALL, 'never answered');
      await poll('the connection', () => host.sockets[0]);
      await settled(() => host.sockets[0]?.bytesRead ?? 0);
      await host.host.close({ graceMs: 20 });
      expect(await outcome).to.not.have.property('body');
      await poll('the cancellation', () => cancelled || undefined);
    });

    it('destroys sockets that are handed over later', async () => {
      const host = await start(one(() => undefined));
      await host.host.close({ graceMs: 0 });
      const socket = await host.rawSocket();
      await once(socket, 'close');
    });
  });
}

function bound(served: ServedHost): { unary: ServedHost['unary'] } {
  return { unary: (...args) => served.unary(...args) };
}

/** Waits until a number is stable, and returns it. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  return poll('quiet', () => {
    const now = read();
    if (now === last) return now;
    last = now;
    return undefined;
  });
}

interface Readable {
  on(event: 'data', listener: (body: Buffer) => void): unknown;
  on(event: 'status', listener: (status: StatusObject) => void): unknown;
}

/** All messages of a stream. */
function collect(call: Readable): Promise<{ messages: string[]; code: number; trailers: Record<string, unknown> }> {
  const messages: string[] = [];
  return new Promise((resolve) => {
    call.on('data', (body) => messages.push(body.toString()));
    call.on('status', ({ code, metadata }) => resolve({ messages, code, trailers: trailersOf(metadata) }));
  });
}
