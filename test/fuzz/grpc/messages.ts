import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { NativeHost } from '../../../src/rpc/native/native-host.js';
import { stream, unary, type StreamCall } from '../../../src/rpc/service.js';
import { randomInteger, type Random } from '../../../src/util/random.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { block, frame, uint32 } from '../../rpc/http2/peer.js';
import { ClientEnd, setting } from '../../rpc/http2/wire.js';
import { check } from '../check.js';
import type { Trial } from '../framework/trial.js';
import { decoded, newDecoder } from '../http2/decoded.js';
import { chance, inPieces, pick, randomSize } from '../pick.js';
import { MESSAGE_BYTES_MAX, randomRequest, type Request } from './framed.js';

const LIMIT_MS = 10_000;
const INITIAL_WINDOW_SIZE = 4;

interface Call extends Request {
  readonly streamId: number;
  readonly kind: 'unary' | 'stream';
  frames: Buffer[];
}

/** Sends gRPC messages in DATA frames of any sizes, some malformed, and checks the answer to each call. */
export async function grpcMessages(trial: Trial): Promise<void> {
  const { random } = trial;
  const logger = new RecordingLogger();
  const host = new NativeHost({ methods: methods(random), logger, maxReceiveMessageBytes: MESSAGE_BYTES_MAX });
  const client = new ClientEnd();
  host.accept(client.socket.socket);
  client.begin(setting(INITIAL_WINDOW_SIZE, 10_000_000));
  client.send(frame(FrameType.WINDOW_UPDATE, 0, 0, uint32(100_000_000)));
  const calls = Array.from({ length: randomInteger(random, 1, 12) }, (_, at) => newCall(random, 2 * at + 1));
  trial.count(calls.length);
  await sendAll(random, client, calls);
  const began = performance.now();
  while (!calls.every(({ streamId }) => isOver(client, streamId))) {
    await client.turn();
    check(client.goAwayCode === undefined, `a GOAWAY: ${JSON.stringify(logger.lines)}`);
    const open = calls.filter(({ streamId }) => !isOver(client, streamId));
    const texts = open.map(({ streamId, kind, messages, code }) => `${streamId} ${kind} ${messages.length} ${code}`);
    check(performance.now() - began < LIMIT_MS, `calls have no answer: ${texts.join(', ')}`);
  }
  const answers = answersOf(client);
  for (const call of calls) checkAnswer(call, answers.get(call.streamId) ?? []);
  check(
    logger.lines.every(({ level }) => level === 'debug'),
    JSON.stringify(logger.lines),
  );
  client.socket.destroy();
  await host.close({ graceMs: 0 });
}

/** Sends the frames of all calls in a random order. Frames of one call stay in order, and calls begin in order of their ids. */
async function sendAll(random: Random, client: ClientEnd, calls: readonly Call[]): Promise<void> {
  const unopened = [...calls];
  let open: Call[] = [];
  while (unopened.length + open.length > 0) {
    const beginning = chance(random, 0.3) || open.length === 0 ? unopened.shift() : undefined;
    if (beginning !== undefined) open.push(beginning);
    const call = beginning ?? open[randomInteger(random, 0, open.length)];
    const next = call?.frames.shift();
    if (next === undefined) open = open.filter(({ frames }) => frames.length > 0);
    else for (const piece of inPieces(random, next)) client.send(piece);
    if (chance(random, 0.3)) await client.turn();
  }
}

function methods(random: Random): ConstructorParameters<typeof NativeHost>[0]['methods'] {
  const decode = (body: Uint8Array): Buffer => Buffer.from(body);
  /** Returns each message, and pauses and resumes the call at random. */
  const talk = (call: StreamCall<Buffer>): void => {
    let isOver = false;
    call.onMessage((message) => {
      check(!isOver, 'a message after the end');
      call.send(message);
      if (!chance(random, 0.3)) return;
      call.pause();
      if (chance(random, 0.2)) call.resume();
      else setImmediate(() => call.resume());
    });
    call.onEnd(() => {
      isOver = true;
      call.end();
    });
  };
  return [
    unary<Buffer>({ path: '/fuzz.Service/Call', decode, handle: (call, request) => call.respond(request) }),
    stream<Buffer>('bidi', { path: '/fuzz.Service/Talk', decode, handle: talk }),
  ];
}

function newCall(random: Random, streamId: number): Call {
  const kind = pick(random, ['unary', 'stream']) as Call['kind'];
  const encoding = pick(random, ['gzip', 'identity']) as 'gzip' | 'identity';
  const request = randomRequest(random, encoding, kind);
  const head = block([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', kind === 'unary' ? '/fuzz.Service/Call' : '/fuzz.Service/Talk'],
    ['content-type', 'application/grpc'],
    ['grpc-encoding', encoding],
  ]);
  const frames = [frame(FrameType.HEADERS, Flag.END_HEADERS, streamId, head)];
  const sizeMax = pick(random, [3, 50, 16_384]);
  for (let at = 0; at < request.body.length;) {
    const end = Math.min(request.body.length, at + 1 + randomSize(random, sizeMax));
    const isLast = end === request.body.length && chance(random, 0.5);
    frames.push(frame(FrameType.DATA, isLast ? Flag.END_STREAM : 0, streamId, request.body.subarray(at, end)));
    at = end;
    if (isLast) return { ...request, streamId, kind, frames };
  }
  frames.push(frame(FrameType.DATA, Flag.END_STREAM, streamId));
  return { ...request, streamId, kind, frames };
}

function isOver(client: ClientEnd, streamId: number): boolean {
  return client.of(FrameType.HEADERS, streamId).some(({ flags }) => (flags & Flag.END_STREAM) !== 0);
}

/** What was received on each stream: header fields as text, and messages. */
function answersOf({ frames }: ClientEnd): Map<number, (string | Buffer)[]> {
  const decoder = newDecoder();
  const answers = new Map<number, (string | Buffer)[]>();
  for (const { type, streamId, payload } of frames) {
    const parts = answers.get(streamId) ?? [];
    answers.set(streamId, parts);
    if (type === FrameType.DATA) parts.push(payload);
    if (type !== FrameType.HEADERS) continue;
    parts.push(
      decoded(decoder, payload)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    );
  }
  return answers;
}

function checkAnswer({ streamId, kind, messages, code }: Call, parts: readonly (string | Buffer)[]): void {
  const body = Buffer.concat(parts.filter((part) => typeof part !== 'string'));
  const fields = parts.filter((part) => typeof part === 'string').join('\n');
  const seen = /^grpc-status=(\d+)$/m.exec(fields)?.[1];
  const wanted = Buffer.concat(messages.flatMap((message) => [Buffer.from([0]), uint32(message.length), message]));
  check(seen === String(code), `stream ${streamId}, ${kind}: status ${seen} instead of ${code}: ${fields}`);
  check(body.equals(wanted), `stream ${streamId}, ${kind}: ${body.length} bytes instead of ${wanted.length}`);
}
