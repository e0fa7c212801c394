import { spawnSync } from 'node:child_process';
import { connect, type ClientHttp2Session } from 'node:http2';
import { expect } from 'chai';
import { etcdserverpb } from '../../src/gen/proto.js';
import { defined } from '../../src/util/assert.js';
import { ProcessCluster } from '../support/process-cluster.js';
import { readCalls, TRACER, type SystemCall } from '../support/system-calls.js';

const PUTS = 40;
const FRAME_HEAD_BYTES = 9;
const HEADERS = 1;
const DATA = 0;

/** A text that only the value of this put holds. */
function markerOf(put: number): string {
  return `<marker of put ${put}>`;
}

/** Most values are short, and written in the turn of their caller; some are long, and written in the thread pool. */
function valueOf(put: number): Buffer {
  return Buffer.from(markerOf(put).padEnd(put % 4 === 3 ? 40_000 : 100, '.'));
}

/** Puts a value as a gRPC call of its own connection, and returns when it is answered. */
async function put(session: ClientHttp2Session, value: Buffer): Promise<void> {
  const message = etcdserverpb.PutRequest.encode({ key: Buffer.from('key'), value }).finish();
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/etcdserverpb.KV/Put',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const status = new Promise<string>((resolve, reject) => {
    stream.on('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
    stream.on('error', reject);
  });
  stream.resume();
  stream.end(Buffer.concat([head, message]));
  expect(await status).to.equal('0');
}

/** When each stream of an HTTP/2 connection was answered: the start of the call that wrote the first frame of it. */
function answerTimes(writes: readonly SystemCall[]): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  const starts: { readonly offset: number; readonly startS: number }[] = [];
  let length = 0;
  for (const { data, startS, result } of writes) {
    starts.push({ offset: length, startS });
    length += Math.min(data.length, Number(result));
  }
  const bytes = Buffer.concat(writes.map(({ data, result }) => data.subarray(0, Number(result))));
  for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length; at += FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3)) {
    const stream = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    const isAnswer = bytes[at + 3] === HEADERS || bytes[at + 3] === DATA;
    if (!isAnswer || times.has(stream)) continue;
    times.set(
      stream,
      defined(
        starts.findLast(({ offset }) => offset <= at),
        'a write',
      ).startS,
    );
  }
  return times;
}

/** When the bytes were durable in a member's log: the end of the write, to a file with O_DSYNC, that holds them all. */
function durableAt(calls: readonly SystemCall[], marker: string): number {
  const write = calls.find(
    ({ name, target, data, result }) =>
      name.startsWith('pwrite') && target.endsWith('.wal') && data.includes(marker) && Number(result) === data.length,
  );
  return write?.endS ?? Infinity;
}

/** Whether all log files were opened for durable writes. */
function opensDurably(calls: readonly SystemCall[]): boolean {
  const opened = calls.filter(({ name, text }) => name === 'openat' && /O_RDWR/.test(text) && isLogFile(text));
  return opened.length > 0 && opened.every(({ text }) => text.includes('O_DSYNC'));
}

function isLogFile(text: string): boolean {
  const path = Buffer.from([...text.matchAll(/\\x([0-9a-f]{2})/g)].map(([, hex = '']) => hex).join(''), 'hex');
  return /\.(wal|tmp)/.test(path.toString('latin1'));
}

// The page cache survives the death of a process, so that no kill shows a missing sync. The system calls do.
describe('An answer to a write, in a trace of the system calls', function () {
  this.timeout(300_000);
  let cluster: ProcessCluster;

  before(async function () {
    if (spawnSync('strace', ['-V']).status !== 0) this.skip();
    cluster = await ProcessCluster.start({ wrapper: TRACER });
  });

  after(async () => {
    await (cluster as ProcessCluster | undefined)?.dispose();
  });

  it('leaves the leader after the write is durable on a majority of the members', async () => {
    const leader = await cluster.leader();
    const member = defined(cluster.members[leader], 'the leader');
    const session = connect(`http://127.0.0.1:${member.clientPort}`);
    for (let at = 0; at < PUTS; at += 1) await put(session, valueOf(at));
    const ports = `127.0.0.1:${member.clientPort}->127.0.0.1:${session.socket.localPort}`;
    expect(await cluster.leader(), 'the leader stays').to.equal(leader);
    await new Promise<void>((resolve) => session.close(resolve));

    const calls = cluster.all.map((index) => readCalls(cluster.homeDir(index)));
    for (const each of calls) expect(opensDurably(each)).to.equal(true);
    const writes = defined(calls[leader], 'calls').filter(
      ({ name, target }) => /^(write|writev|sendmsg|sendto)$/.test(name) && target.includes(ports),
    );
    const answers = [...answerTimes(writes)].filter(([stream]) => stream > 0).sort(([left], [right]) => left - right);
    expect(answers).to.have.length(PUTS);
    for (const [at, [, answeredS]] of answers.entries()) {
      const times = calls.map((each) => durableAt(each, markerOf(at))).sort((left, right) => left - right);
      const quorumS = defined(times[1], 'the second member');
      expect(quorumS, `put ${at}: durable on a majority, then answered`).to.be.below(answeredS);
    }
  });
});
