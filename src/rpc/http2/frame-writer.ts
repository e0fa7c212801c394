import type { ErrorCode } from './errors.js';
import { Flag, FRAME_BYTES_MAX, FrameType, PING_BYTES, STREAM_ID_MAX } from './frames.js';
import type { HpackEncoder, OutgoingField } from './hpack-encoder.js';
import type { Output } from './output.js';
import { encodeSettings } from './settings.js';

/** Writes the frames of a connection to its output. */
export class FrameWriter {
  readonly #output: Output;
  readonly #encoder: HpackEncoder;
  /** HEADERS and DATA frames so far. */
  contentFrames = 0;
  /** The last stream of the last GOAWAY. */
  #goAwayId = STREAM_ID_MAX;

  constructor(output: Output, encoder: HpackEncoder) {
    this.#output = output;
    this.#encoder = encoder;
  }

  /** @param flags END_STREAM or none */
  headers(streamId: number, fields: readonly OutgoingField[], flags: number): void {
    this.contentFrames += 1;
    const block = this.#encoder.encode(fields);
    if (block.length > FRAME_BYTES_MAX) return this.#largeBlock(streamId, block, flags);
    this.#output.frame({ type: FrameType.HEADERS, flags: flags | Flag.END_HEADERS, streamId }, block);
  }

  /** HEADERS with CONTINUATION frames. */
  #largeBlock(streamId: number, block: Uint8Array, flags: number): void {
    for (let at = 0; at < block.length; at += FRAME_BYTES_MAX) {
      const fragment = block.subarray(at, at + FRAME_BYTES_MAX);
      const end = at + fragment.length === block.length ? Flag.END_HEADERS : 0;
      const [type, first] = at === 0 ? [FrameType.HEADERS, flags] : [FrameType.CONTINUATION, 0];
      this.#output.frame({ type, flags: first | end, streamId }, fragment);
    }
  }

  /** The header of a DATA frame; as many bytes must follow. @param flags END_STREAM or none */
  dataHeader(streamId: number, length: number, flags: number): void {
    this.contentFrames += 1;
    this.#output.frameHeader({ type: FrameType.DATA, flags, streamId }, length);
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    this.#output.frame({ type: FrameType.SETTINGS, flags: 0, streamId: 0 }, encodeSettings(settings));
  }

  settingsAck(): void {
    this.#output.frame({ type: FrameType.SETTINGS, flags: Flag.ACK, streamId: 0 }, NOTHING);
  }

  ping(bytes: Uint8Array = NO_BYTES): void {
    this.#output.frame({ type: FrameType.PING, flags: 0, streamId: 0 }, bytes);
  }

  pingAck(bytes: Uint8Array): void {
    this.#output.frame({ type: FrameType.PING, flags: Flag.ACK, streamId: 0 }, bytes);
  }

  windowUpdate(streamId: number, bytes: number): void {
    this.#number(FrameType.WINDOW_UPDATE, streamId, bytes);
  }

  reset(streamId: number, code: ErrorCode): void {
    this.#number(FrameType.RST_STREAM, streamId, code);
  }

  /** @param lastId the last stream that may have been processed; a later GOAWAY cannot raise it (section 6.8) */
  goAway(lastId: number, code: ErrorCode, reason: string): void {
    this.#goAwayId = Math.min(this.#goAwayId, lastId);
    const text = Buffer.from(reason);
    const payload = Buffer.alloc(8 + text.length);
    payload.writeUInt32BE(this.#goAwayId, 0);
    payload.writeUInt32BE(code, 4);
    text.copy(payload, 8);
    this.#output.frame({ type: FrameType.GOAWAY, flags: 0, streamId: 0 }, payload);
  }

  /** A frame whose payload is one 32-bit number. */
  #number(type: number, streamId: number, value: number): void {
    const payload = Buffer.allocUnsafe(4);
    payload.writeUInt32BE(value, 0);
    this.#output.frame({ type, flags: 0, streamId }, payload);
  }
}

const NOTHING = Buffer.alloc(0);
const NO_BYTES = Buffer.alloc(PING_BYTES);
