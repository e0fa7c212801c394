import { expect } from 'chai';
import { Flag, FrameType } from '../../../src/rpc/http2/frames.js';
import { MessageReader } from '../../../src/rpc/native/message-reader.js';
import { NativeHost } from '../../../src/rpc/native/native-host.js';
import { stream } from '../../../src/rpc/service.js';
import { silentLogger } from '../../../src/util/logger.js';
import { expectShortWork } from '../../support/time-limits.js';
import { block, frame } from '../http2/peer.js';
import { ClientEnd } from '../http2/wire.js';

describe('the messages of a native call', () => {
  // An empty message whose prefix came in two frames: the second part of the prefix was read as the next message.
  it('arrive whole wherever the stream is cut, empty ones too', async () => {
    const message = Buffer.from([0, 0, 0, 0, 2, 104, 105]);
    const body = Buffer.concat([Buffer.alloc(5), message, Buffer.alloc(5), message]);
    for (let first = 1; first < body.length; first += 1) {
      for (let second = first; second < body.length; second += 1) {
        const parts = [body.subarray(0, first), body.subarray(first, second), body.subarray(second)];
        expect(await messagesOf(parts), `cut at ${first} and ${second}`).to.deep.equal(['', 'hi', '', 'hi', 'end']);
      }
    }
  });

  // The bytes of a paused call were copied into a new buffer with every frame: a chunk of one-byte frames caused copies of
  // a gigabyte.
  it('are buffered without a copy for each frame', async () => {
    const prefix = Buffer.from([0, 0, 15, 0, 0]);
    await expectShortWork(500, () => {
      const reader = new MessageReader(1_000_000);
      for (let at = 0; at < 200_000; at += 1) {
        reader.add(
          at < prefix.length ? prefix : Buffer.alloc(prefix.length),
          at % prefix.length,
          (at % prefix.length) + 1,
        );
        reader.keep();
      }
      expect(reader.bufferBytes).to.be.within(200_000, 400_000);
    });
  });
});

/** The messages that a handler sees of the DATA frames of a stream. */
async function messagesOf(parts: readonly Buffer[]): Promise<string[]> {
  const seen: string[] = [];
  const host = new NativeHost({
    logger: silentLogger,
    methods: [
      stream<string>('bidi', {
        path: '/a/b',
        decode: (bytes) => Buffer.from(bytes).toString(),
        handle: (call) => {
          call.onMessage((message) => seen.push(message));
          call.onEnd(() => seen.push('end'));
        },
      }),
    ],
  });
  const client = new ClientEnd();
  host.accept(client.socket.socket);
  client.begin();
  const head = block([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', '/a/b'],
    ['content-type', 'application/grpc'],
  ]);
  client.send(frame(FrameType.HEADERS, Flag.END_HEADERS, 1, head));
  for (const part of parts) client.send(frame(FrameType.DATA, 0, 1, part));
  client.send(frame(FrameType.DATA, Flag.END_STREAM, 1));
  // A turn reads as much as its time allows, which on a busy machine may be a part.
  for (let turn = 0; turn < 100 && !seen.includes('end'); turn += 1) await client.turn();
  client.socket.destroy();
  await host.close({ graceMs: 0 });
  return seen;
}
