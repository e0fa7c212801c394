import { connect } from 'node:net';
import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { metricsRoute } from '../../src/http/metrics-route.js';
import { unary, type UnaryCall } from '../../src/rpc/service.js';
import { defined } from '../../src/util/assert.js';
import { endpointOf, LoneMember } from '../server/lone-member.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { poll } from '../support/poll.js';
import { expectShortTurns } from '../support/time-limits.js';
import { ServedPort, untilClosed } from './served-port.js';

const REQUESTS = 4_000;
const METRICS = 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const LAST = 'GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';

/** Sends bytes on a new connection, and counts the answers until it is closed. */
async function answersTo(endpoint: string, bytes: string): Promise<number> {
  const [host = '', port = ''] = endpoint.split(':');
  const socket = connect(Number(port), host);
  let answers = 0;
  let tail = '';
  socket.on('data', (chunk: Buffer) => {
    const text = tail + chunk.toString('latin1');
    answers += text.split('HTTP/1.1 200').length - 1;
    tail = text.slice(-11);
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await closed;
  return answers;
}

// 140 KB of requests stalled a member for three seconds and deposed the leader: Node parses all received requests and
// hands them out at once, and each answer was generated anew.
describe('pipelined requests to a member', () => {
  let lone: LoneMember;

  before(async () => {
    lone = await LoneMember.start();
    await poll('a leader', () => lone.member.status().leader !== undefined || undefined);
  });

  after(() => lone.dispose());

  for (const [path, requests] of [
    ['/metrics', REQUESTS],
    ['/version', REQUESTS],
    ['/nowhere', REQUESTS],
    ['/health', REQUESTS / 4],
  ] as const) {
    it(`for ${path} are answered in order, and do not hold the event loop`, async function () {
      this.timeout(300_000);
      const bytes = METRICS.replace('/metrics', path).repeat(requests) + LAST;
      await expectShortTurns(async () => {
        const answers = await answersTo(endpointOf(lone.member), bytes);
        expect(answers).to.equal(path === '/nowhere' ? 1 : requests + 1);
      });
    });
  }
});

describe('a connection with pipelined requests', () => {
  let served: ServedPort;
  const calls: UnaryCall[] = [];
  let cancelled = 0;
  const hold = unary<Uint8Array>({
    path: '/test.Service/Call',
    decode: (body) => body,
    handle: (call) => {
      calls.push(call);
      call.onCancel(() => (cancelled += 1));
    },
  });
  const POST = 'POST /v3/call HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}';

  beforeEach(() => {
    calls.length = 0;
    cancelled = 0;
  });

  afterEach(() => served.stop());

  // The number of concurrent requests was unlimited, and each cost some ten kilobytes.
  it('runs one call at a time', async () => {
    served = await ServedPort.start([hold]);
    const socket = await served.rawSocket();
    socket.write(POST.repeat(29) + POST.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
    const heard = untilClosed(socket);
    for (let index = 0; index < 30; index++) {
      const call = await poll('the next call', () => calls[index]);
      expect(calls).to.have.length(index + 1);
      call.respond(Buffer.alloc(0));
    }
    expect((await heard).match(/HTTP\/1.1 200 OK/g)).to.have.length(30);
  });

  it('reads only a bounded part of what its client sends behind a call', async () => {
    served = await ServedPort.start([hold]);
    const socket = await served.rawSocket();
    for (let part = 0; part < 64; part++) socket.write(POST.repeat(1_000));
    await poll('the first call', () => calls[0]);
    const end = defined(served.sockets[0], 'the connection');
    let read = -1;
    await poll('reading to pause', () => (end.isPaused() && read === (read = end.bytesRead)) || undefined);
    expect(read).to.be.below(1024 * 1024);
    expect(calls).to.have.length(1);
    socket.destroy();
  });

  it('ends the call when the client leaves, though more requests were sent', async () => {
    served = await ServedPort.start([hold]);
    const socket = await served.rawSocket();
    socket.write(POST.repeat(50));
    await poll('the first call', () => calls[0]);
    socket.destroy();
    await poll('the end of the call', () => cancelled === 1 || undefined);
    await poll('the end of the connection', () => served.sockets[0]?.destroyed || undefined);
    expect(calls).to.have.length(1);
  });
});

// etcd's gateway calls its own gRPC server on one connection, so the bound on streams applies to its calls.
it('the gateway runs as many calls at a time as --max-concurrent-streams allows, and the others in order', async () => {
  const calls: UnaryCall[] = [];
  const hold = unary<Uint8Array>({
    path: '/test.Service/Call',
    decode: (body) => body,
    handle: (call) => void calls.push(call),
  });
  const served = await ServedPort.start([hold], { maxConcurrentStreams: 2 });
  const answers = Array.from({ length: 5 }, () => served.post('/v3/call', '{}', { agent: false }));
  await poll('all five', () => (calls.length === 2 && served.requests.length === 5) || undefined);
  const gone = served.open('/v3/call', { agent: false });
  gone.end('{}');
  await poll('all requests', () => served.requests.length === 6 || undefined);
  gone.destroy();
  for (let index = 0; index < 5; index++) {
    const call = await poll('the next call', () => calls[index]);
    expect(calls.length).to.be.at.most(index + 2);
    call.respond(Buffer.alloc(0));
  }
  expect((await Promise.all(answers)).map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
  expect(calls).to.have.length(5);
  await served.stop();
});

it('requests for metrics share answers within a second, and get fresh ones after it', async () => {
  let collected = 0;
  const collect = (): Promise<string> => Promise.resolve(`metric ${++collected}\n`);
  const logger = new RecordingLogger();
  const served = await ServedPort.start([], {}, [['/metrics', metricsRoute(collect, logger)]]);
  const clock = useFakeTimers({ toFake: ['performance'] });
  try {
    const bodies = new Set<string>();
    for (let request = 0; request < 80; request++) bodies.add((await served.get('/metrics')).body);
    expect([...bodies].at(-1)).to.equal('metric 50\n');
    expect(collected).to.equal(50);
    clock.tick(1_000);
    expect((await served.get('/metrics')).body).to.equal('metric 51\n');
  } finally {
    clock.restore();
    await served.stop();
  }
});
