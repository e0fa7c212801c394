import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { MemberAnswers } from '../../../src/rpc/answer-room.js';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { Inflater } from '../../../src/rpc/native/inflater.js';
import { NativeHost, type NativeHostOptions } from '../../../src/rpc/native/native-host.js';
import { stream, unary } from '../../../src/rpc/service.js';
import { silentLogger } from '../../../src/util/logger.js';
import { poll } from '../../support/poll.js';
import { block, frame, uint32 } from '../http2/peer.js';
import { ClientEnd, setting } from '../http2/wire.js';

const MIB = 1024 * 1024;
const INITIAL_WINDOW_SIZE = 4;

type Extra = readonly (readonly [string, string])[];

const head = (path: string, extra: Extra = []): Buffer =>
  block([[':method', 'POST'], [':scheme', 'http'], [':path', path], ['content-type', 'application/grpc'], ...extra]);

const message = (body: Buffer, flag = 0): Buffer => Buffer.concat([Buffer.from([flag]), uint32(body.length), body]);

const call = (streamId: number, path: string, body: Buffer, extra: Extra = []): Buffer =>
  Buffer.concat([
    frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, head(path, extra)),
    frame(FrameType.DATA, Flag.END_STREAM, streamId, body),
  ]);

describe('a native host with hostile calls', () => {
  let host: NativeHost;
  let answers: MemberAnswers;
  const clients: ClientEnd[] = [];
  let served: string[];

  beforeEach(() => {
    served = [];
    answers = new MemberAnswers();
    const decode = (body: Uint8Array): Buffer => Buffer.from(body);
    const options: NativeHostOptions = {
      logger: silentLogger,
      answers,
      methods: [
        unary<Buffer>({
          path: '/test/Call',
          decode,
          handle: (one, request) => {
            served.push(`${request.length}`);
            one.respond(Buffer.alloc(0));
          },
        }),
        // Sends 1 MiB at once, and never ends the message.
        stream<Buffer>('server-stream', {
          path: '/test/Read',
          decode,
          handle: (one) => one.onMessage(() => one.send(Buffer.alloc(MIB))),
        }),
      ],
    };
    host = new NativeHost(options);
  });

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await host.close({ graceMs: 0 });
  });

  const open = (window = 65_535): ClientEnd => {
    const client = new ClientEnd();
    clients.push(client);
    host.accept(client.socket.socket);
    client.begin(setting(INITIAL_WINDOW_SIZE, window));
    return client;
  };

  const answered = async (client: ClientEnd, count: number): Promise<void> => {
    const isAnswered = async (): Promise<true | undefined> => {
      await client.turn();
      const ends = client.frames.filter(({ type, flags }) => type === FrameType.HEADERS && (flags & 1) !== 0);
      return ends.length >= count || undefined;
    };
    // Inflating 600 MiB takes a second of processor time, and more on a busy machine.
    await poll('the answers', isAnswered, 60_000);
  };

  // Each of 4096 messages of 4 KB was inflated to 4 MB at the same time.
  it('inflates few messages at a time, and those of each connection in turn', async () => {
    const bomb = message(gzipSync(Buffer.alloc(4 * MIB)), 1);
    const gzip = [['grpc-encoding', 'gzip']] as const;
    const [attacker, other] = [open(), open()];
    const before = process.memoryUsage().arrayBuffers;
    const count = 150;
    for (let at = 0; at < count; at += 1) attacker.send(call(2 * at + 1, '/test/Call', bomb, gzip));
    other.send(call(1, '/test/Call', message(gzipSync(Buffer.from('x')), 1), gzip));
    let largest = 0;
    const look = setInterval(() => (largest = Math.max(largest, process.memoryUsage().arrayBuffers - before)), 1);
    await answered(other, 1);
    expect(served.length, 'calls that were served before the other client').to.be.below(10);
    await answered(attacker, count);
    clearInterval(look);
    expect(served.filter((length) => length === `${4 * MIB}`)).to.have.length(count);
    // This includes garbage. Without the bound it is above 600 MiB.
    expect(largest / MIB, 'MiB').to.be.below(300);
  });

  it('inflates no message of a call that has ended', async () => {
    const inflater = new Inflater(100);
    const results: string[] = [];
    await new Promise<void>((resolve) => {
      const inflate = (text: string, isWanted: boolean): void =>
        inflater.inflate({
          owner: inflater,
          bytes: gzipSync(text),
          isWanted: () => isWanted,
          done: (result) => {
            results.push(result?.kind === 'ok' ? result.bytes.toString() : 'dropped');
            if (results.length === 5) resolve();
          },
        });
      for (const text of ['a', 'b', 'c', 'd', 'e']) inflate(text, text < 'c' || text === 'e');
    });
    expect(results.sort()).to.deep.equal(['a', 'b', 'dropped', 'dropped', 'e']);
  });

  // After the deadlines of their calls, unread answers stayed in memory but were no longer counted: calls with short
  // deadlines could fill the memory.
  it('counts the unsent bytes of a call until the call is gone, also after its deadline', async () => {
    const client = open(0);
    const count = 20;
    for (let at = 0; at < count; at += 1) {
      client.send(call(2 * at + 1, '/test/Read', message(Buffer.from('x')), [['grpc-timeout', '500m']]));
    }
    await poll('all answers', () => answers.bytes === count * MIB || undefined);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(answers.bytes).to.equal(count * MIB);
    client.socket.destroy();
    await client.turn();
    expect(answers.bytes).to.equal(0);
  });

  // 13 bytes that named a path of 64 KB in the dynamic table were answered with all of it.
  it('quotes only the beginning of a long path', async () => {
    const client = open();
    client.send(call(1, `/${'a'.repeat(15_000)}`, Buffer.alloc(0)));
    await answered(client, 1);
    const [trailers] = client.of(FrameType.HEADERS, 1);
    expect(trailers?.payload.length).to.be.within(100, 400);
  });
});
