import { patch, type TestedBug } from './mutation.js';

const FUZZ = 'test/fuzz/fuzz.test.ts';
const interleavings = { file: FUZZ, titles: 'http2-interleavings' };
const mutated = { file: FUZZ, titles: 'http2-mutated-bytes' };
const messages = { file: FUZZ, titles: 'grpc-messages' };
const HPACK_RULES = 'test/rpc/http2/conformance/hpack.test.ts';
const REGRESSIONS = 'test/rpc/http2/regressions.test.ts';

/** Bugs in the native gRPC host and its HTTP/2. */
export const HOST: readonly TestedBug[] = [
  {
    name: 'window-of-a-stream-never-opened-again',
    story: 'a client that has sent a window of data on a stream waits forever',
    patches: [
      patch('src/rpc/http2/receive-windows.ts', '    this.#writer.windowUpdate(stream.id, stream.creditBytes);\n'),
    ],
    tests: interleavings,
  },
  {
    name: 'window-of-the-connection-never-opened-again',
    story: 'a client that has sent a window of data on all streams together waits forever',
    patches: [patch('src/rpc/http2/receive-windows.ts', '    this.#writer.windowUpdate(0, this.#creditBytes);\n')],
    tests: interleavings,
  },
  {
    name: 'stream-not-resumed-by-its-window',
    story: 'an answer that waited for the window of its stream is never sent',
    patches: [patch('src/rpc/http2/control-frames.ts', '    sendQueue.widened(stream);\n')],
    tests: interleavings,
  },
  {
    name: 'streams-not-resumed-by-a-setting',
    story: 'answers that waited for a larger initial window are never sent',
    patches: [patch('src/rpc/http2/control-frames.ts', '    if (change > 0) sendQueue.widenedAll(streams.all());\n')],
    tests: { file: REGRESSIONS },
  },
  {
    name: 'connection-window-ignored-in-the-short-way',
    story: 'an answer that is sent at once does not count in the window of the connection',
    patches: [
      patch(
        'src/rpc/http2/send-queue.ts',
        `    stream.sendWindow -= length;
    this.#window -= length;
    return true;`,
        `    stream.sendWindow -= length;
    return true;`,
      ),
    ],
    tests: interleavings,
  },
  {
    name: 'initial-window-does-not-change-open-streams',
    story: 'a setting of the client changes new streams only (RFC 9113, section 6.9.2)',
    patches: [patch('src/rpc/http2/control-frames.ts', '      stream.sendWindow += change;\n')],
    tests: interleavings,
  },
  {
    name: 'answers-swapped',
    story: 'two answers of one connection reach the caller of each other',
    patches: [
      patch(
        'src/rpc/http2/sender.ts',
        '      writer.dataHeader(stream.id, length, 0);\n',
        '      writer.dataHeader(stream.id % 4 === 1 ? stream.id + 2 : stream.id - 2, length, 0);\n',
      ),
    ],
    tests: interleavings,
  },
  {
    name: 'late-answer-on-a-closed-stream',
    story: 'the answer to a call that was cancelled is sent, although its stream is closed',
    patches: [
      patch(
        'src/rpc/http2/sender.ts',
        '    if (stream.isClosed || stream.isLocalClosed) return;\n    const { writer, output, sendQueue } = this.#options;',
        '    if (stream.isLocalClosed) return;\n    const { writer, output, sendQueue } = this.#options;',
      ),
    ],
    tests: { file: 'test/rpc/http2/conformance/streams.test.ts' },
  },
  {
    name: 'pieces-in-a-wrong-order',
    story: 'data that comes while other data of the stream waits overtakes it',
    patches: [
      patch('src/rpc/http2/send-queue.ts', '    if (stream.queuedBytes > 0 || !this.#fits', '    if (!this.#fits'),
    ],
    tests: interleavings,
  },
  {
    name: 'prefix-not-copied',
    story: 'the prefix of an answer that waits is that of a later answer, since all calls share its bytes',
    patches: [
      patch(
        'src/rpc/http2/sender.ts',
        'sendQueue.enqueue(stream, Uint8Array.from(prefix));',
        'sendQueue.enqueue(stream, prefix);',
      ),
    ],
    tests: interleavings,
  },
  {
    name: 'stream-leaks-after-an-early-answer',
    story: 'a stream that was answered before the end of its request counts as open for ever',
    patches: [
      patch(
        'src/rpc/http2/sender.ts',
        '    else if (!stream.lingers) this.reset(stream, ErrorCode.NO_ERROR);\n',
        '    else if (!stream.lingers) this.#options.writer.reset(stream.id, ErrorCode.NO_ERROR);\n',
      ),
    ],
    tests: interleavings,
  },
  {
    name: 'padding-not-returned',
    story: 'padding is taken from the window of a stream and never returned',
    patches: [
      patch(
        'src/rpc/http2/request-frames.ts',
        '    if (frame.length < length) windows.credit(stream, length - frame.length);\n',
      ),
    ],
    tests: { file: 'test/rpc/http2/conformance/frames.test.ts' },
  },
  {
    name: 'discarded-block-not-decoded',
    story: 'a header block of a stream that is refused leaves the dynamic table as it was (RFC 9113, section 4.3)',
    patches: [
      patch(
        'src/rpc/http2/request-frames.ts',
        '    this.#take(this.#blocks.begin(frame));\n',
        `    const { streams, limits } = this.#options;
    if (streams.size >= limits.concurrentStreams && frame.has(Flag.END_HEADERS)) {
      streams.lastId = frame.streamId;
      return this.#refuse(frame.streamId, ErrorCode.REFUSED_STREAM);
    }
    this.#take(this.#blocks.begin(frame));
`,
      ),
    ],
    tests: { file: 'test/rpc/http2/conformance/streams.test.ts' },
  },
  {
    name: 'hpack-evicts-one-byte-late',
    story: 'an entry that exceeds the dynamic table by a byte stays in it (RFC 7541, section 4.4)',
    patches: [
      patch(
        'src/rpc/http2/dynamic-table.ts',
        'while (this.#bytes > Math.max(0, bytesMax))',
        'while (this.#bytes > Math.max(0, bytesMax + 1))',
      ),
    ],
    tests: { file: HPACK_RULES },
  },
  {
    name: 'hpack-evicts-one-byte-early',
    story: 'an entry that just fits into the dynamic table is evicted (RFC 7541, section 4.4)',
    patches: [
      patch(
        'src/rpc/http2/dynamic-table.ts',
        'while (this.#bytes > Math.max(0, bytesMax))',
        'while (this.#bytes > 0 && this.#bytes >= Math.max(0, bytesMax))',
      ),
    ],
    tests: { file: FUZZ, titles: 'hpack-blocks' },
  },
  {
    name: 'hpack-entry-without-its-overhead',
    story: 'entries count one byte too little (RFC 7541, section 4.1)',
    patches: [patch('src/rpc/http2/dynamic-table.ts', 'FIELD_OVERHEAD_BYTES = 32', 'FIELD_OVERHEAD_BYTES = 31')],
    tests: { file: HPACK_RULES },
  },
  {
    name: 'goaway-without-the-end-of-the-socket',
    story: 'a connection that broke a rule stays open',
    patches: [
      patch(
        'src/rpc/http2/connection.ts',
        `    this.#writer.goAway(this.#streams.lastId, code, message);
    this.#finish();`,
        '    this.#writer.goAway(this.#streams.lastId, code, message);',
      ),
    ],
    tests: mutated,
  },
  {
    name: 'handlers-not-told-of-the-end',
    story: 'calls of a connection that is gone go on',
    patches: [patch('src/rpc/http2/stream-table.ts', '      stream.onAbort(undefined);\n')],
    tests: mutated,
  },
  {
    name: 'message-cut-in-its-prefix',
    story: 'a message whose prefix comes in two frames is read from the second on',
    patches: [
      patch(
        'src/rpc/native/message-reader.ts',
        'return this.#bufferEnd > 0 ?',
        'return this.#bufferEnd > PREFIX_BYTES ?',
      ),
    ],
    tests: messages,
  },
  {
    name: 'messages-overtake-one-that-is-inflated',
    story: 'messages behind a compressed one reach the handler before it',
    patches: [patch('src/rpc/native/native-call.ts', '    this.#isInflating = true;\n')],
    tests: messages,
  },
  {
    name: 'short-requests-keep-their-chunks',
    story: 'waiting calls with short messages keep the chunks in which these came, which nothing counts',
    patches: [
      patch('src/rpc/native/native-unary-call.ts', 'isShort && this.origin.requests.isTight', 'false'),
      patch('src/rpc/native/native-unary-call.ts', 'isShort && !this.isEnded', 'false && !this.isEnded'),
    ],
    tests: { file: 'test/rpc/native/request-memory.test.ts' },
  },
];
