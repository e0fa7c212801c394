import { Connection, type ConnectionOptions } from '../../../src/rpc/http2/connection.js';
import { FrameType, PREFACE } from '../../../src/rpc/http2/frames.js';
import { DEFAULT_LIMITS, type Http2Limits } from '../../../src/rpc/http2/limits.js';
import { FakeSocket } from './fake-socket.js';
import { frame, uint32, type SeenFrame } from './peer.js';
import { ScriptedStream, type Request, type Script } from './scripted-stream.js';

/** A raw client on a socket in memory. */
export class ClientEnd {
  readonly socket = new FakeSocket();
  readonly frames: SeenFrame[] = [];
  #bytes = Buffer.alloc(0);

  /** Sends the preface, SETTINGS, and an acknowledgement of the server's. */
  begin(settings: Uint8Array = new Uint8Array()): void {
    this.send(PREFACE, frame(FrameType.SETTINGS, 0, 0, settings), frame(FrameType.SETTINGS, 1, 0));
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.receive(Buffer.concat(parts));
  }

  /** Ends the turn, and reads what the server has sent in it. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#bytes = Buffer.concat([this.#bytes, this.socket.takeAll()]);
    while (this.#bytes.length >= 9) {
      const end = 9 + this.#bytes.readUIntBE(0, 3);
      if (this.#bytes.length < end) return;
      const [type = 0, flags = 0] = this.#bytes.subarray(3, 5);
      this.frames.push({ type, flags, streamId: this.#bytes.readUInt32BE(5), payload: this.#bytes.subarray(9, end) });
      this.#bytes = this.#bytes.subarray(end);
    }
  }

  /** The error code of the GOAWAY received. */
  get goAwayCode(): number | undefined {
    return this.frames.findLast(({ type }) => type === FrameType.GOAWAY)?.payload.readUInt32BE(4);
  }

  /** Frames of a type received on a stream. */
  of(type: number, streamId: number): SeenFrame[] {
    return this.frames.filter((seen) => seen.type === type && seen.streamId === streamId);
  }
}

/** A connection in memory, on a clock that stands still, and its raw client. */
export class Wire extends ClientEnd {
  readonly streams: ScriptedStream[] = [];
  readonly violations: string[] = [];
  readonly limits: string[] = [];
  readonly connection: Connection;
  isClosed = false;
  nowMs = 0;

  constructor(
    script: Script | ((request: Request) => Script),
    limits: Partial<Http2Limits> = {},
    shared: Pick<ConnectionOptions, 'hostStreams' | 'sourceRates'> = {},
  ) {
    super();
    this.connection = new Connection({
      socket: this.socket.socket,
      handler: {
        open: (id, head) => {
          const request = { id, head };
          const scripted = typeof script === 'function' ? script(request) : script;
          const stream = new ScriptedStream(this.connection, request, scripted);
          this.streams.push(stream);
          return stream;
        },
      },
      limits: { ...DEFAULT_LIMITS, ...limits },
      now: () => this.nowMs,
      ...shared,
      onLimit: (limit) => this.limits.push(limit),
      onClose: () => (this.isClosed = true),
      onViolation: (_, reason) => this.violations.push(reason),
    });
    this.connection.start();
  }
}

/** A setting in the payload of a SETTINGS frame. */
export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), uint32(value)]);
}
